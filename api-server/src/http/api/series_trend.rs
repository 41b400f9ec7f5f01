//! `GET /api/v1/series/trend`: `invalid` for hours that are too many, a team and a metric at once, or a job.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::app::series::view::SeriesTrend;
use crate::app::series::{self, SeriesFilter};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Query};

/// Which series, and how far back.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// 24 (default) to 8760: by hour up to 14 days, by day up to 90, then by week.
    pub hours: Option<i64>,
    /// Only of clusters at this provider.
    pub provider: Option<String>,
    /// Only of clusters in this region.
    pub region: Option<String>,
    /// Only of the cluster with this id.
    pub cluster: Option<String>,
    /// Only of this team.
    pub team: Option<String>,
    /// Only of this metric: of each cluster the 200 largest are kept.
    pub metric: Option<String>,
    /// Not kept over time: refused.
    pub job: Option<String>,
}

/// Series over time. What is not known is `null`, and each point says of how many clusters it is.
#[utoipa::path(get, path = "/api/v1/series/trend", tag = "series", params(Asked),
    responses((status = 200, body = SeriesTrend), (status = 400, description = "invalid")))]
pub async fn trend(
    State(app): State<Arc<App>>,
    op: OpContext,
    Query(asked): Query<Asked>,
) -> Result<Answer<SeriesTrend>, Refused> {
    let Asked { hours, provider, region, cluster, team, metric, job } = asked;
    let filter = SeriesFilter { provider, region, cluster, team, metric, job }.given();
    Ok(Answer(series::trend(&app, &op, &filter, hours).await?))
}
