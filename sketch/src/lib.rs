//! What a series is, which series are known exactly, and how many there are past that. Pure: time is handed in, nothing is read or written.

pub mod distinct;
pub mod identity;
pub mod known_set;
pub mod slot;

pub use distinct::{Distinct, Precision, SketchError};
pub use identity::{Identity, Sum};
pub use known_set::{Ended, Entry, KnownSet, Seen};
pub use slot::Slot;
