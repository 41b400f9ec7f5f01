//! What senders say of a metric's type, in both versions.

use crate::error::{Error, Fault};
use crate::request::{METADATA, Request};
use crate::series::Series;
use crate::wire::{Cursor, Value};
use crate::{Version, wire};

/// A metric's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only goes up, but for resets.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Classic or native.
    Histogram,
    /// A histogram whose buckets go up and down.
    GaugeHistogram,
    /// Quantiles, a sum and a count.
    Summary,
    /// Labels with the value 1.
    Info,
    /// One series for each state.
    StateSet,
}

impl Kind {
    /// The protocol's number; none for one that is unknown or newer.
    fn of(number: u64) -> Option<Self> {
        Some(match number {
            1 => Self::Counter,
            2 => Self::Gauge,
            3 => Self::Histogram,
            4 => Self::GaugeHistogram,
            5 => Self::Summary,
            6 => Self::Info,
            7 => Self::StateSet,
            _ => return None,
        })
    }
}

impl Request<'_> {
    /// Hands out the types that stand beside the series (1.0), by the metric family's name.
    ///
    /// # Errors
    /// Where the bytes are no message.
    pub fn each_kind(&self, mut visit: impl FnMut(&str, Kind)) -> Result<(), Error> {
        if self.version() != Version::One {
            return Ok(());
        }
        let mut cursor = Cursor::new(self.bytes());
        let at = |fault: Fault, cursor: &Cursor<'_>| fault.at("metadata", None, cursor.position());
        while let Some(field) = cursor.field().map_err(|fault| at(fault, &cursor))? {
            if field.number != METADATA {
                continue;
            }
            let read = field.bytes().and_then(described).map_err(|fault| at(fault, &cursor))?;
            if let Some((family, kind)) = read {
                visit(family, kind);
            }
        }
        Ok(())
    }
}

/// Family and type of a `MetricMetadata`.
fn described(bytes: &[u8]) -> Result<Option<(&str, Kind)>, Fault> {
    let (mut kind, mut family) = (None, None);
    let mut cursor = Cursor::new(bytes);
    while let Some(field) = cursor.field()? {
        match field.number {
            1 => kind = Kind::of(field.varint()?),
            2 => family = Some(std::str::from_utf8(field.bytes()?).map_err(|_| Fault::NotUtf8)?),
            _ => {}
        }
    }
    Ok(family.zip(kind))
}

impl Series<'_> {
    /// The type that stands in the series itself (2.0).
    ///
    /// # Errors
    /// Where the bytes are no message.
    pub fn kind(&self) -> Result<Option<Kind>, Error> {
        const OWN_METADATA: u32 = 5;
        if self.version != Version::Two {
            return Ok(None);
        }
        let mut kind = None;
        self.fields(|field| {
            if field.number != OWN_METADATA {
                return Ok(());
            }
            let mut cursor = Cursor::new(field.bytes()?);
            while let Some(field) = cursor.field()? {
                if field.number == 1 {
                    kind = Kind::of(field.varint()?);
                }
            }
            Ok(())
        })?;
        Ok(kind)
    }

    /// Hands out its samples: milliseconds since 1970, and the value. Native histograms are none.
    ///
    /// # Errors
    /// Where the bytes are no message.
    pub fn samples(&self, mut visit: impl FnMut(i64, f64)) -> Result<(), Error> {
        const SAMPLE: u32 = 2;
        self.fields(|field| {
            if field.number != SAMPLE {
                return Ok(());
            }
            let (mut value, mut at) = (0, 0);
            let mut cursor = Cursor::new(field.bytes()?);
            while let Some(field) = cursor.field()? {
                match field.value {
                    Value::Fixed64(bits) if field.number == 1 => value = bits,
                    Value::Varint(number) if field.number == 2 => at = number,
                    _ => {}
                }
            }
            // Times before 1970 are negative numbers, written as their two's complement.
            visit(at.cast_signed(), f64::from_bits(value));
            Ok(())
        })
    }

    fn fields(&self, mut visit: impl FnMut(wire::Field<'_>) -> Result<(), Fault>) -> Result<(), Error> {
        let mut cursor = Cursor::new(self.bytes);
        let at = |fault: Fault, cursor: &Cursor<'_>| fault.at("", None, self.offset + cursor.position());
        while let Some(field) = cursor.field().map_err(|fault| at(fault, &cursor))? {
            visit(field).map_err(|fault| at(fault, &cursor))?;
        }
        Ok(())
    }
}
