//! What can be wrong with a request, and where.

use std::fmt;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct Error {
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

/// A place in an unpacked request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Which series, from 0; none where it is the request itself.
    pub series: Option<usize>,
    /// Which field, such as `labels` or `symbols`.
    pub field: &'static str,
    /// Which one of them, from 0.
    pub index: Option<usize>,
    /// Byte of the unpacked request where it was noticed.
    pub offset: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(series) = self.series {
            write!(out, "timeseries[{series}]")?;
            if !self.field.is_empty() {
                write!(out, ".")?;
            }
        }
        write!(out, "{}", self.field)?;
        if let Some(index) = self.index {
            write!(out, "[{index}]")?;
        }
        write!(out, " at byte {}", self.offset)
    }
}

/// Kinds of faults. The sentence says what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The compression is not what the header says, or damaged.
    #[error("the {0} bytes are damaged: {1}")]
    Compression(&'static str, String),
    /// It would be too large when unpacked.
    #[error("it claims {claimed} bytes unpacked, {allowed} are allowed for {packed} bytes")]
    TooLarge {
        /// Bytes that it claims, or had when reading was given up.
        claimed: u64,
        /// Bytes that are allowed.
        allowed: u64,
        /// Bytes that were sent.
        packed: usize,
    },
    /// It ends within something.
    #[error("it ends in the middle")]
    Truncated,
    /// The bytes are no protobuf.
    #[error("the bytes are no protobuf: {0}")]
    Malformed(&'static str),
    /// A field has another wire type than the protocol says.
    #[error("field {0} has the wrong type, so it is another message than the header says")]
    WrongType(u32),
    /// A text is not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// A reference to a symbol that does not exist.
    #[error("there is no symbol {reference} among {count}")]
    NoSymbol {
        /// The reference.
        reference: u32,
        /// How many symbols there are.
        count: usize,
    },
    /// The symbols do not begin with an empty one.
    #[error("the first symbol is not empty")]
    FirstSymbol,
    /// References come in pairs of name and value.
    #[error("a name without a value: the count of references is odd")]
    OddReferences,
    /// Too many of something.
    #[error("more than {0} of them")]
    TooMany(usize),
    /// A text is too long.
    #[error("{bytes} bytes long, {allowed} are allowed")]
    TooLong {
        /// Bytes that it has.
        bytes: usize,
        /// Bytes that are allowed.
        allowed: usize,
    },
}

impl Fault {
    /// Stable code for answers, metrics and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Compression(..) => "meter.compression",
            Self::TooLarge { .. } => "meter.too_large",
            Self::Truncated => "meter.truncated",
            Self::Malformed(_) => "meter.malformed",
            Self::WrongType(_) => "meter.wrong_message",
            Self::NotUtf8 => "meter.not_text",
            Self::NoSymbol { .. } | Self::FirstSymbol | Self::OddReferences => "meter.symbols",
            Self::TooMany(_) | Self::TooLong { .. } => "meter.too_many",
        }
    }

    /// Here.
    pub(crate) fn at(self, field: &'static str, index: Option<usize>, offset: usize) -> Error {
        Error { place: Place { series: None, field, index, offset }, fault: self }
    }
}

impl Error {
    /// In that series.
    pub(crate) fn in_series(mut self, series: usize) -> Self {
        self.place.series = Some(series);
        self
    }
}
