//! Entries of the audit log are sealed soon after they were written.

use jiff::Timestamp;

use super::lead::WORKER;
use crate::app::{App, Error, audit_seal};
use crate::store::term;

/// Seals what is there. False when the term is over and nothing was written.
pub(super) async fn all(app: &App, led: i64, now: Timestamp) -> Result<bool, Error> {
    loop {
        let mut tx = app.pool.begin().await?;
        if !term::holds(&mut tx, WORKER, led).await? {
            return Ok(false);
        }
        let sealed = audit_seal::seal(&mut tx, app, now).await?;
        tx.commit().await?;
        if sealed == 0 {
            return Ok(true);
        }
        app.metrics.sealed.inc_by(u64::try_from(sealed).unwrap_or_default());
    }
}
