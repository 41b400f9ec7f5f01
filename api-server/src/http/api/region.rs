//! `GET /api/v1/regions`.

use std::sync::Arc;

use axum::extract::State;

use crate::app::App;
use crate::app::region::{self, Regions};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::Answer;

/// All regions with clusters.
#[utoipa::path(get, path = "/api/v1/regions", tag = "clusters", responses((status = 200, body = Regions)))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Regions>, Refused> {
    Ok(Answer(region::list(&app, &op).await?))
}
