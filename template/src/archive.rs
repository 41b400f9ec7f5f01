//! A pack as one blob: a gzip tar that is the same for the same files, and is read with every size bounded.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flagstaff_model::{Place, Problem};
use flate2::{Compression, GzBuilder, read::MultiGzDecoder};

use crate::code::Code;
use crate::pack::{MAX_ARCHIVE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, Pack};

/// A tar has a header and padding beside each file's bytes.
const MAX_TAR_BYTES: u64 = (MAX_TOTAL_BYTES + (MAX_FILES + 2) * 2048) as u64;

impl Pack {
    /// Its files as a gzip tar of at most [`MAX_ARCHIVE_BYTES`] bytes, the same bytes for the same files.
    pub fn archive(&self) -> Vec<u8> {
        // Writing to memory does not fail, and what is too large was refused when the pack was made.
        write(self.files()).unwrap_or_default()
    }

    pub(crate) fn check_archive_size(&self) -> Result<(), Problem> {
        let raw: usize = self.files().values().map(|bytes| bytes.len() + 1024).sum();
        if raw < MAX_ARCHIVE_BYTES {
            return Ok(());
        }
        let written = write(self.files());
        match written {
            Ok(bytes) if bytes.len() <= MAX_ARCHIVE_BYTES => Ok(()),
            Ok(bytes) => {
                let message = format!("the archive has {} bytes, the most are {MAX_ARCHIVE_BYTES}", bytes.len());
                Err(Code::TooLarge.at(Place::file("pack.yaml"), message))
            }
            Err(error) => Err(Code::Archive.at(Place::file("pack.yaml"), error.to_string())),
        }
    }

    /// Reads a pack from its archive, checking the digest where one is given.
    ///
    /// # Errors
    /// An archive that is empty, cut off, not a gzip tar, larger than allowed once unpacked, or of another digest.
    pub fn from_archive(bytes: &[u8], expected_digest: Option<&str>) -> Result<Pack, Vec<Problem>> {
        let refuse = |code: Code, message: String| vec![code.at(Place::file("archive"), message)];
        if bytes.is_empty() {
            return Err(refuse(Code::Archive, "the archive is empty".into()));
        }
        if bytes.len() > MAX_ARCHIVE_BYTES {
            let message = format!("the archive has {} bytes, the most are {MAX_ARCHIVE_BYTES}", bytes.len());
            return Err(refuse(Code::TooLarge, message));
        }
        let mut unpacked = vec![];
        let mut bounded = MultiGzDecoder::new(bytes).take(MAX_TAR_BYTES + 1);
        if let Err(error) = bounded.read_to_end(&mut unpacked) {
            return Err(refuse(Code::Archive, format!("the archive cannot be unpacked: {error}")));
        }
        if unpacked.len() as u64 > MAX_TAR_BYTES {
            return Err(refuse(Code::TooLarge, format!("the archive holds more than {MAX_TAR_BYTES} bytes")));
        }
        let files = read(&unpacked).map_err(|message| refuse(Code::Archive, message))?;
        let pack = Pack::from_files(files)?;
        match expected_digest {
            Some(expected) if expected != pack.digest => {
                let message = format!("the pack's digest is {}, expected was {expected}", pack.digest);
                Err(refuse(Code::Digest, message))
            }
            _ => Ok(pack),
        }
    }
}

fn write(files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).operating_system(255).write(vec![], Compression::best());
    let mut tar = tar::Builder::new(gzip);
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, path, bytes.as_slice())?;
    }
    let mut gzip = tar.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}

fn read(unpacked: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    // A whole tar ends in two blocks of zeros; one that is cut between two files would otherwise look whole.
    if !unpacked.len().is_multiple_of(512)
        || unpacked.len() < 1024
        || unpacked[unpacked.len() - 1024..].iter().any(|b| *b != 0)
    {
        return Err("the archive is cut off".into());
    }
    let mut files = BTreeMap::new();
    let mut tar = tar::Archive::new(unpacked);
    let entries = tar.entries().map_err(|error| format!("not a tar: {error}"))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| format!("the archive is damaged: {error}"))?;
        match entry.header().entry_type() {
            tar::EntryType::Regular => {}
            tar::EntryType::Directory => continue,
            other => return Err(format!("the archive holds an entry of type {other:?}")),
        }
        let path = String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| "a path is not UTF-8".to_owned())?;
        let path = path.strip_prefix("./").unwrap_or(&path).to_owned();
        let mut bytes = vec![];
        entry.read_to_end(&mut bytes).map_err(|error| format!("{path}: {error}"))?;
        if bytes.len() as u64 != entry.size() {
            return Err(format!("{path} is cut off"));
        }
        if files.len() >= MAX_FILES {
            return Err(format!("the archive holds more than {MAX_FILES} files"));
        }
        if files.insert(path.clone(), bytes).is_some() {
            return Err(format!("{path} stands twice in the archive"));
        }
    }
    if files.is_empty() { Err("the archive holds no files".into()) } else { Ok(files) }
}
