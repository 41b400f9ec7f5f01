//! `GET /api/v1/audit/verification`: `not_permitted`, `not_found` for a seal that is none.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::app::audit_seal::{self, Verification};
use crate::context::{OpContext, Role};
use crate::http::Refused;
use crate::http::call::{Answer, Query};

/// From where.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// After the seal of this number; from the beginning when it is left out.
    pub after: Option<i64>,
}

/// Compares the audit log with its seals, a stretch of it at a time.
#[utoipa::path(get, path = "/api/v1/audit/verification", tag = "audit", params(Asked),
    responses((status = 200, body = Verification), (status = 403, description = "not_permitted"), (status = 404, description = "not_found")))]
pub async fn verify(
    State(app): State<Arc<App>>,
    op: OpContext,
    Query(asked): Query<Asked>,
) -> Result<Answer<Verification>, Refused> {
    op.needs(Role::Operator)?;
    Ok(Answer(audit_seal::verify(&app, asked.after.unwrap_or(0).max(0)).await?))
}
