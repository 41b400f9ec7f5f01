//! Series by hour become days and weeks, and what is too old is forgotten.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::lead::WORKER;
use crate::app::App;
use crate::app::series::rollup;

/// Each minute until the term is over. Making days of many clusters takes its time, and nothing else waits for it.
pub(super) async fn run(app: Arc<App>, led: i64) {
    let pause = Duration::from_secs(app.status_every_seconds.clamp(1, 60));
    loop {
        match rollup::round(&app.pool, WORKER, led, Timestamp::now()).await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(error) => tracing::warn!("cannot make days and weeks of series: {error}"),
        }
        tokio::time::sleep(pause).await;
    }
}
