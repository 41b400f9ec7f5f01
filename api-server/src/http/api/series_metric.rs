//! `GET /api/v1/series/metrics/{name}`: `not_found` where no cluster that is known has it, `invalid`.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::app::series::view::SeriesMetric;
use crate::app::series::{self, SeriesFilter};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Query};

/// Which of its series.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Only of clusters at this provider.
    pub provider: Option<String>,
    /// Only of clusters in this region.
    pub region: Option<String>,
    /// Only of the cluster with this id.
    pub cluster: Option<String>,
    /// Only of this team.
    pub team: Option<String>,
    /// Only what this job sends.
    pub job: Option<String>,
}

/// One metric: what its labels cost, whose it is, who sends it, and where.
#[utoipa::path(get, path = "/api/v1/series/metrics/{name}", tag = "series", params(("name" = String, Path), Asked),
    responses((status = 200, body = SeriesMetric), (status = 404, description = "not_found")))]
pub async fn metric(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Answer<SeriesMetric>, Refused> {
    let Asked { provider, region, cluster, team, job } = asked;
    let filter = SeriesFilter { provider, region, cluster, team, metric: None, job }.given();
    Ok(Answer(series::metric(&app, &op, name, filter).await?))
}
