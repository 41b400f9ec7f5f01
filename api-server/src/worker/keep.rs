//! Minutes become hours, and what is too old is forgotten.

use jiff::{SignedDuration, Timestamp};

use super::lead::WORKER;
use crate::app::{App, Error};
use crate::store::{account, budget, gauge, instance, notice, session, term};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Does it once. Doing it again does no harm.
pub(super) async fn keep(app: &App, led: i64, now: Timestamp) -> Result<(), Error> {
    let mut tx = app.pool.begin().await?;
    if !term::holds(&mut tx, WORKER, led).await? {
        return Ok(());
    }
    // Two hours back: a hub that was away for a while still makes whole hours.
    gauge::roll_up(&mut tx, now - SignedDuration::from_hours(2)).await?;
    // An hour more than is shown, so that the first minute of a plot is there.
    gauge::forget(&mut tx, now - DAY - SignedDuration::from_hours(1), now - DAY * 90).await?;
    instance::forget(&mut tx, now - DAY * 30).await?;
    session::forget(&mut tx, now).await?;
    budget::forget(&mut tx, now - DAY * 400).await?;
    notice::forget(&mut tx, now - DAY * 90).await?;
    account::forget_failures(&mut tx, now - SignedDuration::from_hours(1)).await?;
    Ok(tx.commit().await?)
}
