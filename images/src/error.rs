//! What can be wrong with an image, each case with a stable code and the path it is about.

use std::io;
use std::path::PathBuf;

use crate::image::Architecture;
use crate::reference::ReferenceError;

/// Why no archive was written. Nothing is left at the place of the archive then.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The image's name is not a full reference.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// A file that the image should hold is not there.
    #[error("{} does not exist", path.display())]
    FileMissing {
        /// The file on this machine.
        path: PathBuf,
    },
    /// A file that the image should hold is a directory or a device.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// The file on this machine.
        path: PathBuf,
    },
    /// A file is there and cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    FileUnreadable {
        /// The file on this machine.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A binary asks for a dynamic loader, and the image has none.
    #[error(
        "{} is dynamically linked (it asks for {interpreter}); an image without a base needs a static binary",
        path.display()
    )]
    BinaryDynamic {
        /// The file on this machine.
        path: PathBuf,
        /// The loader that the binary names.
        interpreter: String,
    },
    /// A binary is for another machine than the image.
    #[error("{} is a binary for {found}, and the image is for {wanted}", path.display())]
    BinaryArchitecture {
        /// The file on this machine.
        path: PathBuf,
        /// What the binary says.
        found: String,
        /// What the image says.
        wanted: Architecture,
    },
    /// The entrypoint is no ELF binary, or a damaged one.
    #[error("{} is no binary that can start: {reason}", path.display())]
    BinaryFormat {
        /// The file on this machine.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The program that the image starts is not in the image.
    #[error("the entrypoint `{entrypoint}` is none of the image's files")]
    EntrypointMissing {
        /// The first word of the entrypoint, empty where there is none.
        entrypoint: String,
    },
    /// A path in the image cannot be used as it stands.
    #[error("the path `{path}` cannot be used in an image: {reason}")]
    ImagePath {
        /// The path in the image.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The archive could not be written.
    #[error("cannot write {}: {source}", path.display())]
    ArchiveUnwritable {
        /// The archive.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ImageError {
    /// The stable code of the case, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Reference(_) => "image_reference_invalid",
            Self::FileMissing { .. } => "image_file_missing",
            Self::NotAFile { .. } => "image_file_not_regular",
            Self::FileUnreadable { .. } => "image_file_unreadable",
            Self::BinaryDynamic { .. } => "image_binary_dynamic",
            Self::BinaryArchitecture { .. } => "image_binary_architecture",
            Self::BinaryFormat { .. } => "image_binary_format",
            Self::EntrypointMissing { .. } => "image_entrypoint_missing",
            Self::ImagePath { .. } => "image_path_invalid",
            Self::ArchiveUnwritable { .. } => "image_archive_unwritable",
        }
    }
}
