//! The body of a request: which message it is, and unpacking it within bounds.

use std::io::Read;

use crate::error::{Error, Fault};
use crate::limits::Limits;

/// Version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `prometheus.WriteRequest`.
    One,
    /// `io.prometheus.write.v2.Request`.
    Two,
}

/// How the body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Snappy's block format, the only one that both versions require.
    Snappy,
    /// Zstandard, which VictoriaMetrics' agents send to receivers that say they read it.
    Zstd,
}

/// Snappy's longest copy is 64 bytes and takes 3: more than that cannot come out of a body.
const SNAPPY_RATIO: u64 = 22;
/// Memory that a zstd frame may have us keep for what it refers back to: 8 MiB.
const ZSTD_WINDOW_LOG: u32 = 23;

impl Version {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "1.0",
            Self::Two => "2.0",
        }
    }

    /// From a `Content-Type` header. None for one that is not remote write.
    pub fn of(content_type: &str) -> Option<Self> {
        let mut parts = content_type.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case("application/x-protobuf") {
            return None;
        }
        let proto = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("proto").then(|| value.trim().trim_matches('"'))
        });
        match proto {
            None | Some("prometheus.WriteRequest") => Some(Self::One),
            Some("io.prometheus.write.v2.Request") => Some(Self::Two),
            Some(_) => None,
        }
    }
}

impl Encoding {
    /// From a `Content-Encoding` header; without one it is snappy, which the protocol requires.
    pub fn of(content_encoding: Option<&str>) -> Option<Self> {
        match content_encoding.map(str::trim) {
            None | Some("" | "snappy") => Some(Self::Snappy),
            Some("zstd") => Some(Self::Zstd),
            Some(_) => None,
        }
    }
}

/// Unpacks a body into `buffer`, which is used again and again. What a body claims is believed only as far as its own length allows.
pub fn open(encoding: Encoding, body: &[u8], limits: &Limits, buffer: &mut Vec<u8>) -> Result<(), Error> {
    buffer.clear();
    match encoding {
        Encoding::Snappy => snappy(body, limits, buffer),
        Encoding::Zstd => zstd(body, limits, buffer),
    }
    .map_err(|fault| fault.at("body", None, 0))
}

/// Refuses what claims to be too large, by its first bytes alone; anything else that is wrong with it is no matter here.
pub fn check_claim(encoding: Encoding, body: &[u8], limits: &Limits) -> Result<(), Error> {
    let (claimed, allowed) = match encoding {
        Encoding::Snappy => (snappy_claim(body), snappy_allowed(body, limits)),
        Encoding::Zstd => (zstd_claim(body), limits.unpacked_bytes as u64),
    };
    match claimed {
        Some(claimed) if claimed > allowed => {
            Err(Fault::TooLarge { claimed, allowed, packed: body.len() }.at("body", None, 0))
        }
        _ => Ok(()),
    }
}

/// Packs what was unpacked.
///
/// # Errors
/// Where the library cannot, for want of memory.
pub fn pack(encoding: Encoding, unpacked: &[u8]) -> Result<Vec<u8>, Error> {
    let packed = match encoding {
        Encoding::Snappy => {
            let packed = snap::raw::Encoder::new().compress_vec(unpacked);
            packed.map_err(|error| Fault::Compression("snappy", error.to_string()))
        }
        Encoding::Zstd => {
            let packed = zstd::bulk::compress(unpacked, zstd::DEFAULT_COMPRESSION_LEVEL);
            packed.map_err(|error| Fault::Compression("zstd", error.to_string()))
        }
    };
    packed.map_err(|fault| fault.at("body", None, 0))
}

fn snappy_allowed(body: &[u8], limits: &Limits) -> u64 {
    (body.len() as u64 * SNAPPY_RATIO).min(limits.unpacked_bytes as u64)
}

/// The size that a zstd frame claims, if it does.
fn zstd_claim(body: &[u8]) -> Option<u64> {
    zstd::zstd_safe::get_frame_content_size(body).ok().flatten()
}

fn snappy(body: &[u8], limits: &Limits, buffer: &mut Vec<u8>) -> Result<(), Fault> {
    let damaged = |error: snap::Error| Fault::Compression("snappy", error.to_string());
    let claimed = snappy_claim(body).ok_or(Fault::Truncated)?;
    let allowed = snappy_allowed(body, limits);
    if claimed > allowed {
        return Err(Fault::TooLarge { claimed, allowed, packed: body.len() });
    }
    buffer.resize(usize::try_from(claimed).unwrap_or(usize::MAX), 0);
    let count = snap::raw::Decoder::new().decompress(body, buffer).map_err(damaged)?;
    buffer.truncate(count);
    Ok(())
}

/// The length that a snappy block claims: a varint at its beginning.
fn snappy_claim(body: &[u8]) -> Option<u64> {
    let mut claimed = 0_u64;
    for (index, byte) in body.iter().take(10).enumerate() {
        claimed |= u64::from(byte & 0x7f).checked_shl(u32::try_from(index * 7).ok()?)?;
        if byte & 0x80 == 0 {
            return Some(claimed);
        }
    }
    None
}

fn zstd(body: &[u8], limits: &Limits, buffer: &mut Vec<u8>) -> Result<(), Fault> {
    let damaged = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Fault::Truncated,
        _ => Fault::Compression("zstd", error.to_string()),
    };
    let allowed = limits.unpacked_bytes as u64;
    let too_large = |claimed: u64| Fault::TooLarge { claimed, allowed, packed: body.len() };
    // What the frame says of itself is only read to refuse it early: the buffer grows by what really comes out.
    if let Some(claimed) = zstd_claim(body).filter(|claimed| *claimed > allowed) {
        return Err(too_large(claimed));
    }
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(damaged)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(damaged)?;
    let count = decoder.take(allowed + 1).read_to_end(buffer).map_err(damaged)? as u64;
    if count > allowed {
        buffer.clear();
        return Err(too_large(count));
    }
    Ok(())
}
