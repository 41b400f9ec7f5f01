//! `POST /agent/v1/enroll`: `invalid`, `join_token_…`, `conflict`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use flagstaff_model::wire::{EnrollAnswer, EnrollRequest};

use crate::app::{App, enroll as act};
use crate::context::OpContext;
use crate::http::call::{Answer, Json};
use crate::http::{Refused, sessions};
use crate::secret;

/// A cluster joins, or joins again.
#[utoipa::path(post, path = "/agent/v1/enroll", tag = "agent",
    request_body(content = serde_json::Value, description = "`EnrollRequest` of flagstaff-model"),
    responses((status = 200, description = "joined; the same request again has the same answer"), (status = 401, description = "join_token_unknown"),
        (status = 403, description = "join_token_expired, _used_up, _revoked, _wrong_labels, _other_cluster"), (status = 409, description = "conflict")))]
pub async fn enroll(
    State(app): State<Arc<App>>,
    op: OpContext,
    headers: HeaderMap,
    Json(request): Json<EnrollRequest>,
) -> Result<Answer<EnrollAnswer>, Refused> {
    // A cluster that joins again by another token shows that it is itself by the credential that it has.
    let shown = sessions::bearer(&headers).map(secret::sha256);
    Ok(Answer(act::enroll(&app, &op, &request, shown.as_deref()).await?))
}
