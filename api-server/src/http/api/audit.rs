//! `GET /api/v1/audit`: `not_permitted`, `invalid` for a cursor that is none.

use std::sync::Arc;

use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::app::page;
use crate::context::{OpContext, Role};
use crate::http::Refused;
use crate::http::call::{Answer, Query};
use crate::store::audit;

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// At most so many, 1 to 1000; 100 by default.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Who did what, when and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// What, such as `cluster.remove`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// `done`, or the code of the refusal.
    pub outcome: String,
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// Newest first.
    pub items: Vec<Entry>,
    /// Where the next page begins; absent on the last one.
    pub next_cursor: Option<String>,
}

/// A page of the audit log, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(Asked),
    responses((status = 200, body = AuditPage), (status = 403, description = "not_permitted")))]
pub async fn list(
    State(app): State<Arc<App>>,
    op: OpContext,
    Query(asked): Query<Asked>,
) -> Result<Answer<AuditPage>, Refused> {
    op.needs(Role::Operator)?;
    let limit = page::limit(asked.limit);
    let before: Option<i64> = page::place(asked.cursor.as_deref())?;
    let mut rows = audit::page(&mut *app.pool.acquire().await?, before, limit + 1).await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let next_cursor = match rows.last().filter(|_| more) {
        Some(last) => Some(page::cursor(&last.id)?),
        None => None,
    };
    let items = rows.into_iter().map(|row| Entry {
        id: row.id,
        at: row.at.to_jiff(),
        who: row.who,
        action: row.action,
        subject: row.subject,
        reason: row.reason,
        outcome: row.outcome,
    });
    Ok(Answer(AuditPage { items: items.collect(), next_cursor }))
}
