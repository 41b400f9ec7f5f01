//! What a person says of a telemetry store, and the row that it makes: everything that is wrong with it is said before a store is asked.

use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::price::{self, Price};
use super::{App, Error};
use crate::context::OpContext;
use crate::secret;
use crate::store::telemetry_store::StoreRow;
use crate::telemetry::{StoreKind, TelemetryFault, check_url};

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
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "basic",
            Self::Bearer => "bearer",
        }
    }

    /// The way of that word; the database holds no other.
    pub fn parse(word: &str) -> Self {
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
    /// What its owner asks for it. Left out in a change, the one that there is stays; `null` takes it away.
    #[serde(default, deserialize_with = "price::said")]
    #[schema(value_type = Option<Price>)]
    pub price: Option<Option<Price>>,
    /// Tries it, and keeps nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
}

const TENANT_HEADER: &str = "X-Scope-OrgID";

/// The row that a draft makes, of the one that there is.
pub(super) fn row_of(app: &App, op: &OpContext, draft: &StoreDraft, old: Option<&StoreRow>) -> Result<StoreRow, Error> {
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
    let price = match &draft.price {
        Some(price) => price.clone(),
        None => old.and_then(Price::of),
    };
    if let Some(price) = &price {
        price.check()?;
    }
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
        price_unit: price.as_ref().map(|price| price.unit.as_str().to_owned()),
        price_amount: price.as_ref().map(|price| price.amount),
        price_currency: price.map(|price| price.currency),
    })
}
