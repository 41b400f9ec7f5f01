//! `GET /api/v1/clusters/{id}/dashboards` and one of them: `not_found`.

use std::sync::Arc;

use axum::extract::{Path, State};

use crate::app::App;
use crate::app::dashboard::{self, Dashboard, DashboardList};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::Answer;

/// The packs' dashboards, and the stores that hold the cluster.
#[utoipa::path(get, path = "/api/v1/clusters/{id}/dashboards", tag = "clusters", params(("id" = String, Path)),
    responses((status = 200, body = DashboardList), (status = 404, description = "not_found")))]
pub async fn list(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
) -> Result<Answer<DashboardList>, Refused> {
    Ok(Answer(dashboard::list(&app, &op, &id).await?))
}

/// One dashboard as Grafana's model of it.
#[utoipa::path(get, path = "/api/v1/clusters/{id}/dashboards/{name}", tag = "clusters", params(("id" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Dashboard), (status = 404, description = "not_found")))]
pub async fn get(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path((id, name)): Path<(String, String)>,
) -> Result<Answer<Dashboard>, Refused> {
    Ok(Answer(dashboard::get(&app, &op, &id, &name).await?))
}
