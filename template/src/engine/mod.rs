//! The template language: MiniJinja in strict mode with two spellings, bounded, without escaping of its own.

mod context;
mod environment;
mod filters;
mod quantity;
mod trace;

pub(crate) use environment::{Engine, Rendered};

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
