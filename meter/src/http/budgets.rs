//! `GET /api/v1/budgets`: how each budget that is kept stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use flagstaff_model::wire::BudgetReport;
use serde::Serialize;

use super::router::App;

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct BudgetList {
    budgets: Vec<BudgetReport>,
}

/// How each stands.
pub(super) async fn budgets(State(app): State<Arc<App>>) -> Json<BudgetList> {
    Json(BudgetList { budgets: app.receiver.standing() })
}
