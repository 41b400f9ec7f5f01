//! YAML read by document with the places of its parts, and written so that kubectl reads it back the same.

mod locate;
mod read;
mod write;

pub use locate::{Mark, Marks};
pub use read::{Document, documents, single};
pub use write::{to_yaml, to_yaml_documents};
