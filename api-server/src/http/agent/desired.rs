//! `GET /agent/v1/desired`: `credential_unknown`. Held until there is something newer; 304 when there is not.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use flagstaff_model::wire::DesiredQuery;

use crate::app::{App, Error, desired as act};
use crate::context::{OpContext, Who};
use crate::http::Refused;
use crate::http::call::{Answer, Query};

/// What is wanted of the cluster.
#[utoipa::path(get, path = "/agent/v1/desired", tag = "agent",
    params(("epoch" = Option<String>, Query, description = "last seen"), ("generation" = Option<u64>, Query, description = "last seen"),
        ("wait_seconds" = Option<u64>, Query, description = "how long to hold the question, at most 300")),
    responses((status = 200, description = "`DesiredAnswer` of flagstaff-model"), (status = 304, description = "nothing newer"),
        (status = 401, description = "credential_unknown")))]
pub async fn desired(
    State(app): State<Arc<App>>,
    op: OpContext,
    Query(query): Query<DesiredQuery>,
) -> Result<Response, Refused> {
    let Who::Cluster { credential_sha256 } = &op.who else { return Err(Error::CredentialUnknown.into()) };
    let held = app.metrics.hold("desired");
    let answer = act::desired(&app, &op, credential_sha256, &query).await?;
    drop(held);
    Ok(answer.map_or_else(|| StatusCode::NOT_MODIFIED.into_response(), |answer| Answer(answer).into_response()))
}
