//! `POST /api/v1/clusters/{id}/query`: `not_found`, `invalid`, `query_not_confined`, `store_missing`, and the `store_…` codes.

use std::sync::Arc;

use axum::extract::{Path, State};

use crate::app::App;
use crate::app::query::{self, QueryAnswer, QueryAsked};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json};

/// Asks the cluster's store. Every selector is confined to the cluster; nothing is ever written to a store.
#[utoipa::path(post, path = "/api/v1/clusters/{id}/query", tag = "clusters", params(("id" = String, Path)), request_body = QueryAsked,
    responses((status = 200, body = QueryAnswer), (status = 400, description = "invalid, query_not_confined, store_query_refused"),
        (status = 404, description = "not_found, store_missing"), (status = 502, description = "store_unavailable and others"),
        (status = 504, description = "store_timeout")))]
pub async fn query(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(asked): Json<QueryAsked>,
) -> Result<Answer<QueryAnswer>, Refused> {
    // It has an end of its own, and takes no place of those who only ask the database.
    let _place = app.gate.held()?;
    Ok(Answer(query::query(&app, &op, &id, &asked).await?))
}
