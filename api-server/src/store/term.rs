//! The terms of workers: a write of one who led before is refused.

use sqlx::PgConnection;

/// Begins a new term. Returns its number.
pub async fn begin(connection: &mut PgConnection, worker: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO worker_term (worker, term) VALUES ($1, 1)
         ON CONFLICT (worker) DO UPDATE SET term = worker_term.term + 1 RETURNING term",
        worker
    )
    .fetch_one(connection)
    .await
}

/// Whether the term is still the newest; it stays so until the transaction ends.
pub async fn holds(connection: &mut PgConnection, worker: &str, term: i64) -> Result<bool, sqlx::Error> {
    let newest = sqlx::query_scalar!("SELECT term FROM worker_term WHERE worker = $1 FOR SHARE", worker)
        .fetch_optional(connection)
        .await?;
    Ok(newest == Some(term))
}

/// Takes the lock of a worker for this connection, if nobody has it.
pub async fn try_lock(connection: &mut PgConnection, key: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "taken!""#, key).fetch_one(connection).await
}
