//! `GET /api/v1/clusters`: `invalid` for a sort or cursor that is none.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::app::cluster::{self, ClusterPage};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Query};
use crate::store::listing::Filter;

/// Which clusters, in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those in this region.
    pub region: Option<String>,
    /// Only those at this provider.
    pub provider: Option<String>,
    /// Only those with this in name, region, provider or environment.
    pub q: Option<String>,
    /// `name` (default), `-series`, `state` or `last_report_at`.
    pub sort: Option<String>,
    /// At most so many, 1 to 1000; 100 by default.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of clusters.
#[utoipa::path(get, path = "/api/v1/clusters", tag = "clusters", params(Asked), responses((status = 200, body = ClusterPage)))]
pub async fn list(
    State(app): State<Arc<App>>,
    op: OpContext,
    Query(asked): Query<Asked>,
) -> Result<Answer<ClusterPage>, Refused> {
    let given = |word: Option<String>| word.filter(|word| !word.is_empty());
    let filter = Filter {
        state: given(asked.state),
        region: given(asked.region),
        provider: given(asked.provider),
        q: given(asked.q),
        // What whoever asks may see is put in by the list itself.
        access: None,
    };
    let page = cluster::list(&app, &op, &filter, asked.sort.as_deref(), asked.limit, asked.cursor.as_deref()).await?;
    Ok(Answer(page))
}
