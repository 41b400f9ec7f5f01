//! A request without some of its series: everything else stands in it byte for byte.

use crate::body::Version;
use crate::error::{Error, Fault};
use crate::wire::Cursor;

/// Copies an unpacked request to `out` without the series at these places, which [`crate::Series::place`] told; they are sorted. In 2.0
/// symbols that only they used stay: their numbers are what the others refer to.
///
/// # Errors
/// Where the bytes are no message; a walk over them would have said so before.
pub fn without(version: Version, unpacked: &[u8], places: &[(usize, usize)], out: &mut Vec<u8>) -> Result<(), Error> {
    out.clear();
    let wanted = version.series_field();
    let mut places = places.iter().peekable();
    let mut cursor = Cursor::new(unpacked);
    let fault = |fault: Fault, at: usize| fault.at("timeseries", None, at);
    let mut begun = 0;
    while let Some(field) = cursor.field().map_err(|error| fault(error, begun))? {
        let end = cursor.position();
        let is_left_out = field.number == wanted && {
            let length = field.bytes().map_err(|error| fault(error, begun))?.len();
            places.next_if(|place| **place == (end - length, length)).is_some()
        };
        if !is_left_out {
            out.extend_from_slice(&unpacked[begun..end]);
        }
        begun = end;
    }
    match places.next() {
        None => Ok(()),
        Some((at, _)) => Err(fault(Fault::Malformed("there is no series at a place that was to be left out"), *at)),
    }
}
