//! `POST /agent/v1/status`: `invalid`, `credential_unknown`, `conflict`.

use std::sync::Arc;

use axum::extract::State;
use flagstaff_model::wire::{StatusAnswer, StatusReport};

use crate::app::{App, Error, status as act};
use crate::context::{OpContext, Who};
use crate::http::Refused;
use crate::http::call::{Answer, Json};

/// How a cluster is.
#[utoipa::path(post, path = "/agent/v1/status", tag = "agent",
    request_body(content = serde_json::Value, description = "`StatusReport` of flagstaff-model"),
    responses((status = 200, description = "`StatusAnswer` of flagstaff-model"), (status = 401, description = "credential_unknown"),
        (status = 409, description = "conflict: the credential is another cluster's")))]
pub async fn status(
    State(app): State<Arc<App>>,
    op: OpContext,
    Json(report): Json<StatusReport>,
) -> Result<Answer<StatusAnswer>, Refused> {
    let Who::Cluster { credential_sha256 } = &op.who else { return Err(Error::CredentialUnknown.into()) };
    let answer = act::report(&app, &op, credential_sha256, report).await?;
    app.metrics.reports.inc();
    Ok(Answer(answer))
}
