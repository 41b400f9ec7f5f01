//! Content digests, and a writer that computes one while the bytes go by.

use std::fmt;
use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of a blob, written `sha256:<64 hex digits>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    hex: String,
}

impl Digest {
    /// The digest of bytes that are at hand.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(bytes);
        Self::from_hasher(hasher)
    }

    /// The 64 hex digits without the algorithm, as blobs are named in an OCI layout.
    #[must_use]
    pub fn hex(&self) -> &str {
        &self.hex
    }

    fn from_hasher(hasher: Sha256) -> Self {
        let hex = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { hex }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "sha256:{}", self.hex)
    }
}

/// Passes bytes on, and knows their digest and number at the end.
pub(crate) struct Digesting<W> {
    inner: W,
    hasher: Sha256,
    size: u64,
}

impl<W: Write> Digesting<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, hasher: Sha256::new(), size: 0 }
    }

    pub(crate) fn finish(self) -> (W, Digest, u64) {
        (self.inner, Digest::from_hasher(self.hasher), self.size)
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.hasher.update(&buffer[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn bytes_have_the_published_digest() {
        assert_eq!(Digest::of(b"abc").to_string(), OF_ABC);
    }

    #[test]
    fn a_writer_sees_the_same_digest_as_the_whole() {
        let mut writer = Digesting::new(Vec::new());
        writer.write_all(b"a").expect("a vector takes bytes");
        writer.write_all(b"bc").expect("a vector takes bytes");
        let (bytes, digest, size) = writer.finish();
        assert_eq!((bytes.as_slice(), size), (b"abc".as_slice(), 3));
        assert_eq!(digest.to_string(), OF_ABC);
    }
}
