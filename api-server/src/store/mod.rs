//! Everything that is asked of Postgres: one file a noun. Statements are checked against the schema when the hub is compiled.

pub mod account;
pub mod api_token;
pub mod audit;
pub mod audit_seal;
pub mod budget;
pub mod budget_event;
pub mod budget_order;
pub mod budget_report;
pub mod change;
pub mod cluster;
pub mod cluster_settings;
pub mod event;
pub mod gauge;
pub mod grant;
pub mod hub;
pub mod instance;
pub mod join_token;
pub mod layer;
pub mod layer_change;
pub mod layer_member;
pub mod listing;
pub mod notice;
pub mod notification_target;
pub mod series;
pub mod series_report;
pub mod series_trend;
pub mod session;
pub mod team;
pub mod telemetry_store;
pub mod term;

use anyhow::{Context, Result};
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// The steps from an empty database to today's, in order; none is ever taken back.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// A statement that takes longer is ended: a request would not be waited for.
const STATEMENT_MILLISECONDS: &str = "8000";
const LOCK_MILLISECONDS: &str = "4000";

/// Opens a pool. Connections end their statements by themselves, so that no client can hold one for ever.
pub async fn connect(options: PgConnectOptions, pool: PgPoolOptions) -> Result<PgPool, sqlx::Error> {
    pool.connect_with(with_limits(options)).await
}

/// The options with which every statement has an end.
pub fn with_limits(options: PgConnectOptions) -> PgConnectOptions {
    options.application_name("flagstaff-hub").options([
        ("statement_timeout", STATEMENT_MILLISECONDS),
        ("lock_timeout", LOCK_MILLISECONDS),
        ("idle_in_transaction_session_timeout", "30000"),
        ("timezone", "UTC"),
    ])
}

/// Brings the schema to what this hub needs. A newer hub beside this one may have gone further already.
pub async fn migrate(pool: &PgPool) -> Result<()> {
    let mut steps = sqlx::migrate::Migrator { migrations: MIGRATIONS.migrations.clone(), ..Migrator::DEFAULT };
    steps.set_ignore_missing(true);
    let mut connection = pool.acquire().await.context("connect to Postgres")?;
    // Another replica may migrate right now, and a step may take its time.
    sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0").execute(&mut *connection).await?;
    steps.run(&mut *connection).await.context("migrate the database")?;
    // With its limits lifted this connection serves no request.
    connection.close().await.context("close the connection")?;
    Ok(())
}

/// Whether the database has every step that this hub needs.
pub async fn is_migrated(connection: &mut sqlx::PgConnection) -> Result<bool, sqlx::Error> {
    let newest = MIGRATIONS.iter().map(|step| step.version).max().unwrap_or_default();
    // The table of steps is sqlx's own and not there in an empty database: no macro can check this one.
    let found: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(connection).await?;
    Ok(found.is_some_and(|version| version >= newest))
}
