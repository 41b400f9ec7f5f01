//! Tells from a binary's headers whether it can start in an image that holds nothing but it.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::error::ImageError;
use crate::image::Architecture;

const MAGIC: &[u8; 4] = b"\x7fELF";
const HEADER_BYTES: usize = 64;
const PROGRAM_HEADER_BYTES: usize = 56;
const PT_INTERP: u32 = 3;
/// The kernel's own bound on a path.
const LONGEST_INTERPRETER: u64 = 4096;

/// Refuses a binary that asks for a loader the image does not hold, or is for another machine.
///
/// A file that is no binary at all is data and passes, unless the image should start it.
pub(crate) fn check(
    path: &Path,
    architecture: Architecture,
    is_entrypoint: bool,
    holds: &dyn Fn(&str) -> bool,
) -> Result<(), ImageError> {
    let format = |reason| ImageError::BinaryFormat { path: path.to_owned(), reason };
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::UnexpectedEof => format("it ends within its headers"),
        _ => ImageError::FileUnreadable { path: path.to_owned(), source },
    };
    let mut file = fs::File::open(path).map_err(unreadable)?;
    let mut header = Vec::with_capacity(HEADER_BYTES);
    file.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut header).map_err(unreadable)?;
    if !header.starts_with(MAGIC) {
        return if is_entrypoint { Err(format("it is no ELF binary, and the image has no shell")) } else { Ok(()) };
    }
    let Ok(header) = <[u8; HEADER_BYTES]>::try_from(header) else {
        return Err(format("it ends within its headers"));
    };
    if header[4..6] != [2, 1] {
        return Err(format("it is not a 64-bit little-endian binary"));
    }
    let found = u16_at(&header, 18);
    if found != machine_of(architecture) {
        return Err(ImageError::BinaryArchitecture {
            path: path.to_owned(),
            found: machine_name(found),
            wanted: architecture,
        });
    }
    let table = u64_at(&header, 32);
    let entry_bytes = u64::from(u16_at(&header, 54));
    let entries = u64::from(u16_at(&header, 56));
    if entries > 0 && entry_bytes < PROGRAM_HEADER_BYTES as u64 {
        return Err(format("its program headers are too short"));
    }
    for index in 0..entries {
        let at =
            table.checked_add(index * entry_bytes).ok_or_else(|| format("its program headers lie outside the file"))?;
        let mut entry = [0; PROGRAM_HEADER_BYTES];
        file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        file.read_exact(&mut entry).map_err(unreadable)?;
        if u32_at(&entry, 0) == PT_INTERP {
            let mut interpreter = Vec::new();
            file.seek(SeekFrom::Start(u64_at(&entry, 8))).map_err(unreadable)?;
            file.by_ref()
                .take(u64_at(&entry, 32).min(LONGEST_INTERPRETER))
                .read_to_end(&mut interpreter)
                .map_err(unreadable)?;
            let interpreter = String::from_utf8_lossy(&interpreter).trim_end_matches('\0').to_owned();
            if holds(&interpreter) {
                return Ok(());
            }
            return Err(ImageError::BinaryDynamic { path: path.to_owned(), interpreter });
        }
    }
    Ok(())
}

fn machine_of(architecture: Architecture) -> u16 {
    match architecture {
        Architecture::Amd64 => 62,
        Architecture::Arm64 => 183,
    }
}

fn machine_name(machine: u16) -> String {
    for architecture in [Architecture::Amd64, Architecture::Arm64] {
        if machine == machine_of(architecture) {
            return architecture.to_string();
        }
    }
    format!("ELF machine {machine}")
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

/// The offsets are constants inside headers of fixed length.
fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    std::array::from_fn(|offset| bytes[at + offset])
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::path::PathBuf;

    /// The smallest file with sound headers: one program header, and the loader's name if there is one.
    pub(crate) fn binary(architecture: Architecture, interpreter: Option<&str>) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES + PROGRAM_HEADER_BYTES];
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4..6].copy_from_slice(&[2, 1]);
        bytes[18..20].copy_from_slice(&machine_of(architecture).to_le_bytes());
        bytes[32..40].copy_from_slice(&(HEADER_BYTES as u64).to_le_bytes());
        bytes[54..56].copy_from_slice(&(PROGRAM_HEADER_BYTES as u16).to_le_bytes());
        bytes[56..58].copy_from_slice(&1_u16.to_le_bytes());
        if let Some(interpreter) = interpreter {
            let at = bytes.len() as u64;
            let entry = &mut bytes[HEADER_BYTES..];
            entry[..4].copy_from_slice(&PT_INTERP.to_le_bytes());
            entry[8..16].copy_from_slice(&at.to_le_bytes());
            entry[32..40].copy_from_slice(&(interpreter.len() as u64 + 1).to_le_bytes());
            bytes.extend_from_slice(interpreter.as_bytes());
            bytes.push(0);
        }
        bytes
    }

    fn checked(bytes: &[u8], is_entrypoint: bool) -> Result<(), ImageError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("program");
        fs::write(&path, bytes).expect("written");
        check(&path, Architecture::Amd64, is_entrypoint, &|_| false)
    }

    #[test]
    fn a_static_binary_passes() {
        checked(&binary(Architecture::Amd64, None), true).expect("static");
    }

    #[test]
    fn a_dynamic_binary_is_refused_with_its_loader() {
        let error =
            checked(&binary(Architecture::Amd64, Some("/lib64/ld-linux-x86-64.so.2")), false).expect_err("dynamic");
        assert_eq!(error.code(), "image_binary_dynamic");
        assert!(error.to_string().contains("/lib64/ld-linux-x86-64.so.2"), "{error}");
    }

    #[test]
    fn this_very_test_is_dynamic_and_refused() {
        let path: PathBuf = std::env::current_exe().expect("a test has a path");
        let architecture = Architecture::of_this_machine().expect("a machine that images are for");
        let error = check(&path, architecture, true, &|_| false).expect_err("cargo links tests dynamically");
        assert_eq!(error.code(), "image_binary_dynamic");
    }

    #[test]
    fn a_binary_for_another_machine_is_refused() {
        let error = checked(&binary(Architecture::Arm64, None), true).expect_err("arm64");
        assert_eq!(error.code(), "image_binary_architecture");
        assert!(error.to_string().contains("arm64"), "{error}");
    }

    #[test]
    fn a_script_is_data_but_no_entrypoint() {
        checked(b"#!/bin/sh\n", false).expect("data");
        let error = checked(b"#!/bin/sh\n", true).expect_err("no shell");
        assert_eq!(error.code(), "image_binary_format");
    }

    #[test]
    fn damaged_headers_are_refused_at_every_length() {
        let whole = binary(Architecture::Amd64, Some("/lib/ld.so"));
        for length in MAGIC.len()..HEADER_BYTES + PROGRAM_HEADER_BYTES {
            let error = checked(&whole[..length], false).expect_err("cut short");
            assert_eq!(error.code(), "image_binary_format", "at {length} bytes");
        }
        let mut far = binary(Architecture::Amd64, None);
        far[32..40].copy_from_slice(&u64::MAX.to_le_bytes());
        let error = checked(&far, false).expect_err("headers outside the file");
        assert!(matches!(error.code(), "image_binary_format" | "image_file_unreadable"), "{error}");
    }
}
