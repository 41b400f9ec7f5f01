//! How much of anything one request may have.

/// Bounds of one request. What is over one is refused before memory is taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes when unpacked.
    pub unpacked_bytes: usize,
    /// Labels of one series.
    pub labels: usize,
    /// Bytes of a label's name.
    pub name_bytes: usize,
    /// Bytes of a label's value.
    pub value_bytes: usize,
    /// Symbols of one request (2.0 only).
    pub symbols: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { unpacked_bytes: 64 << 20, labels: 128, name_bytes: 4 << 10, value_bytes: 64 << 10, symbols: 1 << 20 }
    }
}
