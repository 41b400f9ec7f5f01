//! `/api/v1/changes`: `not_found`, `not_permitted`, `conflict` where a change is in no state for it.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::app::layer_change::{self, LayerChangeDetail, LayerChanges, Turn};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::api::Because;
use crate::http::call::{Answer, Json};

/// How many were frozen.
#[derive(Debug, Serialize, ToSchema)]
pub struct Frozen {
    /// So many changes ran.
    pub frozen: usize,
}

/// Changes, those that are open first, then the newest.
#[utoipa::path(get, path = "/api/v1/changes", tag = "layers", responses((status = 200, body = LayerChanges)))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<LayerChanges>, Refused> {
    Ok(Answer(layer_change::list(&app, &op).await?))
}

/// A change with its batches.
#[utoipa::path(get, path = "/api/v1/changes/{id}", tag = "layers", params(("id" = String, Path)),
    responses((status = 200, body = LayerChangeDetail), (status = 404, description = "not_found")))]
pub async fn detail(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
) -> Result<Answer<LayerChangeDetail>, Refused> {
    Ok(Answer(layer_change::detail(&app, &op, &id).await?))
}

/// Nothing more of it is released until it is resumed.
#[utoipa::path(post, path = "/api/v1/changes/{id}/freeze", tag = "layers", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, body = LayerChangeDetail), (status = 404, description = "not_found"), (status = 409, description = "conflict")))]
pub async fn freeze(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(because): Json<Because>,
) -> Result<Answer<LayerChangeDetail>, Refused> {
    Ok(Answer(layer_change::freeze(&app, &op, &id, &because.reason).await?))
}

/// It goes on, after it was frozen or halted.
#[utoipa::path(post, path = "/api/v1/changes/{id}/resume", tag = "layers", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, body = LayerChangeDetail), (status = 404, description = "not_found"), (status = 409, description = "conflict")))]
pub async fn resume(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(because): Json<Because>,
) -> Result<Answer<LayerChangeDetail>, Refused> {
    Ok(Answer(layer_change::resume(&app, &op, &id, &because.reason).await?))
}

/// Takes it back: at once what an open one has released; by another change, in batches, one that is done.
#[utoipa::path(post, path = "/api/v1/changes/{id}/undo", tag = "layers", params(("id" = String, Path)), request_body = Turn,
    responses((status = 200, body = LayerChangeDetail, description = "the change itself, or the one that takes it back"),
        (status = 404, description = "not_found"), (status = 409, description = "conflict")))]
pub async fn undo(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(turn): Json<Turn>,
) -> Result<Answer<LayerChangeDetail>, Refused> {
    Ok(Answer(layer_change::undo(&app, &op, &id, &turn).await?))
}

/// Freezes all that run.
#[utoipa::path(post, path = "/api/v1/changes/freeze", tag = "layers", request_body = Because, responses((status = 200, body = Frozen)))]
pub async fn freeze_all(
    State(app): State<Arc<App>>,
    op: OpContext,
    Json(because): Json<Because>,
) -> Result<Answer<Frozen>, Refused> {
    Ok(Answer(Frozen { frozen: layer_change::freeze_all(&app, &op, &because.reason).await? }))
}
