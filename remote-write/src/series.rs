//! One series of a request: its labels are handed out one by one, what it carries is counted.

use crate::body::Version;
use crate::error::{Error, Fault};
use crate::limits::Limits;
use crate::symbols::Symbols;
use crate::wire::{Cursor, Field, Value};
use crate::{STALE, histogram};

/// A text of the request.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The text.
    pub text: &'a str,
    /// Its number among the symbols, in 2.0: what is known of it is known for the whole request.
    pub symbol: Option<u32>,
}

/// A label.
#[derive(Debug, Clone, Copy)]
pub struct Label<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// Its value.
    pub value: Text<'a>,
}

/// What a series has besides its labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// Labels.
    pub labels: usize,
    /// Float samples.
    pub samples: u64,
    /// Native histograms.
    pub histograms: u64,
    /// Exemplars.
    pub exemplars: u64,
    /// Whether it has metadata of its own (2.0).
    pub metadata: bool,
    /// Whether its last sample or histogram is a stale marker.
    pub ended: bool,
    /// Whether any sample or histogram is none.
    pub lives: bool,
    /// Whether its labels are not sorted by name, which the protocol wants.
    pub unsorted: bool,
    /// Whether a label stands twice in it, which the protocol forbids.
    pub repeated: bool,
    /// Whether a label has no name or no value, which the protocol forbids.
    pub empty: bool,
}

/// A series as it stands in a request.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    pub(crate) version: Version,
    pub(crate) bytes: &'a [u8],
    pub(crate) offset: usize,
    pub(crate) symbols: &'a Symbols<'a>,
    pub(crate) limits: &'a Limits,
}

impl<'a> Series<'a> {
    /// Where its message lies in the unpacked request, as offset and length; [`crate::Request::series_at`] finds it again.
    pub fn place(&self) -> (usize, usize) {
        (self.offset, self.bytes.len())
    }

    /// Reads it once from begin to end. Labels come in the order in which they were sent.
    #[inline]
    pub fn read(&self, mut label: impl FnMut(Label<'a>)) -> Result<Shape, Error> {
        let mut reader = Reader { shape: Shape::default(), before: "", name: None };
        let mut cursor = Cursor::new(self.bytes);
        loop {
            let at = |fault: Fault, field, index, cursor: &Cursor<'_>| {
                fault.at(field, index, self.offset + cursor.position())
            };
            let Some(field) = cursor.field().map_err(|fault| at(fault, "", None, &cursor))? else { break };
            let (name, count) = match (self.version, field.number) {
                (_, 1) => {
                    let read = match self.version {
                        Version::One => reader.label(field, self.limits, &mut label),
                        Version::Two => reader.references(field, self.symbols, self.limits, &mut label),
                    };
                    read.map_err(|fault| at(fault, "labels", Some(reader.shape.labels), &cursor))?;
                    continue;
                }
                (_, 2) => (reader.sample(field), ("samples", reader.shape.samples)),
                (Version::One, 4) | (Version::Two, 3) => {
                    (reader.histogram(field), ("histograms", reader.shape.histograms))
                }
                (Version::One, 3) | (Version::Two, 4) => {
                    (field.bytes().map(|_| reader.shape.exemplars += 1), ("exemplars", reader.shape.exemplars))
                }
                (Version::Two, 5) => (field.bytes().map(|_| reader.shape.metadata = true), ("metadata", 0)),
                // What a newer version adds is none of our business.
                _ => continue,
            };
            name.map_err(|fault| at(fault, count.0, usize::try_from(count.1).ok(), &cursor))?;
        }
        if reader.name.is_some() {
            return Err(Fault::OddReferences.at("labels", Some(reader.shape.labels), self.offset + self.bytes.len()));
        }
        if reader.shape.unsorted {
            reader.shape.repeated = self.has_repeated_names()?;
        }
        Ok(reader.shape)
    }

    /// Only for labels that are not sorted; where they are, neighbours are compared.
    #[cold]
    fn has_repeated_names(&self) -> Result<bool, Error> {
        let mut names = vec![];
        let mut reader = Reader { shape: Shape::default(), before: "", name: None };
        let mut cursor = Cursor::new(self.bytes);
        let here = |fault: Fault| fault.at("labels", None, self.offset);
        while let Some(field) = cursor.field().map_err(here)? {
            if field.number == 1 {
                let mut keep = |label: Label<'a>| names.push(label.name.text);
                match self.version {
                    Version::One => reader.label(field, self.limits, &mut keep),
                    Version::Two => reader.references(field, self.symbols, self.limits, &mut keep),
                }
                .map_err(here)?;
            }
        }
        names.sort_unstable();
        Ok(names.windows(2).any(|pair| pair[0] == pair[1]))
    }
}

struct Reader<'a> {
    shape: Shape,
    before: &'a str,
    /// A reference to a name whose value has not come yet.
    name: Option<Text<'a>>,
}

impl<'a> Reader<'a> {
    #[inline]
    fn label(&mut self, field: Field<'a>, limits: &Limits, give: &mut impl FnMut(Label<'a>)) -> Result<(), Fault> {
        let mut cursor = Cursor::new(field.bytes()?);
        let (mut name, mut value): (&[u8], &[u8]) = (&[], &[]);
        while let Some(field) = cursor.field()? {
            match field.number {
                1 => name = field.bytes()?,
                2 => value = field.bytes()?,
                _ => {}
            }
        }
        let text = |bytes| Ok(Text { text: std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8)?, symbol: None });
        self.give(Label { name: text(name)?, value: text(value)? }, limits, give)
    }

    #[inline]
    fn references(
        &mut self,
        field: Field<'a>,
        symbols: &'a Symbols<'a>,
        limits: &Limits,
        give: &mut impl FnMut(Label<'a>),
    ) -> Result<(), Fault> {
        match field.value {
            Value::Bytes(packed) => {
                let mut cursor = Cursor::new(packed);
                while !cursor.is_at_end() {
                    let reference = cursor.varint()?;
                    self.reference(reference, symbols, limits, give)?;
                }
                Ok(())
            }
            _ => self.reference(field.varint()?, symbols, limits, give),
        }
    }

    #[inline]
    fn reference(
        &mut self,
        reference: u64,
        symbols: &'a Symbols<'a>,
        limits: &Limits,
        give: &mut impl FnMut(Label<'a>),
    ) -> Result<(), Fault> {
        let text = symbols.get(u32::try_from(reference).unwrap_or(u32::MAX))?;
        match self.name.take() {
            None => {
                self.name = Some(text);
                Ok(())
            }
            Some(name) => self.give(Label { name, value: text }, limits, give),
        }
    }

    #[inline]
    fn give(&mut self, label: Label<'a>, limits: &Limits, give: &mut impl FnMut(Label<'a>)) -> Result<(), Fault> {
        let (name, value) = (label.name.text, label.value.text);
        for (bytes, allowed) in [(name.len(), limits.name_bytes), (value.len(), limits.value_bytes)] {
            if bytes > allowed {
                return Err(Fault::TooLong { bytes, allowed });
            }
        }
        if self.shape.labels >= limits.labels {
            return Err(Fault::TooMany(limits.labels));
        }
        self.shape.empty |= name.is_empty() || value.is_empty();
        if self.shape.labels > 0 {
            match self.before.cmp(name) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => self.shape.repeated = true,
                std::cmp::Ordering::Greater => self.shape.unsorted = true,
            }
        }
        self.before = name;
        self.shape.labels += 1;
        give(label);
        Ok(())
    }

    #[inline]
    fn sample(&mut self, field: Field<'_>) -> Result<(), Fault> {
        let mut cursor = Cursor::new(field.bytes()?);
        let mut value = 0;
        while let Some(field) = cursor.field()? {
            if field.number == 1 {
                value = field.double()?;
            }
        }
        self.shape.samples += 1;
        self.seen(value == STALE);
        Ok(())
    }

    fn histogram(&mut self, field: Field<'_>) -> Result<(), Fault> {
        let stale = histogram::is_stale(field.bytes()?)?;
        self.shape.histograms += 1;
        self.seen(stale);
        Ok(())
    }

    #[inline]
    fn seen(&mut self, stale: bool) {
        self.shape.ended = stale;
        self.shape.lives |= !stale;
    }
}
