//! What goes on beside calls: one replica leads and assesses; each replica follows what changes.

mod assess;
pub mod feed;
mod keep;
pub mod lead;
mod release;
mod series;
