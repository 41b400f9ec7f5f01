//! Changes of budgets' states, append only.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use serde_json::Value;
use sqlx::PgConnection;

/// One change.
#[derive(Debug, Clone)]
pub struct BudgetEventRow {
    /// Which budget.
    pub budget_id: String,
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: At,
    /// The state before.
    pub state_before: String,
    /// The state from then on.
    pub state: String,
    /// What was counted.
    pub series: Option<f64>,
    /// The change in a sentence.
    pub sentence: String,
    /// What grew most: an array.
    pub grew: Value,
    /// Since when that grew; none where that is not known.
    pub grew_since: Option<At>,
    /// Who refused what, where that is the change: an object.
    pub refusing: Option<Value>,
    /// Who aggregated what, where that is the change: an object.
    pub aggregating: Option<Value>,
    /// Who did it: a person who set other limits, or the hub.
    pub who: String,
}

/// Writes one; its number.
pub async fn insert(connection: &mut PgConnection, new: &BudgetEventRow) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO budget_event (budget_id, at, state_before, state, series, sentence, grew, grew_since, who, refusing, aggregating)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        new.budget_id,
        new.at as _,
        new.state_before,
        new.state,
        new.series,
        new.sentence,
        new.grew,
        new.grew_since as _,
        new.who,
        new.refusing,
        new.aggregating
    )
    .fetch_one(connection)
    .await
}

/// The last one of each of some budgets.
pub async fn last(connection: &mut PgConnection, ids: &[String]) -> Result<Vec<BudgetEventRow>, sqlx::Error> {
    sqlx::query_as!(
        BudgetEventRow,
        "SELECT DISTINCT ON (budget_id) * FROM budget_event WHERE budget_id = ANY($1) ORDER BY budget_id, id DESC",
        ids
    )
    .fetch_all(connection)
    .await
}

/// Those of one budget since then, newest first, at most a thousand.
pub async fn of(connection: &mut PgConnection, id: &str, since: Timestamp) -> Result<Vec<BudgetEventRow>, sqlx::Error> {
    sqlx::query_as!(
        BudgetEventRow,
        "SELECT * FROM budget_event WHERE budget_id = $1 AND at >= $2 ORDER BY id DESC LIMIT 1000",
        id,
        since.to_sqlx() as _
    )
    .fetch_all(connection)
    .await
}
