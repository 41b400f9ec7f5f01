//! The symbols of a 2.0 request: every text once, referred to by its number.

use crate::error::{Error, Fault};
use crate::limits::Limits;
use crate::series::Text;
use crate::wire::Cursor;

/// Number of the field in `io.prometheus.write.v2.Request`.
pub(crate) const FIELD: u32 = 4;

/// The symbols, borrowed from the request; none in 1.0.
#[derive(Debug, Default)]
pub struct Symbols<'a> {
    texts: Vec<&'a str>,
}

impl<'a> Symbols<'a> {
    /// Collects them wherever they stand in the request.
    pub(crate) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let mut cursor = Cursor::new(bytes);
        let mut texts: Vec<&'a str> = vec![];
        loop {
            let at = |fault: Fault, cursor: &Cursor<'_>, count| fault.at("symbols", Some(count), cursor.position());
            let Some(field) = cursor.field().map_err(|fault| at(fault, &cursor, texts.len()))? else { break };
            if field.number != FIELD {
                continue;
            }
            let here = |fault| at(fault, &cursor, texts.len());
            if texts.len() >= limits.symbols {
                return Err(here(Fault::TooMany(limits.symbols)));
            }
            let text = field.bytes().map_err(here)?;
            let text = std::str::from_utf8(text).map_err(|_| here(Fault::NotUtf8))?;
            if texts.is_empty() && !text.is_empty() {
                return Err(here(Fault::FirstSymbol));
            }
            texts.push(text);
        }
        Ok(Self { texts })
    }

    #[inline]
    pub(crate) fn get(&self, reference: u32) -> Result<Text<'a>, Fault> {
        match self.texts.get(reference as usize) {
            Some(text) => Ok(Text { text, symbol: Some(reference) }),
            None => Err(Fault::NoSymbol { reference, count: self.texts.len() }),
        }
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.texts.iter().copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none, as in every 1.0 request.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
