//! Changes of layers go on: whose turn it is, is released.

use jiff::Timestamp;

use super::lead::WORKER;
use crate::app::layer_change::release;
use crate::app::{App, Error};

/// One round. False when the term is over and nothing was written.
pub(super) async fn release(app: &App, led: i64, now: Timestamp) -> Result<bool, Error> {
    release::round(app, led, WORKER, now).await
}
