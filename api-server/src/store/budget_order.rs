//! What each cluster was ordered last for each budget that aggregates or refuses series.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use serde_json::Value;
use sqlx::PgConnection;

/// An order.
#[derive(Debug, Clone)]
pub struct BudgetOrderRow {
    /// For which cluster.
    pub cluster_id: String,
    /// The order as the cluster gets it.
    pub ordered: Value,
}

/// An order, and how the cluster's meter said last that it stands to it.
#[derive(Debug, Clone)]
pub struct OrderedRow {
    /// Of which budget.
    pub budget_id: String,
    /// For which cluster.
    pub cluster_id: String,
    /// A person's name for that.
    pub cluster_name: String,
    /// The order as the cluster gets it.
    pub ordered: Value,
    /// Since when it is ordered so.
    pub ordered_at: At,
    /// What its meter said; none where none said anything of this budget.
    pub report: Option<Value>,
    /// When that came.
    pub received_at: Option<At>,
    /// When it was so, by the meter's clock.
    pub looked_at: Option<At>,
    /// Whether its hour is over.
    pub closed: Option<bool>,
}

/// Orders of a budget.
pub async fn of_budget(connection: &mut PgConnection, budget_id: &str) -> Result<Vec<BudgetOrderRow>, sqlx::Error> {
    sqlx::query_as!(
        BudgetOrderRow,
        "SELECT cluster_id, ordered FROM budget_order WHERE budget_id = $1 ORDER BY cluster_id",
        budget_id
    )
    .fetch_all(connection)
    .await
}

/// Orders for a cluster.
pub async fn of_cluster(connection: &mut PgConnection, cluster_id: &str) -> Result<Vec<Value>, sqlx::Error> {
    sqlx::query_scalar!("SELECT ordered FROM budget_order WHERE cluster_id = $1 ORDER BY budget_id", cluster_id)
        .fetch_all(connection)
        .await
}

/// Orders of some budgets by the clusters' names, each with what the cluster's meters said of it last.
pub async fn with_reports(connection: &mut PgConnection, budgets: &[String]) -> Result<Vec<OrderedRow>, sqlx::Error> {
    sqlx::query_as!(
        OrderedRow,
        r#"SELECT given.budget_id, given.cluster_id, cluster.name AS cluster_name, given.ordered, given.ordered_at,
             newest.report AS "report?", newest.received_at AS "received_at?", newest.looked_at AS "looked_at?", newest.closed AS "closed?"
           FROM budget_order given JOIN cluster ON cluster.id = given.cluster_id AND removed_at IS NULL
           LEFT JOIN LATERAL (
             SELECT said.report, received_at, looked_at, closed FROM budget_report said
             WHERE said.budget_id = given.budget_id AND said.cluster_id = given.cluster_id
             ORDER BY received_at DESC, looked_at DESC, instance LIMIT 1) newest ON true
           WHERE given.budget_id = ANY($1) ORDER BY given.budget_id, cluster.name"#,
        budgets
    )
    .fetch_all(connection)
    .await
}

/// Orders these clusters something of a budget, instead of what they were ordered before.
pub async fn give(
    connection: &mut PgConnection,
    budget_id: &str,
    orders: &[BudgetOrderRow],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let clusters: Vec<String> = orders.iter().map(|order| order.cluster_id.clone()).collect();
    let ordered: Vec<Value> = orders.iter().map(|order| order.ordered.clone()).collect();
    sqlx::query!(
        "INSERT INTO budget_order (budget_id, cluster_id, ordered, ordered_at)
         SELECT $1, cluster_id, ordered, $4 FROM unnest($2::text[], $3::jsonb[]) AS new (cluster_id, ordered)
         ON CONFLICT (budget_id, cluster_id) DO UPDATE SET ordered = EXCLUDED.ordered, ordered_at = EXCLUDED.ordered_at",
        budget_id,
        &clusters,
        &ordered,
        at.to_sqlx() as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the orders of a budget away from these clusters.
pub async fn take(connection: &mut PgConnection, budget_id: &str, clusters: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM budget_order WHERE budget_id = $1 AND cluster_id = ANY($2)", budget_id, clusters)
        .execute(connection)
        .await?;
    Ok(())
}

/// What is desired of these clusters is something else now. They are locked in one order, whoever does it.
pub async fn desire_anew(connection: &mut PgConnection, clusters: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH locked AS (SELECT id FROM cluster WHERE id = ANY($1) ORDER BY id FOR UPDATE)
         UPDATE cluster SET generation = generation + 1, xid = pg_current_xact_id()::text::bigint
         FROM locked WHERE cluster.id = locked.id",
        clusters
    )
    .execute(connection)
    .await?;
    Ok(())
}
