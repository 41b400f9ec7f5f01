//! Asking a kept store in a cluster's name: which store, with which credentials, and how it fared.

use std::time::Instant;

use jiff::Timestamp;

use super::telemetry_store::{StoreCheck, found};
use super::{App, Error};
use crate::store::listing::{self, Overview};
use crate::store::telemetry_store::{self, StoreRow};
use crate::telemetry::{Answer, Connection, Fault, Question, StoreKind, TelemetryFault};

/// Asks a store, and notes how it fared.
pub async fn ask(app: &App, row: &StoreRow, question: Question<'_>) -> Result<Answer, Error> {
    let answered = app.telemetry.ask(&row.id, row.revision, || connection(app, row), question).await;
    let at = Timestamp::now();
    match answered {
        Ok(answer) => {
            if app.telemetry.is_to_be_noted(&row.id, true) {
                telemetry_store::good(&mut *app.pool.acquire().await?, &row.id, at).await?;
            }
            Ok(answer)
        }
        Err(fault) => Err(failed(app, row, at, fault).await?),
    }
}

/// The refusal that a fault makes, written down where the store is to blame.
async fn failed(app: &App, row: &StoreRow, at: Timestamp, fault: Fault) -> Result<Error, Error> {
    let last_good_at = row.last_good_at.map(|at| at.to_jiff());
    let fault = TelemetryFault { store: row.name.clone(), last_good_at, fault };
    if fault.fault.is_absence() && app.telemetry.is_to_be_noted(&row.id, false) {
        tracing::warn!(store = %row.name, code = fault.fault.code(), "{fault}");
        let mut connection = app.pool.acquire().await?;
        telemetry_store::failed(&mut connection, &row.id, at, fault.fault.code(), &fault.fault.to_string()).await?;
    }
    Ok(Error::Telemetry(Box::new(fault)))
}

/// Tries a store: whether it answers, and of which clusters it has data. One that is kept is asked as it is kept.
pub async fn check(app: &App, row: &StoreRow, kept: bool) -> Result<StoreCheck, Error> {
    let begun = Instant::now();
    let try_out = async |question: Question<'_>| {
        if kept {
            return ask(app, row, question).await;
        }
        let last_good_at = row.last_good_at.map(|at| at.to_jiff());
        let fault = |fault| Error::Telemetry(Box::new(TelemetryFault { store: row.name.clone(), last_good_at, fault }));
        app.telemetry.try_out(&connection(app, row).map_err(fault)?, question).await.map_err(fault)
    };
    let kind = StoreKind::parse(&row.kind);
    let now = Timestamp::now();
    let probe = match kind {
        StoreKind::Prometheus => "vector(1)",
        StoreKind::Loki => "vector(1)+vector(1)",
    };
    let answered = async {
        try_out(Question::At(probe, now, 1)).await?;
        try_out(Question::Clusters).await
    };
    let answered = answered.await;
    let took_seconds = begun.elapsed().as_secs_f64();
    match answered {
        Ok(answer) => {
            let all = listing::overview(&mut *app.pool.acquire().await?, None).await?;
            let is_for = |one: &&Overview| row.region.as_ref().is_none_or(|region| *region == one.region);
            let clusters: Vec<String> = all.iter().filter(is_for).map(|one| one.name.clone()).collect();
            let (clusters_found, clusters_missing) = found(&clusters, &answer.series);
            let detail = match (clusters_found.len(), clusters.len()) {
                (_, 0) => "It answers. There is no cluster yet that it is for.".to_owned(),
                (found, all) if found == all => {
                    format!("It answers, and has data of all {all} clusters that it is for.")
                }
                (0, all) => format!(
                    "It answers, but has no data with a label `cluster` of any of the {all} clusters that it is for. Check URL and tenant."
                ),
                (found, all) => format!("It answers, and has data of {found} of the {all} clusters that it is for."),
            };
            Ok(StoreCheck { ok: true, code: None, detail, took_seconds, clusters_found, clusters_missing })
        }
        Err(Error::Telemetry(fault)) => Ok(StoreCheck {
            ok: false,
            code: Some(fault.fault.code().to_owned()),
            detail: fault.to_string(),
            took_seconds,
            clusters_found: vec![],
            clusters_missing: vec![],
        }),
        Err(error) => Err(error),
    }
}

fn connection(app: &App, row: &StoreRow) -> Result<Connection, Fault> {
    let secret = match &row.secret_sealed {
        Some(sealed) => app.sealer.open(&StoreRow::purpose(&row.id), sealed).map_err(|_| Fault::SecretUnreadable)?,
        None => String::new(),
    };
    let authorization = match row.authentication.as_str() {
        "basic" => Connection::basic(&row.username, &secret),
        "bearer" => format!("Bearer {secret}"),
        _ => String::new(),
    };
    Ok(Connection {
        kind: StoreKind::parse(&row.kind),
        url: row.url.clone(),
        tenant: (row.tenant_header.clone(), row.tenant.clone()),
        authorization,
        authorities_pem: row.authorities_pem.clone(),
    })
}
