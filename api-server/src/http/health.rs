//! Whether the hub lives and can work: answered from what a task of its own saw last, so that it never waits for anything.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::store;

/// How often the database is looked at, and how old a look may be.
const LOOK: Duration = Duration::from_secs(1);
const OLD: Duration = Duration::from_secs(10);

/// When the database was looked at, and what is wrong with it.
type Look = (Instant, Result<(), String>);

/// What was seen last.
#[derive(Clone, Default)]
pub struct Health {
    seen: Arc<Mutex<Option<Look>>>,
}

impl Health {
    /// Looks at the database by a connection of its own.
    pub async fn keep(self, options: PgConnectOptions, ending: CancellationToken) {
        let mut connection: Option<PgConnection> = None;
        loop {
            let look = tokio::time::timeout(Duration::from_secs(5), self.look(&options, &mut connection));
            let seen = look.await.unwrap_or_else(|_| Err("the database did not answer within 5 s".to_owned()));
            if seen.is_err() {
                connection = None;
            }
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), seen));
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = ending.cancelled() => return,
            }
        }
    }

    async fn look(&self, options: &PgConnectOptions, connection: &mut Option<PgConnection>) -> Result<(), String> {
        let unreachable = |error: sqlx::Error| format!("the database does not answer: {error}");
        if connection.is_none() {
            *connection =
                Some(PgConnection::connect_with(&store::with_limits(options.clone())).await.map_err(unreachable)?);
        }
        let Some(connection) = connection else { return Err("no connection".into()) };
        match store::is_migrated(connection).await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the database is not migrated".into()),
            Err(error) => Err(unreachable(error)),
        }
    }

    /// Whether the database was there, with everything in it, a moment ago.
    pub fn ready(&self) -> Result<(), String> {
        match &*self.seen.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((at, seen)) if at.elapsed() < OLD => seen.clone(),
            Some((at, _)) => Err(format!("the database was last looked at {:?} ago", at.elapsed())),
            None => Err("the database was not looked at yet".into()),
        }
    }
}

/// The process lives.
pub(super) async fn healthz() -> impl IntoResponse {
    text(StatusCode::OK, "ok\n".to_owned())
}

/// It can work.
pub(super) fn readyz(health: &Health, ending: bool) -> impl IntoResponse + use<> {
    match health.ready() {
        _ if ending => text(StatusCode::SERVICE_UNAVAILABLE, "ending\n".to_owned()),
        Ok(()) => text(StatusCode::OK, "ready\n".to_owned()),
        Err(why) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

/// Plain text that nobody keeps.
pub(super) fn text(status: StatusCode, text: String) -> impl IntoResponse + use<> {
    (status, [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-store")], text)
}
