//! `/api/v1/notification-targets`: `not_permitted`, `not_found`, `invalid`, `conflict`. No answer holds a webhook's URL, and a secret only
//! the one that makes it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Because;
use crate::app::App;
use crate::app::notification_target::{
    self, NewNotificationTarget, NotificationTarget, NotificationTargets, NotificationTest,
};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json, written};

/// Whom the hub tells of budgets; those that one may change.
#[utoipa::path(get, path = "/api/v1/notification-targets", tag = "budgets",
    responses((status = 200, body = NotificationTargets), (status = 403, description = "not_permitted")))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<NotificationTargets>, Refused> {
    Ok(Answer(notification_target::list(&app, &op).await?))
}

/// Adds a target.
#[utoipa::path(post, path = "/api/v1/notification-targets", tag = "budgets", request_body = NewNotificationTarget,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 201, body = NotificationTarget), (status = 400, description = "invalid"),
        (status = 403, description = "not_permitted"), (status = 409, description = "conflict")))]
pub async fn make(
    State(app): State<Arc<App>>,
    op: OpContext,
    Json(new): Json<NewNotificationTarget>,
) -> Result<Response, Refused> {
    Ok(written(StatusCode::CREATED, notification_target::make(&app, &op, new).await?))
}

/// Removes a target, and what waits for it.
#[utoipa::path(delete, path = "/api/v1/notification-targets/{id}", tag = "budgets", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "removed"), (status = 403, description = "not_permitted"),
        (status = 404, description = "not_found")))]
pub async fn remove(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(because): Json<Because>,
) -> Result<Response, Refused> {
    let done = notification_target::remove(&app, &op, &id, &because.reason, because.dry_run).await?;
    Ok(written(StatusCode::NO_CONTENT, done))
}

/// Sends a target a message that says that this is a test.
#[utoipa::path(post, path = "/api/v1/notification-targets/{id}/test", tag = "budgets", params(("id" = String, Path)),
    responses((status = 200, body = NotificationTest), (status = 403, description = "not_permitted"), (status = 404, description = "not_found")))]
pub async fn test(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
) -> Result<Answer<NotificationTest>, Refused> {
    Ok(Answer(notification_target::test(&app, &op, &id).await?))
}
