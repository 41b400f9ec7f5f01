//! Writes requests of senders, as the meter's own tests do, and packs them.

#[path = "../meter/tests/writer/mod.rs"]
mod plain;

use flagstaff_remote_write::Version;

pub use plain::{Series, series};

/// A request, packed by snappy.
pub fn snappy(version: Version, all: &[Series]) -> Vec<u8> {
    snap::raw::Encoder::new()
        .compress_vec(&plain::write(version, all))
        .expect("a request is not too large to be packed")
}
