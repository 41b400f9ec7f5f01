//! `GET /api/v1/series/distinct`: `invalid` for a time that is none, a team and a metric at once, or a job.

use std::sync::Arc;

use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::app::series::view::SeriesDistinct;
use crate::app::series::{self, SeriesFilter};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Query};

/// Which series, and within what time.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// A day before `until` where it is left out; at most a year.
    pub from: Option<Timestamp>,
    /// Now where it is left out.
    pub until: Option<Timestamp>,
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

/// How many different series there were within some time; none is counted twice.
#[utoipa::path(get, path = "/api/v1/series/distinct", tag = "series", params(Asked),
    responses((status = 200, body = SeriesDistinct), (status = 400, description = "invalid")))]
pub async fn distinct(
    State(app): State<Arc<App>>,
    op: OpContext,
    Query(asked): Query<Asked>,
) -> Result<Answer<SeriesDistinct>, Refused> {
    let Asked { from, until, provider, region, cluster, team, metric, job } = asked;
    let filter = SeriesFilter { provider, region, cluster, team, metric, job }.given();
    Ok(Answer(series::distinct(&app, &op, &filter, from, until).await?))
}
