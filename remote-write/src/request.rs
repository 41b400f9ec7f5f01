//! An unpacked request: its series are walked over, nothing of it is copied.

use crate::body::Version;
use crate::error::{Error, Fault};
use crate::limits::Limits;
use crate::series::Series;
use crate::symbols::{self, Symbols};
use crate::wire::Cursor;

/// A request, borrowed from the bytes that [`crate::body::open`] made.
#[derive(Debug)]
pub struct Request<'a> {
    version: Version,
    bytes: &'a [u8],
    symbols: Symbols<'a>,
    limits: &'a Limits,
}

/// What a walk met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Series, also those without samples.
    pub series: usize,
    /// Descriptions of metrics that stand beside the series (1.0).
    pub metadata: usize,
}

impl Version {
    /// Number of the field of its series.
    pub(crate) fn series_field(self) -> u32 {
        match self {
            Self::One => 1,
            Self::Two => 5,
        }
    }
}

/// Number of the field for metadata in `prometheus.WriteRequest`.
pub(crate) const METADATA: u32 = 3;

impl<'a> Request<'a> {
    /// Finds the symbols, if there are any; series are not looked at yet.
    pub fn read(version: Version, bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Error> {
        let symbols = match version {
            Version::One => Symbols::default(),
            Version::Two => Symbols::read(bytes, limits)?,
        };
        Ok(Self { version, bytes, symbols, limits })
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its symbols; none in 1.0.
    pub fn symbols(&self) -> &Symbols<'a> {
        &self.symbols
    }

    /// Hands out every series. An error of `visit` ends the walk.
    #[inline]
    pub fn each(&self, mut visit: impl FnMut(Series<'_>) -> Result<(), Error>) -> Result<Totals, Error> {
        let wanted = self.version.series_field();
        let mut cursor = Cursor::new(self.bytes);
        let mut totals = Totals::default();
        loop {
            let at = |fault: Fault, totals: &Totals, cursor: &Cursor<'_>| {
                fault.at("timeseries", Some(totals.series), cursor.position())
            };
            let Some(field) = cursor.field().map_err(|fault| at(fault, &totals, &cursor))? else { break };
            if field.number == wanted {
                let bytes = field.bytes().map_err(|fault| at(fault, &totals, &cursor))?;
                let offset = cursor.position() - bytes.len();
                visit(self.series(bytes, offset)).map_err(|error| error.in_series(totals.series))?;
                totals.series += 1;
            } else if self.version == Version::One && field.number == METADATA {
                field.bytes().map_err(|fault| fault.at("metadata", Some(totals.metadata), cursor.position()))?;
                totals.metadata += 1;
            } else if self.version == Version::One && matches!(field.number, symbols::FIELD | 5) {
                // These are the symbols and series of 2.0: counted as 1.0 it would seem to be empty.
                return Err(at(Fault::WrongType(field.number), &totals, &cursor));
            } else if self.version == Version::Two && field.number == Version::One.series_field() {
                return Err(at(Fault::WrongType(field.number), &totals, &cursor));
            }
        }
        Ok(totals)
    }

    /// The series at a place that [`Series::place`] told; none outside of the request.
    pub fn series_at(&self, offset: usize, length: usize) -> Option<Series<'_>> {
        let end = offset.checked_add(length)?;
        self.bytes.get(offset..end).map(|bytes| self.series(bytes, offset))
    }

    fn series<'r>(&'r self, bytes: &'r [u8], offset: usize) -> Series<'r> {
        Series { version: self.version, bytes, offset, symbols: &self.symbols, limits: self.limits }
    }
}
