//! `POST /agent/v1/enroll`: `invalid`, `join_token_…`, `conflict`.

use std::sync::Arc;

use axum::extract::State;
use flagstaff_model::wire::{EnrollAnswer, EnrollRequest};

use crate::app::{App, enroll as act};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json};

/// A cluster joins, or joins again.
#[utoipa::path(post, path = "/agent/v1/enroll", tag = "agent",
    request_body(content = serde_json::Value, description = "`EnrollRequest` of flagstaff-model"),
    responses((status = 200, description = "joined; the same request again has the same answer"), (status = 401, description = "join_token_unknown"),
        (status = 403, description = "join_token_expired, _used_up, _revoked, _wrong_labels"), (status = 409, description = "conflict")))]
pub async fn enroll(
    State(app): State<Arc<App>>,
    op: OpContext,
    Json(request): Json<EnrollRequest>,
) -> Result<Answer<EnrollAnswer>, Refused> {
    Ok(Answer(act::enroll(&app, &op, &request).await?))
}
