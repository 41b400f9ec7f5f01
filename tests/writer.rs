//! Writes requests of senders, as the meter's own tests do, and packs them.

#[path = "../meter/tests/writer/mod.rs"]
mod unpacked;

use flagstaff_remote_write::Version;

pub use unpacked::{Series, series, write as plain};

/// A request, packed by snappy.
pub fn snappy(version: Version, all: &[Series]) -> Vec<u8> {
    pack(&plain(version, all))
}

/// Bytes, packed by snappy.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(bytes).expect("a request is not too large to be packed")
}
