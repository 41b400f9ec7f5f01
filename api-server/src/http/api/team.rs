//! `/api/v1/teams`: `not_permitted`, `not_found`, `invalid`, `conflict`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Because;
use crate::app::App;
use crate::app::team::{self, NewTeam, Team, Teams};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json, written};

/// The teams of which one may see clusters.
#[utoipa::path(get, path = "/api/v1/teams", tag = "teams", responses((status = 200, body = Teams)))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Teams>, Refused> {
    Ok(Answer(team::list(&app, &op).await?))
}

/// Makes a team.
#[utoipa::path(post, path = "/api/v1/teams", tag = "teams", request_body = NewTeam,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 201, body = Team), (status = 403, description = "not_permitted"),
        (status = 409, description = "conflict")))]
pub async fn make(State(app): State<Arc<App>>, op: OpContext, Json(new): Json<NewTeam>) -> Result<Response, Refused> {
    Ok(written(StatusCode::CREATED, team::make(&app, &op, new).await?))
}

/// Takes a team away, with the grants and API tokens that are for it. No cluster changes.
#[utoipa::path(delete, path = "/api/v1/teams/{id}", tag = "teams", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "taken away"), (status = 403, description = "not_permitted"),
        (status = 404, description = "not_found")))]
pub async fn delete(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(because): Json<Because>,
) -> Result<Response, Refused> {
    Ok(written(StatusCode::NO_CONTENT, team::delete(&app, &op, &id, &because.reason, because.dry_run).await?))
}
