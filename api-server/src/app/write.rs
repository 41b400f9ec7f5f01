//! Writes of people: done, or only tried, so that a person sees first what would come of it.

use serde::Serialize;
use sqlx::{Postgres, Transaction};
use utoipa::ToSchema;

use super::Error;
use super::budget::{WouldAggregate, WouldRefuse};

/// What came of a write.
#[derive(Debug)]
pub enum Written<T> {
    /// It is done.
    Done(T),
    /// It was tried, and nothing was changed.
    Tried(Box<Tried>),
}

/// What a write would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tried {
    /// Always true: nothing was changed.
    pub dry_run: bool,
    /// What would have been done, as a sentence.
    pub effect: String,
    /// Of a budget that is to refuse series: how often it would have done so lately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_refuse: Option<WouldRefuse>,
    /// Of a budget that is to aggregate labels away: how often it would have done so lately, and what would be left without them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_aggregate: Option<WouldAggregate>,
}

/// Ends the transaction of a write: as it was asked for, or by taking everything back.
pub async fn finish<T>(
    tx: Transaction<'_, Postgres>,
    dry_run: bool,
    effect: impl Into<String>,
    done: T,
) -> Result<Written<T>, Error> {
    if dry_run {
        tx.rollback().await?;
        return Ok(tried(effect));
    }
    tx.commit().await?;
    Ok(Written::Done(done))
}

/// The answer to a write that was only tried.
pub fn tried<T>(effect: impl Into<String>) -> Written<T> {
    Written::Tried(Box::new(Tried { dry_run: true, effect: effect.into(), would_refuse: None, would_aggregate: None }))
}

impl<T> Written<T> {
    /// Whether it is done.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}
