//! What goes on beside calls: one replica leads and assesses; each replica follows what changes.

mod assess;
mod audit_seal;
mod budget;
pub mod feed;
mod keep;
pub mod lead;
mod release;
mod series;
mod series_keep;
