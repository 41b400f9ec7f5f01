//! Writes OCI image archives from static binaries, without Docker and with the same bytes for the same input.
//!
//! An archive is an OCI layout in a tar, with a docker-compatible `manifest.json` beside it, so that
//! `ctr image import`, `docker load`, `kind load image-archive` and `skopeo copy oci-archive:` all read it.

mod archive;
mod base;
mod digest;
mod elf;
mod error;
mod image;
mod layer;
mod path;
mod reference;

pub use archive::write_archive;
pub use base::MACHINE_CA_CERTIFICATES;
pub use digest::Digest;
pub use error::ImageError;
pub use image::{Architecture, Compression, Directory, File, Image, ParseError, User};
pub use reference::{Reference, ReferenceError};
