//! PromQL: checking queries of bounded size, the metrics they use and the labels they need, and confining them to a namespace.

mod guard;
mod needs;
mod parse;
mod pin;
mod scan;
mod used;
mod variables;

pub use guard::{MAX_BYTES, MAX_DEPTH, MAX_OPERATORS};
pub use needs::{Labels, Needs, needs};
pub use parse::check;
pub use pin::{pin_label, pin_namespace};
pub use used::{Used, metrics, used};
pub use variables::{check_templated, variables};
