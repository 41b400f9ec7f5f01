//! Protobuf on the wire: a cursor over borrowed bytes that knows where it is.

use crate::error::Fault;

/// A field as it stands on the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) number: u32,
    pub(crate) value: Value<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32,
}

/// A position in a message.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Bytes that were read.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    #[inline]
    pub(crate) fn is_at_end(&self) -> bool {
        self.position >= self.bytes.len()
    }

    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Fault> {
        match self.bytes.get(self.position) {
            Some(byte) if *byte < 0x80 => {
                self.position += 1;
                Ok(u64::from(*byte))
            }
            Some(_) => self.long_varint(),
            None => Err(Fault::Truncated),
        }
    }

    fn long_varint(&mut self) -> Result<u64, Fault> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = *self.bytes.get(self.position).ok_or(Fault::Truncated)?;
            self.position += 1;
            if shift == 63 && byte > 1 {
                return Err(Fault::Malformed("a number of more than 64 bits"));
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Fault::Malformed("a number of more than ten bytes"))
    }

    #[inline]
    fn bytes(&mut self, count: u64) -> Result<&'a [u8], Fault> {
        let left = self.bytes.len() - self.position;
        match usize::try_from(count) {
            Ok(count) if count <= left => {
                let found = &self.bytes[self.position..self.position + count];
                self.position += count;
                Ok(found)
            }
            _ => Err(Fault::Truncated),
        }
    }

    /// The next field; none at the end.
    #[inline]
    pub(crate) fn field(&mut self) -> Result<Option<Field<'a>>, Fault> {
        if self.is_at_end() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| Fault::Malformed("a field number that is too large"))?;
        if number == 0 {
            return Err(Fault::Malformed("a field with the number 0"));
        }
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(self.fixed64()?),
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.bytes(length)?)
            }
            5 => {
                self.bytes(4)?;
                Value::Fixed32
            }
            _ => return Err(Fault::Malformed("a group, or a wire type that does not exist")),
        };
        Ok(Some(Field { number, value }))
    }

    fn fixed64(&mut self) -> Result<u64, Fault> {
        let bytes = self.bytes(8)?;
        bytes.try_into().map(u64::from_le_bytes).map_err(|_| Fault::Truncated)
    }
}

impl<'a> Field<'a> {
    #[inline]
    pub(crate) fn bytes(&self) -> Result<&'a [u8], Fault> {
        match self.value {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(Fault::WrongType(self.number)),
        }
    }

    pub(crate) fn varint(&self) -> Result<u64, Fault> {
        match self.value {
            Value::Varint(value) => Ok(value),
            _ => Err(Fault::WrongType(self.number)),
        }
    }

    /// The bits of a double.
    pub(crate) fn double(&self) -> Result<u64, Fault> {
        match self.value {
            Value::Fixed64(value) => Ok(value),
            _ => Err(Fault::WrongType(self.number)),
        }
    }
}
