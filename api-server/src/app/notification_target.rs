//! Whom the hub tells of budgets: made, tried and removed by people; a webhook's URL and secret go in and never out.

use std::time::Instant;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::budget::BudgetScope;
use super::write::{Written, finish};
use super::{App, Error, reach, scope as words};
use crate::access::Labels;
use crate::context::{OpContext, Role};
use crate::notice::{Message, Receiver, check_email, check_webhook, shown_url};
use crate::secret;
use crate::store::audit::{self, Entry};
use crate::store::budget;
use crate::store::notification_target::{self, NotificationTargetRow};

/// How many there may be: each change of a budget goes through all of them.
const MOST: usize = 200;

/// The way to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// A POST of JSON, signed.
    Webhook,
    /// An e-mail.
    Email,
}

/// Whom to tell.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NotificationTarget {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// The way to it.
    pub kind: NotificationKind,
    /// An e-mail address; of a webhook's URL the beginning.
    pub address: String,
    /// Of which budgets it is told: those that lie within this.
    pub scope: BudgetScope,
    /// The same in words.
    pub scope_shown: String,
    /// What messages to a webhook are signed with; only in the answer that makes it, and only where the hub chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it last took something.
    pub last_delivered_at: Option<Timestamp>,
    /// When it last did not.
    pub last_failed_at: Option<Timestamp>,
    /// Why not.
    pub last_failure: Option<String>,
}

/// All targets.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationTargets {
    /// By name.
    pub items: Vec<NotificationTarget>,
    /// Whether this hub can send e-mail.
    pub sends_email: bool,
}

/// A new target.
#[derive(Deserialize, ToSchema)]
pub struct NewNotificationTarget {
    /// A name for it.
    pub name: String,
    /// The way to it.
    pub kind: NotificationKind,
    /// A whole URL, or an e-mail address.
    pub address: String,
    /// What messages to a webhook are signed with, 16 letters at least; left out, the hub makes one and says it once.
    #[serde(default)]
    pub secret: Option<String>,
    /// Of which budgets it is told: those that lie within this; left out, of all.
    #[serde(default)]
    pub scope: BudgetScope,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
    /// Only says what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// How a try went.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationTest {
    /// Whether it was taken.
    pub ok: bool,
    /// The code of the failure.
    pub code: Option<String>,
    /// What came of it, as a sentence.
    pub detail: String,
    /// How long it took.
    pub took_seconds: f64,
}

/// What is sealed of a webhook.
#[derive(Serialize, Deserialize)]
struct Sealed {
    url: String,
    secret: String,
}

/// All of them that somebody may change.
pub async fn list(app: &App, op: &OpContext) -> Result<NotificationTargets, Error> {
    op.needs_somewhere(Role::Operator)?;
    let access = op.access()?;
    let mut connection = app.pool.acquire().await?;
    let mut items = vec![];
    for (row, place) in placed(&mut connection).await? {
        let labels = row.scope().labels(place.as_ref().map(|(_, place)| place));
        if access.among(&labels) >= Role::Operator {
            items.push(shown(row, place.as_ref().map(|(name, _)| name.as_str())));
        }
    }
    Ok(NotificationTargets { items, sends_email: app.notices.sends_email() })
}

/// Makes one.
pub async fn make(app: &App, op: &OpContext, new: NewNotificationTarget) -> Result<Written<NotificationTarget>, Error> {
    op.needs_somewhere(Role::Operator)?;
    let name = words::name(&new.name)?.to_owned();
    let scope = new.scope.checked()?;
    let address = new.address.trim();
    let id = secret::id("t")?;
    let (address, sealed, made) = match new.kind {
        NotificationKind::Email => {
            check_email(address).map_err(|why| Error::invalid(format!("address: {why}")))?;
            if !app.notices.sends_email() {
                return Err(Error::invalid("This hub sends no e-mail. Start it with --smtp-url and --smtp-from."));
            }
            if new.secret.is_some() {
                return Err(Error::invalid("secret is for webhooks only."));
            }
            (address.to_owned(), None, None)
        }
        NotificationKind::Webhook => {
            let url = check_webhook(address, app.notices.addresses()).map_err(Error::invalid)?;
            let (secret, made) = match new.secret.filter(|secret| !secret.is_empty()) {
                Some(given) if given.len() < 16 || given.len() > 1024 || given.chars().any(char::is_control) => {
                    return Err(Error::invalid(
                        "secret has to have 16 to 1024 letters, none of them a control character.",
                    ));
                }
                Some(given) => (given, None),
                None => {
                    let made = secret::token()?;
                    (made.clone(), Some(made))
                }
            };
            let text = serde_json::to_string(&Sealed { url: url.as_str().to_owned(), secret })
                .map_err(|error| Error::Internal(error.into()))?;
            let sealed = app.sealer.seal(&NotificationTargetRow::purpose(&id), &text);
            (shown_url(&url), Some(sealed.map_err(|error| Error::Internal(error.into()))?), made)
        }
    };
    let mut tx = app.pool.begin().await?;
    let cluster = match &scope.cluster {
        Some(id) => Some(reach::get(&mut tx, op, Role::Operator, id).await?),
        None => None,
    };
    let place = cluster.as_ref().map(|cluster| (cluster.name.clone(), cluster.place()));
    if place.as_ref().is_some_and(|(_, place)| !scope.fits(place)) {
        return Err(Error::invalid("scope: the cluster is not at this provider or in this region."));
    }
    op.needs_among(Role::Operator, &scope.labels(place.as_ref().map(|(_, place)| place)))?;
    let row = NotificationTargetRow {
        id,
        name: name.clone(),
        kind: if new.kind == NotificationKind::Email { "email" } else { "webhook" }.into(),
        address,
        sealed,
        provider: scope.provider,
        region: scope.region,
        cluster_id: scope.cluster,
        team: scope.team,
        metric: scope.metric,
        created_by: op.who.name().to_owned(),
        created_at: op.at.to_sqlx(),
        last_delivered_at: None,
        last_failed_at: None,
        last_failure: None,
    };
    if notification_target::list(&mut tx).await?.len() >= MOST {
        return Err(Error::Conflict { detail: format!("There are {MOST} targets, and may be no more.") });
    }
    if !notification_target::insert(&mut tx, &row).await? {
        return Err(Error::Conflict { detail: format!("There is a target {name} already.") });
    }
    audited(&mut tx, op, "notification_target.make", &name, &new.reason).await?;
    let mut target = shown(row, place.as_ref().map(|(name, _)| name.as_str()));
    let effect = format!("{} would be told of budgets within {}.", target.address, target.scope_shown);
    target.secret = made;
    finish(tx, new.dry_run, effect, target).await
}

/// Removes one, and what waits for it.
pub async fn remove(app: &App, op: &OpContext, id: &str, reason: &str, dry_run: bool) -> Result<Written<()>, Error> {
    op.needs_somewhere(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    let row = one(&mut tx, op, id).await?;
    notification_target::delete(&mut tx, id).await?;
    audited(&mut tx, op, "notification_target.remove", &row.name, reason).await?;
    finish(tx, dry_run, format!("{} would be told no more, not even what waits for it now.", row.name), ()).await
}

/// Sends it a message that says that this is a test.
pub async fn test(app: &App, op: &OpContext, id: &str) -> Result<NotificationTest, Error> {
    op.needs_somewhere(Role::Operator)?;
    let row = {
        let mut tx = app.pool.begin().await?;
        let row = one(&mut tx, op, id).await?;
        audited(&mut tx, op, "notification_target.test", &row.name, "").await?;
        tx.commit().await?;
        row
    };
    let message = Message {
        id: secret::id("n")?,
        kind: "test".into(),
        at: op.at,
        subject: "A test".into(),
        sentence: format!("{} tries whether {} is reached. Nothing is wrong.", op.who.name(), row.name),
        link: format!("{}/budgets", app.public_url),
        budget: None,
    };
    let begun = Instant::now();
    let went = match receiver(app, &row) {
        Ok(to) => app.notices.deliver(&to, &message).await,
        Err(Error::Notice(failure)) => Err(failure),
        Err(error) => return Err(error),
    };
    let took_seconds = begun.elapsed().as_secs_f64();
    let mut connection = app.pool.acquire().await?;
    let now = Timestamp::now();
    Ok(match went {
        Ok(()) => {
            notification_target::delivered(&mut connection, id, now).await?;
            NotificationTest { ok: true, code: None, detail: "It was taken.".into(), took_seconds }
        }
        Err(failure) => {
            let detail = failure.to_string();
            notification_target::failed(&mut connection, id, now, &detail).await?;
            NotificationTest { ok: false, code: Some(failure.code().into()), detail, took_seconds }
        }
    })
}

/// Where messages to it go.
pub(super) fn receiver(app: &App, row: &NotificationTargetRow) -> Result<Receiver, Error> {
    let Some(sealed) = &row.sealed else { return Ok(Receiver::Email { address: row.address.clone() }) };
    let unreadable = || Error::Notice(crate::notice::Failure::SecretUnreadable);
    let text = app.sealer.open(&NotificationTargetRow::purpose(&row.id), sealed).map_err(|_| unreadable())?;
    let Sealed { url, secret } = serde_json::from_str(&text).map_err(|_| unreadable())?;
    Ok(Receiver::Webhook { url, secret })
}

/// One that somebody may change; another one is as if it were not there.
async fn one(connection: &mut PgConnection, op: &OpContext, id: &str) -> Result<NotificationTargetRow, Error> {
    let access = op.access()?;
    let found = placed(connection).await?.into_iter().find(|(row, _)| row.id == id);
    let labels =
        |row: &NotificationTargetRow, place: &Place| row.scope().labels(place.as_ref().map(|(_, place)| place));
    found
        .filter(|(row, place)| access.among(&labels(row, place)) >= Role::Operator)
        .map(|(row, _)| row)
        .ok_or_else(|| Error::NotFound { what: format!("notification target {id}") })
}

/// The name of a cluster and where it is.
type Place = Option<(String, Labels)>;

async fn placed(connection: &mut PgConnection) -> Result<Vec<(NotificationTargetRow, Place)>, Error> {
    let rows = notification_target::list(connection).await?;
    let ids: Vec<String> = rows.iter().filter_map(|row| row.cluster_id.clone()).collect();
    let places = if ids.is_empty() { vec![] } else { budget::places(connection, &ids).await? };
    let place = |row: &NotificationTargetRow| {
        let found = places.iter().find(|place| Some(&place.id) == row.cluster_id.as_ref())?;
        Some((found.name.clone(), found.labels()))
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let place = place(&row);
            (row, place)
        })
        .collect())
}

fn shown(row: NotificationTargetRow, cluster_name: Option<&str>) -> NotificationTarget {
    let scope = row.scope();
    NotificationTarget {
        scope_shown: scope.shown(cluster_name),
        scope,
        id: row.id,
        name: row.name,
        kind: if row.kind == "email" { NotificationKind::Email } else { NotificationKind::Webhook },
        address: row.address,
        secret: None,
        created_by: row.created_by,
        created_at: row.created_at.to_jiff(),
        last_delivered_at: row.last_delivered_at.map(|at| at.to_jiff()),
        last_failed_at: row.last_failed_at.map(|at| at.to_jiff()),
        last_failure: row.last_failure,
    }
}

async fn audited(
    connection: &mut PgConnection,
    op: &OpContext,
    action: &str,
    name: &str,
    reason: &str,
) -> Result<(), Error> {
    let entry = Entry { who: None, action, subject: name, reason, outcome: "done" };
    Ok(audit::insert(connection, op, &entry).await?)
}
