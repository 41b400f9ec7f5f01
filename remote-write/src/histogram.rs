//! A native histogram, of which only what counting needs is read; its fields are the same in both versions.

use crate::STALE;
use crate::error::Fault;
use crate::wire::Cursor;

const SUM: u32 = 3;

/// Whether it is a stale marker: its sum is that NaN.
pub(crate) fn is_stale(bytes: &[u8]) -> Result<bool, Fault> {
    let mut cursor = Cursor::new(bytes);
    let mut sum = 0;
    while let Some(field) = cursor.field()? {
        if field.number == SUM {
            sum = field.double()?;
        }
    }
    Ok(sum == STALE)
}
