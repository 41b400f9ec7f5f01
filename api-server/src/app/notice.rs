//! Messages about budgets: to whom they go, and their way there.

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use serde_json::json;
use sqlx::PgConnection;

use super::budget::{BudgetState, Placed, says};
use super::{App, Error, notification_target};
use crate::notice::{AboutBudget, DEADLINE, Failure, Message, Receiver, pause};
use crate::secret;
use crate::store::budget_event::BudgetEventRow;
use crate::store::notice::{self, NoticeRow};
use crate::store::{notification_target as target, term};

/// Messages that are under way at once, and those of one round.
const AT_ONCE: usize = 8;
const ROUND: i64 = 64;

/// Writes a message to each target whose scope holds the budget and to each of the owner's addresses, in the transaction of the change.
pub(super) async fn write(
    connection: &mut PgConnection,
    app: &App,
    placed: &Placed,
    event: &BudgetEventRow,
) -> Result<(), Error> {
    let row = &placed.row;
    let mut to: Vec<(Option<String>, String, String)> = vec![];
    for one in target::list(connection).await? {
        if one.scope().contains(&placed.scope, placed.place()) {
            to.push((Some(one.id), one.kind, one.address));
        }
    }
    for email in &row.owner_emails {
        // One who is a target already hears it once.
        if !to.iter().any(|(_, kind, address)| kind == "email" && address == email) {
            to.push((None, "email".into(), email.clone()));
        }
    }
    let at = event.at.to_jiff();
    let state = BudgetState::parse(&event.state);
    for (target_id, kind, address) in to {
        let id = secret::id("n")?;
        let message = Message {
            id: id.clone(),
            kind: "budget_state".into(),
            at,
            subject: says::subject(&row.name, state, row.enforces()),
            sentence: event.sentence.clone(),
            link: format!("{}/budgets#{}", app.public_url, row.id),
            budget: Some(AboutBudget {
                id: row.id.clone(),
                name: row.name.clone(),
                scope: placed.scope.clone(),
                owner: row.owner_name.clone(),
                before: BudgetState::parse(&event.state_before),
                state,
                series: row.series,
                soft_series: row.soft_series,
                hard_series: row.hard_series,
                clusters_counted: row.clusters_counted,
                clusters_of: row.clusters_of,
                grew: serde_json::from_value(event.grew.clone()).unwrap_or_default(),
                refusing: event.refusing.clone().and_then(|refusing| serde_json::from_value(refusing).ok()),
                aggregating: event.aggregating.clone().and_then(|of| serde_json::from_value(of).ok()),
            }),
        };
        let new = NoticeRow {
            id,
            budget_id: row.id.clone(),
            event_id: event.id,
            target_id,
            kind,
            address,
            message: json!(message),
            state: "waiting".into(),
            tries: 0,
            created_at: at.to_sqlx(),
            next_at: at.to_sqlx(),
            until_at: (at + DEADLINE).to_sqlx(),
            delivered_at: None,
            last_failure: None,
        };
        notice::insert(connection, &new).await?;
    }
    Ok(())
}

/// Tries every message whose turn it is, under a worker's term. False when the term is over.
pub async fn round(app: &App, led: i64, worker: &str, now: Timestamp) -> Result<bool, Error> {
    let due = {
        let mut connection = app.pool.acquire().await?;
        if !term::holds(&mut connection, worker, led).await? {
            return Ok(false);
        }
        notice::due(&mut connection, now, ROUND).await?
    };
    let first = SignedDuration::from_secs(app.every_seconds().clamp(1, 10));
    let mut tries = futures::stream::iter(due)
        .map(|row| async move {
            let went = deliver(app, &row).await;
            (row, went)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((mut row, went)) = tries.next().await {
        let went = match went {
            Err(Error::Notice(failure)) => Err(failure),
            Err(error) => return Err(error),
            Ok(()) => Ok(()),
        };
        let now = Timestamp::now();
        after(&mut row, &went, now, first);
        let mut tx = app.pool.begin().await?;
        if !term::holds(&mut tx, worker, led).await? {
            return Ok(false);
        }
        notice::tried(&mut tx, &row).await?;
        if let Some(target_id) = &row.target_id {
            match &went {
                Ok(()) => target::delivered(&mut tx, target_id, now).await?,
                Err(failure) => target::failed(&mut tx, target_id, now, &failure.to_string()).await?,
            }
        }
        tx.commit().await?;
        app.metrics.notice(went.as_ref().err().map_or("delivered", Failure::code));
    }
    Ok(true)
}

/// What a try makes of a message.
fn after(row: &mut NoticeRow, went: &Result<(), Failure>, now: Timestamp, first: SignedDuration) {
    row.tries = row.tries.saturating_add(1);
    match went {
        Ok(()) => {
            row.state = "delivered".into();
            row.delivered_at = Some(now.to_sqlx());
        }
        Err(failure) => {
            row.last_failure = Some(failure.to_string());
            let next = now + pause(row.tries, first, &row.id);
            if failure.is_final() || next > row.until_at.to_jiff() {
                row.state = "given_up".into();
            } else {
                row.next_at = next.to_sqlx();
            }
        }
    }
}

async fn deliver(app: &App, row: &NoticeRow) -> Result<(), Error> {
    let message: Message =
        serde_json::from_value(row.message.clone()).map_err(|error| Error::Internal(error.into()))?;
    let to = match &row.target_id {
        None => Receiver::Email { address: row.address.clone() },
        Some(id) => {
            let found = target::get(&mut *app.pool.acquire().await?, id).await?;
            // Removed a moment ago: the message went with it.
            let Some(found) = found else { return Ok(()) };
            notification_target::receiver(app, &found)?
        }
    };
    app.notices.deliver(&to, &message).await.map_err(Error::Notice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: Timestamp) -> NoticeRow {
        NoticeRow {
            id: "n-1".into(),
            budget_id: "b-1".into(),
            event_id: 1,
            target_id: None,
            kind: "webhook".into(),
            address: "x".into(),
            message: json!({}),
            state: "waiting".into(),
            tries: 0,
            created_at: at.to_sqlx(),
            next_at: at.to_sqlx(),
            until_at: (at + DEADLINE).to_sqlx(),
            delivered_at: None,
            last_failure: None,
        }
    }

    #[test]
    fn it_is_tried_less_and_less_often_until_its_time_is_over() {
        let mut now = Timestamp::UNIX_EPOCH;
        let mut one = row(now);
        let mut pauses = vec![];
        while one.state == "waiting" {
            after(&mut one, &Err(Failure::Refused { status: 500 }), now, SignedDuration::from_secs(10));
            pauses.push(one.next_at.to_jiff().duration_since(now));
            now = now.max(one.next_at.to_jiff());
        }
        assert_eq!(one.state, "given_up");
        assert!(now <= one.until_at.to_jiff() && now > one.until_at.to_jiff() - SignedDuration::from_mins(16), "{now}");
        assert!((100..250).contains(&one.tries), "{}", one.tries);
        assert!(pauses[0] <= SignedDuration::from_secs(10) && pauses[20] >= SignedDuration::from_mins(7), "{pauses:?}");
    }

    #[test]
    fn what_would_end_the_same_is_given_up_at_once() {
        let mut one = row(Timestamp::UNIX_EPOCH);
        after(&mut one, &Err(Failure::NoMail), Timestamp::UNIX_EPOCH, SignedDuration::from_secs(10));
        assert_eq!((one.state.as_str(), one.tries), ("given_up", 1));
        let mut one = row(Timestamp::UNIX_EPOCH);
        after(&mut one, &Ok(()), Timestamp::UNIX_EPOCH, SignedDuration::from_secs(10));
        assert_eq!((one.state.as_str(), one.last_failure), ("delivered", None));
    }
}
