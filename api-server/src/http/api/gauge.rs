//! `GET /api/v1/clusters/{id}/gauges`: `not_found`, `invalid` for a gauge that is none.

use std::sync::Arc;

use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::app::cluster::{self, GaugeSeries};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Query};

/// Which gauge, and when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// `series` (default) or another of the cluster's gauges.
    pub name: Option<String>,
    /// An hour before `to` by default; more than a day ago there is one value an hour.
    pub from: Option<Timestamp>,
    /// Now by default.
    pub to: Option<Timestamp>,
}

/// One of a cluster's gauges over time.
#[utoipa::path(get, path = "/api/v1/clusters/{id}/gauges", tag = "clusters", params(("id" = String, Path), Asked),
    responses((status = 200, body = GaugeSeries), (status = 404, description = "not_found")))]
pub async fn series(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Answer<GaugeSeries>, Refused> {
    Ok(Answer(cluster::gauges(&app, &op, &id, asked.name.as_deref(), asked.from, asked.to).await?))
}
