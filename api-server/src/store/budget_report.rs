//! How each meter said last that it stands to each budget.

use jiff_sqlx::Timestamp as At;
use serde_json::Value;
use sqlx::PgConnection;

/// What one meter said of its budgets in one report.
#[derive(Debug, Clone)]
pub struct BudgetReportRow {
    /// Whose meter.
    pub cluster_id: String,
    /// Which meter.
    pub instance: String,
    /// Of which hour.
    pub hour: At,
    /// Which look at it.
    pub revision: i64,
    /// Whether that is over.
    pub closed: bool,
    /// When it was so, by the meter's clock.
    pub looked_at: At,
    /// When it came.
    pub received_at: At,
    /// By the id of a budget.
    pub reports: Vec<(String, Value)>,
}

/// Forgets what was said of a budget.
pub async fn forget(connection: &mut PgConnection, budget_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM budget_report WHERE budget_id = $1", budget_id).execute(connection).await?;
    Ok(())
}

/// Keeps it, unless something later is known of that meter. What it says of budgets that are not for its cluster is let go, and what it
/// said before of others than these is forgotten.
pub async fn keep(connection: &mut PgConnection, row: &BudgetReportRow) -> Result<(), sqlx::Error> {
    let (budgets, reports): (Vec<String>, Vec<Value>) = row.reports.iter().cloned().unzip();
    sqlx::query!(
        "DELETE FROM budget_report WHERE cluster_id = $1 AND instance = $2 AND (hour, revision) < ($3, $4) AND budget_id <> ALL($5)",
        row.cluster_id,
        row.instance,
        row.hour as _,
        row.revision,
        &budgets
    )
    .execute(&mut *connection)
    .await?;
    if budgets.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO budget_report AS kept (budget_id, cluster_id, instance, hour, revision, closed, looked_at, received_at, report)
         SELECT budget.id, cluster.id, $2, $3, $4, $5, $6, $7, said.report
         FROM unnest($8::text[], $9::jsonb[]) AS said (budget_id, report) JOIN budget ON budget.id = said.budget_id
         JOIN cluster ON cluster.id = $1 AND (budget.provider IS NULL OR budget.provider = cluster.provider)
           AND (budget.region IS NULL OR budget.region = cluster.region) AND (budget.cluster_id IS NULL OR budget.cluster_id = cluster.id)
         ORDER BY budget.id
         ON CONFLICT (budget_id, cluster_id, instance) DO UPDATE SET hour = EXCLUDED.hour, revision = EXCLUDED.revision,
           closed = EXCLUDED.closed, looked_at = EXCLUDED.looked_at, received_at = EXCLUDED.received_at, report = EXCLUDED.report
         WHERE (kept.hour, kept.revision) < (EXCLUDED.hour, EXCLUDED.revision)",
        row.cluster_id,
        row.instance,
        row.hour as _,
        row.revision,
        row.closed,
        row.looked_at as _,
        row.received_at as _,
        &budgets,
        &reports
    )
    .execute(connection)
    .await?;
    Ok(())
}
