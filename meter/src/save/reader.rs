//! Reading files that were written here, and knowing those that were not, or not whole.

use xxhash_rust::xxh3::xxh3_64;

use crate::count::rule::Rule;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Damage {
    /// It ends early: a write that was cut off, or an empty file.
    #[error("the file ends early, after {0} bytes")]
    Short(usize),
    /// Something else, or another version of this program's.
    #[error("the file is of another kind or version")]
    Foreign,
    /// Its checksum does not fit.
    #[error("the file is damaged: its checksum does not fit")]
    Checksum,
    /// What labels mean was set otherwise.
    #[error("the file was written under other settings of cluster, team, platform jobs or replica labels")]
    OtherRule,
    /// It holds what is no sketch.
    #[error("the file is damaged: {0}")]
    Sketch(#[from] flagstaff_sketch::SketchError),
}

/// Writes a text that [`Reader::text`] reads.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

/// A position in a file.
#[derive(Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// Bytes of the whole file.
    pub whole: usize,
}

impl<'a> Reader<'a> {
    /// Behind the head of a file: what begins it, its version, the rule that it follows. Its checksum has to fit.
    ///
    /// # Errors
    /// [`Damage`].
    pub fn checked(bytes: &'a [u8], magic: &[u8; 16], versions: &[u32], rule: &Rule) -> Result<(Self, u32), Damage> {
        let Some((content, sum)) = bytes.split_last_chunk::<8>() else { return Err(Damage::Short(bytes.len())) };
        if content.len() < magic.len() {
            return Err(Damage::Short(bytes.len()));
        }
        let mut reader = Self { bytes: content, whole: bytes.len() };
        if reader.take::<16>()? != *magic {
            return Err(Damage::Foreign);
        }
        let version = u32::from_le_bytes(reader.take()?);
        if !versions.contains(&version) {
            return Err(Damage::Foreign);
        }
        if xxh3_64(content) != u64::from_le_bytes(*sum) {
            return Err(Damage::Checksum);
        }
        if reader.number()? != rule.mark() {
            return Err(Damage::OtherRule);
        }
        Ok((reader, version))
    }

    /// So many bytes.
    pub fn slice(&mut self, length: usize) -> Result<&'a [u8], Damage> {
        let (slice, rest) = self.bytes.split_at_checked(length).ok_or(Damage::Short(self.whole))?;
        self.bytes = rest;
        Ok(slice)
    }

    /// As many bytes as are asked for.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let (first, rest) = self.bytes.split_first_chunk::<N>().ok_or(Damage::Short(self.whole))?;
        self.bytes = rest;
        Ok(*first)
    }

    /// Eight bytes, the lowest first.
    pub fn number(&mut self) -> Result<u64, Damage> {
        self.take().map(u64::from_le_bytes)
    }

    /// Its length and its bytes.
    pub fn text(&mut self) -> Result<String, Damage> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        self.slice(length).map(|text| String::from_utf8_lossy(text).into_owned())
    }
}
