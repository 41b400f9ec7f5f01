//! `GET /api/v1/attention`.

use std::sync::Arc;

use axum::extract::State;

use crate::app::App;
use crate::app::attention::{self, Attention};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::Answer;

/// What needs attention, grouped by common cause.
#[utoipa::path(get, path = "/api/v1/attention", tag = "clusters", responses((status = 200, body = Attention)))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Attention>, Refused> {
    Ok(Answer(attention::list(&app, &op).await?))
}
