//! `/api/v1/budgets`: `not_permitted`, `not_found`, `invalid`, `conflict`, `confirm_over`, `no_hard_limit`, `precondition_failed`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Because;
use crate::app::budget::edit::{self, BudgetDraft};
use crate::app::budget::history::{self, BudgetHistory};
use crate::app::budget::release;
use crate::app::budget::view::{Budget, BudgetDetail, Budgets};
use crate::app::write::{Tried, Written};
use crate::app::{App, budget};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json, Query, written};
use crate::http::tag::{self, seen};

/// How far back.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct BudgetHours {
    /// Hours to show, 168 by default, 8760 at most.
    pub hours: Option<i64>,
}

/// All budgets of which one may see every cluster.
#[utoipa::path(get, path = "/api/v1/budgets", tag = "budgets", responses((status = 200, body = Budgets)))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Budgets>, Refused> {
    Ok(Answer(budget::list(&app, &op).await?))
}

/// One of them, with the messages about it.
#[utoipa::path(get, path = "/api/v1/budgets/{id}", tag = "budgets", params(("id" = String, Path)),
    responses((status = 200, body = BudgetDetail), (status = 404, description = "not_found")))]
pub async fn detail(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
) -> Result<Answer<BudgetDetail>, Refused> {
    Ok(Answer(budget::detail(&app, &op, &id).await?))
}

/// One of them over time: series by hour, changes of its state, messages.
#[utoipa::path(get, path = "/api/v1/budgets/{id}/history", tag = "budgets", params(("id" = String, Path), BudgetHours),
    responses((status = 200, body = BudgetHistory), (status = 404, description = "not_found")))]
pub async fn history(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Query(asked): Query<BudgetHours>,
) -> Result<Answer<BudgetHistory>, Refused> {
    Ok(Answer(history::history(&app, &op, &id, asked.hours).await?))
}

/// Makes a budget. One that is over at once has to be confirmed.
#[utoipa::path(post, path = "/api/v1/budgets", tag = "budgets", request_body = BudgetDraft,
    responses((status = 200, body = Tried, description = "with dry_run"), (status = 201, body = Budget), (status = 400, description = "invalid"),
        (status = 403, description = "not_permitted"), (status = 409, description = "conflict, confirm_over"),
        (status = 422, description = "no_hard_limit")))]
pub async fn make(
    State(app): State<Arc<App>>,
    op: OpContext,
    Json(draft): Json<BudgetDraft>,
) -> Result<Response, Refused> {
    tagged(StatusCode::CREATED, edit::make(&app, &op, draft).await?)
}

/// Changes a budget that is as `If-Match` says.
#[utoipa::path(put, path = "/api/v1/budgets/{id}", tag = "budgets", request_body = BudgetDraft,
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the budget's etag")),
    responses((status = 200, body = Budget, description = "the budget; with `dry_run` a `Tried`"), (status = 400, description = "invalid"),
        (status = 403, description = "not_permitted"), (status = 404, description = "not_found"), (status = 409, description = "conflict, confirm_over"),
        (status = 412, description = "precondition_failed"), (status = 422, description = "no_hard_limit")))]
pub async fn change(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(draft): Json<BudgetDraft>,
) -> Result<Response, Refused> {
    tagged(StatusCode::OK, edit::change(&app, &op, &id, seen(&headers), draft).await?)
}

/// Removes a budget that is as `If-Match` says, with its history. No series change.
#[utoipa::path(delete, path = "/api/v1/budgets/{id}", tag = "budgets", request_body = Because,
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the budget's etag")),
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "removed"), (status = 403, description = "not_permitted"),
        (status = 404, description = "not_found"), (status = 412, description = "precondition_failed")))]
pub async fn remove(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(because): Json<Because>,
) -> Result<Response, Refused> {
    let done = edit::remove(&app, &op, &id, seen(&headers), (&because.reason, because.dry_run)).await?;
    Ok(written(StatusCode::NO_CONTENT, done))
}

/// Makes a budget watch again: its clusters let every series through from then on. It needs no `If-Match`: who stops a refusal means it,
/// however the budget changed meanwhile.
#[utoipa::path(post, path = "/api/v1/budgets/{id}/release", tag = "budgets", request_body = Because, params(("id" = String, Path)),
    responses((status = 200, body = Budget, description = "the budget; with `dry_run` a `Tried`"), (status = 400, description = "invalid"),
        (status = 403, description = "not_permitted"), (status = 404, description = "not_found"), (status = 409, description = "conflict: it only watches")))]
pub async fn release(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(because): Json<Because>,
) -> Result<Response, Refused> {
    tagged(StatusCode::OK, release::release(&app, &op, &id, (&because.reason, because.dry_run)).await?)
}

fn tagged(status: StatusCode, done: Written<Budget>) -> Result<Response, Refused> {
    match &done {
        Written::Done(budget) => {
            let tag = budget.etag.clone();
            tag::tagged(written(status, done), &tag)
        }
        Written::Tried(_) => Ok(written(status, done)),
    }
}
