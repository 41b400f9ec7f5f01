//! The API: what was counted.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};

use super::problem::Refused;
use super::router::App;
use crate::error::Error;
use crate::report::{self, MetricReport, Question, Summary, Top};

/// `GET /api/v1/summary`.
pub(super) async fn summary(State(app): State<Arc<App>>) -> Json<Summary> {
    Json(app.summary())
}

/// `GET /api/v1/top`.
pub(super) async fn top(
    State(app): State<Arc<App>>,
    question: Result<Query<Question>, QueryRejection>,
) -> Result<Json<Top>, Refused> {
    let Query(question) = question.map_err(|error| Error::Question(error.body_text()))?;
    let now = app.receiver.now();
    Ok(Json(report::top(&mut app.receiver.lock(), &question, now)?))
}

/// `GET /api/v1/metrics/{name}`.
pub(super) async fn metric(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Json<MetricReport>, Refused> {
    let now = app.receiver.now();
    Ok(Json(report::metric(&mut app.receiver.lock(), &name, now)?))
}
