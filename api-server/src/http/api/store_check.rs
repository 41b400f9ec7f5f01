//! `POST /api/v1/stores/{id}/check`: `not_permitted`, `not_found`. A store that fails is no refusal.

use std::sync::Arc;

use axum::extract::{Path, State};

use crate::app::App;
use crate::app::telemetry_store::{self, StoreCheck};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::Answer;

/// Asks a store whether it answers, and of which clusters it has data.
#[utoipa::path(post, path = "/api/v1/stores/{id}/check", tag = "stores", params(("id" = String, Path)),
    responses((status = 200, body = StoreCheck), (status = 403, description = "not_permitted"), (status = 404, description = "not_found")))]
pub async fn check(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
) -> Result<Answer<StoreCheck>, Refused> {
    let _place = app.gate.request()?;
    Ok(Answer(telemetry_store::check(&app, &op, &id).await?))
}
