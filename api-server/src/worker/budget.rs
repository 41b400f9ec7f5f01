//! Budgets are looked at each minute, and messages about them go out.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::lead::WORKER;
use crate::app::budget::round;
use crate::app::{App, notice};

/// Looks each minute until the term is over; more often where clusters report more often.
pub(super) async fn look(app: Arc<App>, led: i64) {
    let pause = Duration::from_secs(app.status_every_seconds.clamp(1, 60));
    loop {
        tokio::time::sleep(pause).await;
        match round::round(&app, led, WORKER, Timestamp::now()).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!("cannot look at budgets: {error}"),
        }
    }
}

/// Sends what is to be sent until the term is over.
pub(super) async fn tell(app: Arc<App>, led: i64) {
    let pause = Duration::from_secs(app.status_every_seconds.clamp(1, 5));
    loop {
        tokio::time::sleep(pause).await;
        match notice::round(&app, led, WORKER, Timestamp::now()).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!("cannot send messages: {error}"),
        }
    }
}
