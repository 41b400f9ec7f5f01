//! From the bytes of a body to a report, within bounds: what they claim of themselves is never taken as memory.

use std::io::Read;

use flagstaff_model::wire::SeriesReport;

use super::place;
use crate::app::Error;

/// No body is larger.
pub const PACKED_BYTES: usize = 4 << 20;
/// Nor is what it holds.
pub const UNPACKED_BYTES: usize = flagstaff_model::wire::SERIES_REPORT_BYTES;
/// What zstd may look back at: 8 MiB.
const WINDOW_LOG: u32 = 23;
const MAGIC: [u8; 4] = 0xfd2f_b528_u32.to_le_bytes();

/// Reads a body, which is JSON or JSON packed by zstd.
pub(super) fn read(body: &[u8]) -> Result<SeriesReport, Error> {
    if body.starts_with(&MAGIC) { parse(&unzstd(body, UNPACKED_BYTES)?) } else { parse(body) }
}

fn parse(text: &[u8]) -> Result<SeriesReport, Error> {
    serde_json::from_slice(text).map_err(|error| {
        // The message names the place, never the value.
        let place = place::of(text, place::byte(text, error.line(), error.column()));
        match error.classify() {
            serde_json::error::Category::Data => {
                Error::invalid(format!("{place} of the report is not what it has to be."))
            }
            _ => Error::invalid(format!("The report is no JSON at {place}.")),
        }
    })
}

/// Unpacks at most so many bytes.
pub(super) fn unzstd(packed: &[u8], limit_bytes: usize) -> Result<Vec<u8>, Error> {
    let limit = limit_bytes as u64;
    // What a frame says of its size is only read to refuse it early.
    if zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().is_some_and(|claimed| claimed > limit) {
        return Err(Error::TooLarge { limit_bytes });
    }
    let damaged = |error: std::io::Error| Error::invalid(format!("The body cannot be unpacked by zstd: {error}."));
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(damaged)?;
    decoder.window_log_max(WINDOW_LOG).map_err(damaged)?;
    let mut text = vec![];
    decoder.take(limit + 1).read_to_end(&mut text).map_err(damaged)?;
    if text.len() > limit_bytes { Err(Error::TooLarge { limit_bytes }) } else { Ok(text) }
}

/// Reads a body that was kept: that it cannot be read is a fault of ours.
pub(super) fn kept(body: &[u8]) -> Result<SeriesReport, Error> {
    read(body).map_err(|error| Error::Internal(anyhow::anyhow!("a kept report cannot be read: {error}")))
}

/// Packs what is to be kept.
pub(super) fn zstd(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    zstd::bulk::compress(bytes, LEVEL).map_err(|error| Error::Internal(error.into()))
}

const LEVEL: i32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_packed_or_not_and_refused_with_its_place() {
        let text = br#"{"instance": "m", "scopes": [{"metric": "up", "active": 3}], "from_the_future": [1]}"#;
        for body in [text.to_vec(), zstd(text).expect("packed")] {
            let report = read(&body).expect("a report");
            assert_eq!((report.instance.as_str(), report.scopes[0].count.active), ("m", 3.0));
        }
        let wrong = |body: &[u8]| read(body).expect_err("a refusal").to_string();
        assert_eq!(
            wrong(br#"{"labels": [{"series": 1}, {"series": "hunter2"}]}"#),
            "labels[1].series of the report is not what it has to be."
        );
        assert!(wrong(br#"{"scopes": [{"active": "hunter2"}]}"#).starts_with("scopes[0] of the report"));
        assert!(wrong(br#"{"scopes": [{"active": 1"#).contains("no JSON at scopes[0].active"));
        let mut torn = zstd(text).expect("packed");
        torn.truncate(torn.len() - 3);
        assert!(wrong(&torn).contains("cannot be unpacked"));
    }

    #[test]
    fn a_frame_that_claims_or_holds_too_much_is_refused() {
        let mut claims = MAGIC.to_vec();
        claims.push(0b1110_0000);
        claims.extend((8_u64 << 30).to_le_bytes());
        assert!(matches!(read(&claims), Err(Error::TooLarge { .. })));
        // One that says nothing of its size, and holds 64 MiB of blanks.
        let mut encoder = zstd::stream::write::Encoder::new(vec![], 1).expect("an encoder");
        for _ in 0..64 {
            std::io::Write::write_all(&mut encoder, &vec![b' '; 1 << 20]).expect("written");
        }
        let bomb = encoder.finish().expect("packed");
        assert!(bomb.len() < PACKED_BYTES);
        assert!(matches!(read(&bomb), Err(Error::TooLarge { .. })));
    }
}
