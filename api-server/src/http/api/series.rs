//! `GET /api/v1/series`: `invalid` for a `by`, `then` or `limit` that is none.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::app::series::view::SeriesList;
use crate::app::series::{self, By, SeriesFilter};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Query};

/// Which series, and put together by what.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// What the items are; metrics where it is left out.
    #[param(inline)]
    pub by: Option<By>,
    /// What their children are; something else than `by`.
    #[param(inline)]
    pub then: Option<By>,
    /// At most so many items, 1 to 500; 50 where it is left out.
    pub limit: Option<usize>,
    /// Only of clusters at this provider.
    pub provider: Option<String>,
    /// Only of clusters in this region.
    pub region: Option<String>,
    /// Only of the cluster with this id.
    pub cluster: Option<String>,
    /// Only of this team.
    pub team: Option<String>,
    /// Only of this metric.
    pub metric: Option<String>,
    /// Only what this job sends.
    pub job: Option<String>,
}

/// Series now, by what they have in common. Clusters that are not known are named, and are in no number.
#[utoipa::path(get, path = "/api/v1/series", tag = "series", params(Asked),
    responses((status = 200, body = SeriesList), (status = 400, description = "invalid")))]
pub async fn list(
    State(app): State<Arc<App>>,
    op: OpContext,
    Query(asked): Query<Asked>,
) -> Result<Answer<SeriesList>, Refused> {
    let Asked { by, then, limit, provider, region, cluster, team, metric, job } = asked;
    let filter = SeriesFilter { provider, region, cluster, team, metric, job }.given();
    Ok(Answer(series::list(&app, &op, filter, by, then, limit).await?))
}
