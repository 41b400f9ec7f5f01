//! `/api/v1/stores`: `not_permitted`, `not_found`, `invalid`, `conflict`, `precondition_failed`. No answer holds a secret.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Because;
use crate::app::App;
use crate::app::store_draft::StoreDraft;
use crate::app::telemetry_store::{self, Store, StoreCheck, StoreHealthList, StoreList};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json};
use crate::http::tag::{self, seen};

/// All telemetry stores, without their secrets.
#[utoipa::path(get, path = "/api/v1/stores", tag = "stores",
    responses((status = 200, body = StoreList), (status = 403, description = "not_permitted")))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<StoreList>, Refused> {
    Ok(Answer(telemetry_store::list(&app, &op).await?))
}

/// The names of all telemetry stores and how they fare.
#[utoipa::path(get, path = "/api/v1/store-health", tag = "stores", responses((status = 200, body = StoreHealthList)))]
pub async fn health(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<StoreHealthList>, Refused> {
    Ok(Answer(telemetry_store::health(&app, &op).await?))
}

/// Adds a store. With `dry_run` it is only tried, and the answer is that of a check.
#[utoipa::path(post, path = "/api/v1/stores", tag = "stores", request_body = StoreDraft,
    responses((status = 201, body = Store), (status = 200, body = StoreCheck, description = "tried"),
        (status = 403, description = "not_permitted"), (status = 409, description = "conflict")))]
pub async fn make(
    State(app): State<Arc<App>>,
    op: OpContext,
    Json(draft): Json<StoreDraft>,
) -> Result<Response, Refused> {
    if draft.dry_run {
        return Ok(Answer(telemetry_store::try_out(&app, &op, None, &draft).await?).into_response());
    }
    tagged(telemetry_store::make(&app, &op, &draft).await?, StatusCode::CREATED)
}

/// Changes a store that is as `If-Match` says. With `dry_run` the change is only tried.
#[utoipa::path(put, path = "/api/v1/stores/{id}", tag = "stores", request_body = StoreDraft,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "the store's etag")),
    responses((status = 200, body = Store, description = "the store; with `dry_run` a check"),
        (status = 403, description = "not_permitted"), (status = 404, description = "not_found"), (status = 412, description = "precondition_failed")))]
pub async fn change(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(draft): Json<StoreDraft>,
) -> Result<Response, Refused> {
    if draft.dry_run {
        return Ok(Answer(telemetry_store::try_out(&app, &op, Some(&id), &draft).await?).into_response());
    }
    tagged(telemetry_store::change(&app, &op, &id, seen(&headers), &draft).await?, StatusCode::OK)
}

/// Removes a store from the hub. Nothing in the store is touched.
#[utoipa::path(delete, path = "/api/v1/stores/{id}", tag = "stores", request_body = Because,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "the store's etag")),
    responses((status = 204, description = "removed"), (status = 403, description = "not_permitted"), (status = 404, description = "not_found")))]
pub async fn remove(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(because): Json<Because>,
) -> Result<StatusCode, Refused> {
    telemetry_store::remove(&app, &op, &id, seen(&headers), &because.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn tagged(store: Store, status: StatusCode) -> Result<Response, Refused> {
    let tag = store.etag.clone();
    let mut response = Answer(store).into_response();
    *response.status_mut() = status;
    tag::tagged(response, &tag)
}
