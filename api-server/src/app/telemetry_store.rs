//! Telemetry stores: made, changed, tried and removed by people; their secrets go in and never out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{App, Error, ask};
use crate::context::{OpContext, Role};
use crate::secret;
use crate::store::audit::{self, Entry};
use crate::store::telemetry_store::{self, StoreRow};
use crate::telemetry::{CLUSTER, StoreKind, TelemetryFault, check_url};

/// How a store knows who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// It does not.
    None,
    /// User and password.
    Basic,
    /// A token.
    Bearer,
}

impl Authentication {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "basic",
            Self::Bearer => "bearer",
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "basic" => Self::Basic,
            "bearer" => Self::Bearer,
            _ => Self::None,
        }
    }
}

/// What a person says of a store; no field of it is ever logged.
#[derive(Deserialize, ToSchema)]
pub struct StoreDraft {
    /// A name for it.
    pub name: String,
    /// What it speaks; cannot be changed later.
    pub kind: StoreKind,
    /// The base of its API, without user, password or query.
    pub url: String,
    /// For clusters of this region only; for all where it is left out.
    #[serde(default)]
    pub region: Option<String>,
    /// The header that names the tenant; `X-Scope-OrgID` where it is left out.
    #[serde(default)]
    pub tenant_header: Option<String>,
    /// The tenant.
    #[serde(default)]
    pub tenant: Option<String>,
    /// How it knows who asks.
    pub authentication: Authentication,
    /// The user of `basic`.
    #[serde(default)]
    pub username: Option<String>,
    /// Password or token. Left out in a change, the one that there is stays, as long as the URL's host does.
    #[serde(default)]
    pub secret: Option<String>,
    /// Authorities (PEM) to trust instead of the system's.
    #[serde(default)]
    pub authorities_pem: Option<String>,
    /// Tries it, and keeps nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
}

/// A store without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Store {
    /// Names the store.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What it speaks.
    pub kind: StoreKind,
    /// The base of its API.
    pub url: String,
    /// For clusters of this region only.
    pub region: Option<String>,
    /// The header that names the tenant.
    pub tenant_header: String,
    /// The tenant; empty for none.
    pub tenant: String,
    /// How it knows who asks.
    pub authentication: Authentication,
    /// The user of `basic`.
    pub username: String,
    /// Authorities to trust instead of the system's.
    pub authorities_pem: String,
    /// What a change has to send as `If-Match`.
    pub etag: String,
    /// How many clusters it is for.
    pub clusters: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When it last answered well.
    pub last_good_at: Option<Timestamp>,
    /// When it last failed.
    pub last_failed_at: Option<Timestamp>,
    /// The code of that.
    pub last_failure_code: Option<String>,
    /// The sentence of that.
    pub last_failure: Option<String>,
}

/// All stores.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreList {
    /// By name.
    pub items: Vec<Store>,
}

/// How a try went.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreCheck {
    /// Whether it answered well.
    pub ok: bool,
    /// The code of the failure.
    pub code: Option<String>,
    /// What was found, as a sentence.
    pub detail: String,
    /// How long it took.
    pub took_seconds: f64,
    /// Clusters of this hub that it is for, and that it has data of.
    pub clusters_found: Vec<String>,
    /// Clusters of this hub that it is for, and that it has no data of.
    pub clusters_missing: Vec<String>,
}

const TENANT_HEADER: &str = "X-Scope-OrgID";

/// All of them.
pub async fn list(app: &App, op: &OpContext) -> Result<StoreList, Error> {
    op.needs(Role::Operator)?;
    let mut connection = app.pool.acquire().await?;
    let counts: BTreeMap<String, i64> = telemetry_store::cluster_counts(&mut connection).await?.into_iter().collect();
    let rows = telemetry_store::list(&mut connection).await?;
    Ok(StoreList { items: rows.into_iter().map(|row| shown(counts.get(&row.id).copied(), row)).collect() })
}

/// Makes one.
pub async fn make(app: &App, op: &OpContext, draft: &StoreDraft) -> Result<Store, Error> {
    op.needs(Role::Operator)?;
    let row = row_of(app, op, draft, None)?;
    let mut tx = app.pool.begin().await?;
    if !telemetry_store::insert(&mut tx, &row).await? {
        return Err(Error::Conflict { detail: format!("There is a store {} already.", row.name) });
    }
    let entry = Entry { who: None, action: "store.make", subject: &row.name, reason: &draft.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    tx.commit().await?;
    one(app, &row.id).await
}

/// Changes one that is as the person saw it.
pub async fn change(
    app: &App,
    op: &OpContext,
    id: &str,
    seen: Option<&str>,
    draft: &StoreDraft,
) -> Result<Store, Error> {
    op.needs(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    let old = telemetry_store::lock(&mut tx, id).await?.ok_or_else(|| unknown(id))?;
    unchanged(&old, seen)?;
    let row = row_of(app, op, draft, Some(&old))?;
    telemetry_store::update(&mut tx, &row).await?;
    let entry = Entry { who: None, action: "store.change", subject: &row.name, reason: &draft.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    tx.commit().await?;
    app.telemetry.forget(id);
    one(app, id).await
}

/// Removes one that is as the person saw it. Nothing in the store is touched.
pub async fn remove(app: &App, op: &OpContext, id: &str, seen: Option<&str>, reason: &str) -> Result<(), Error> {
    op.needs(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    let old = telemetry_store::lock(&mut tx, id).await?.ok_or_else(|| unknown(id))?;
    if seen.is_some() {
        unchanged(&old, seen)?;
    }
    telemetry_store::delete(&mut tx, id).await?;
    let entry = Entry { who: None, action: "store.remove", subject: &old.name, reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    tx.commit().await?;
    app.telemetry.forget(id);
    Ok(())
}

/// Tries one that is kept.
pub async fn check(app: &App, op: &OpContext, id: &str) -> Result<StoreCheck, Error> {
    op.needs(Role::Operator)?;
    let row = telemetry_store::get(&mut *app.pool.acquire().await?, id).await?.ok_or_else(|| unknown(id))?;
    ask::check(app, &row, true).await
}

/// Tries one as it would be made or, with an id, changed; keeps nothing.
pub async fn try_out(app: &App, op: &OpContext, id: Option<&str>, draft: &StoreDraft) -> Result<StoreCheck, Error> {
    op.needs(Role::Operator)?;
    let old = match id {
        Some(id) => Some(telemetry_store::get(&mut *app.pool.acquire().await?, id).await?.ok_or_else(|| unknown(id))?),
        None => None,
    };
    let row = row_of(app, op, draft, old.as_ref())?;
    ask::check(app, &row, false).await
}

async fn one(app: &App, id: &str) -> Result<Store, Error> {
    let mut connection = app.pool.acquire().await?;
    let row = telemetry_store::get(&mut connection, id).await?.ok_or_else(|| unknown(id))?;
    let counts = telemetry_store::cluster_counts(&mut connection).await?;
    let count = counts.into_iter().find(|(store, _)| store == id).map(|(_, count)| count);
    Ok(shown(count, row))
}

fn unchanged(old: &StoreRow, seen: Option<&str>) -> Result<(), Error> {
    match seen {
        Some(seen) if seen == etag(old) => Ok(()),
        Some(_) => Err(Error::PreconditionFailed),
        None => Err(Error::invalid("A change needs the header If-Match with the store's etag.")),
    }
}

fn etag(row: &StoreRow) -> String {
    format!("\"{}\"", row.revision)
}

/// The row that a draft makes, of the one that there is.
fn row_of(app: &App, op: &OpContext, draft: &StoreDraft, old: Option<&StoreRow>) -> Result<StoreRow, Error> {
    let text = |value: &Option<String>| value.as_deref().unwrap_or_default().trim().to_owned();
    let name = draft.name.trim().to_owned();
    if name.is_empty() || name.len() > 63 {
        return Err(Error::invalid("name has to have 1 to 63 letters."));
    }
    let url = check_url(draft.url.trim()).map_err(Error::invalid)?;
    if let Some(fault) = app.telemetry.refuses(&url) {
        return Err(Error::Telemetry(Box::new(TelemetryFault { store: name, last_good_at: None, fault })));
    }
    if old.is_some_and(|old| old.kind != draft.kind.as_str()) {
        return Err(Error::invalid("kind cannot be changed: make another store."));
    }
    let tenant_header = match text(&draft.tenant_header) {
        empty if empty.is_empty() => TENANT_HEADER.to_owned(),
        header => header,
    };
    let taken =
        ["authorization", "cookie", "host", "content-length", "content-type", "connection", "transfer-encoding"];
    if tenant_header.parse::<axum::http::HeaderName>().is_err()
        || taken.iter().any(|taken| tenant_header.eq_ignore_ascii_case(taken))
    {
        return Err(Error::invalid(format!("tenant_header cannot be {tenant_header}.")));
    }
    let (tenant, username, authorities_pem) =
        (text(&draft.tenant), text(&draft.username), text(&draft.authorities_pem));
    let fits = |text: &str| text.len() <= 1024 && !text.chars().any(char::is_control);
    if ![&tenant, &username].iter().all(|text| fits(text)) || authorities_pem.len() > 128 << 10 {
        return Err(Error::invalid("tenant and username may have 1024 letters, authorities_pem 128 KiB."));
    }
    if !authorities_pem.is_empty()
        && !reqwest::Certificate::from_pem_bundle(authorities_pem.as_bytes()).is_ok_and(|bundle| !bundle.is_empty())
    {
        return Err(Error::invalid("authorities_pem has to hold certificates in PEM."));
    }
    let basic = draft.authentication == Authentication::Basic;
    if basic && (username.is_empty() || username.contains(':')) {
        return Err(Error::invalid("username has to be given, without a colon."));
    }
    let id = match old {
        Some(old) => old.id.clone(),
        None => secret::id("s")?,
    };
    let secret_sealed = match (draft.authentication, draft.secret.as_deref().filter(|secret| !secret.is_empty())) {
        (Authentication::None, _) => None,
        (_, Some(secret)) if secret.len() > 16 << 10 || secret.chars().any(char::is_control) => {
            return Err(Error::invalid("secret may have 16384 letters, none of them a control character."));
        }
        (_, Some(secret)) => {
            Some(app.sealer.seal(&StoreRow::purpose(&id), secret).map_err(|error| Error::Internal(error.into()))?)
        }
        (authentication, None) => {
            let old = old.filter(|old| old.authentication == authentication.as_str());
            let same_host = |old: &&StoreRow| check_url(&old.url).is_ok_and(|old| old.origin() == url.origin());
            match old {
                None => return Err(Error::invalid("secret has to be given.")),
                // Who may change a URL would learn the secret by pointing it to a host of theirs.
                Some(old) if !same_host(&old) => {
                    return Err(Error::invalid("secret has to be given again, because the URL's host changes."));
                }
                Some(old) => old.secret_sealed.clone(),
            }
        }
    };
    let now = op.at.to_sqlx();
    Ok(StoreRow {
        id,
        name,
        kind: draft.kind.as_str().to_owned(),
        url: url.as_str().trim_end_matches('/').to_owned(),
        region: Some(text(&draft.region)).filter(|region| !region.is_empty()),
        tenant_header,
        tenant,
        authentication: draft.authentication.as_str().to_owned(),
        username: if basic { username } else { String::new() },
        secret_sealed,
        authorities_pem,
        revision: old.map_or(1, |old| old.revision + 1),
        created_by: op.who.name().to_owned(),
        created_at: now,
        changed_at: now,
        last_good_at: old.and_then(|old| old.last_good_at),
        last_failed_at: None,
        last_failure_code: None,
        last_failure: None,
    })
}

fn shown(clusters: Option<i64>, row: StoreRow) -> Store {
    Store {
        etag: etag(&row),
        clusters: clusters.unwrap_or_default(),
        kind: StoreKind::parse(&row.kind),
        authentication: Authentication::parse(&row.authentication),
        id: row.id,
        name: row.name,
        url: row.url,
        region: row.region,
        tenant_header: row.tenant_header,
        tenant: row.tenant,
        username: row.username,
        authorities_pem: row.authorities_pem,
        created_by: row.created_by,
        created_at: row.created_at.to_jiff(),
        changed_at: row.changed_at.to_jiff(),
        last_good_at: row.last_good_at.map(|at| at.to_jiff()),
        last_failed_at: row.last_failed_at.map(|at| at.to_jiff()),
        last_failure_code: row.last_failure_code,
        last_failure: row.last_failure,
    }
}

fn unknown(id: &str) -> Error {
    Error::NotFound { what: format!("store {id}") }
}

/// What a check says of the clusters that a store is for.
pub(super) fn found(clusters: &[String], labels: &[crate::telemetry::Series]) -> (Vec<String>, Vec<String>) {
    let has = |name: &&String| labels.iter().any(|series| series.labels.get(CLUSTER) == Some(*name));
    clusters.iter().cloned().partition(|name| has(&name))
}
