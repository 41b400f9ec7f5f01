//! `GET /api/v1/clusters/{id}/events`: `not_found`, `invalid` for a cursor that is none.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::app::cluster::{self, EventPage};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Query};

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Only those of this kind.
    pub kind: Option<String>,
    /// At most so many, 1 to 1000; 100 by default.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of a cluster's timeline, newest first.
#[utoipa::path(get, path = "/api/v1/clusters/{id}/events", tag = "clusters", params(("id" = String, Path), Asked),
    responses((status = 200, body = EventPage), (status = 404, description = "not_found")))]
pub async fn list(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Answer<EventPage>, Refused> {
    Ok(Answer(cluster::events(&app, &op, &id, asked.kind.as_deref(), asked.limit, asked.cursor.as_deref()).await?))
}
