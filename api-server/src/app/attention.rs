//! What needs attention, grouped by common cause: region, provider or version; most clusters first.

use std::collections::BTreeMap;

use flagstaff_model::ClusterState;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::state::span;
use super::{App, Error};
use crate::context::OpContext;
use crate::store::hub;
use crate::store::listing::{self, Overview};

/// One line.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    /// Stays the same while the cause does.
    pub key: String,
    /// `warn`, `bad`, `unknown` or `busy`.
    pub tone: String,
    /// What, in a sentence.
    pub sentence: String,
    /// What these clusters have in common and others have not.
    pub cause: Cause,
    /// Which clusters.
    pub clusters: Vec<Named>,
    /// Since when.
    pub since: Timestamp,
}

/// A common cause; what is absent is not common.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Cause {
    /// All are in this region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// All are at this provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// All have this version of the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A cluster by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// Names it in the hub.
    pub id: String,
    /// A person's name for it.
    pub name: String,
}

/// All lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attention {
    /// Most clusters first.
    pub items: Vec<Line>,
}

/// Two operators are spoken of for so long after they were last seen.
const TWICE: SignedDuration = SignedDuration::from_hours(1);

/// What needs attention now.
pub async fn list(app: &App, op: &OpContext) -> Result<Attention, Error> {
    let access = op.sees()?;
    let mut connection = app.pool.acquire().await?;
    let rows = listing::overview(&mut connection, access.as_ref()).await?;
    // A change of settings names clusters wherever they are: it is for those who see all of them.
    let mut items = match access {
        None => super::layer_change::attention(&mut connection).await?,
        Some(_) => vec![],
    };
    items.extend(super::budget::attention(&mut connection, op.access()?).await?);
    items.extend(lines(&rows, op.at));
    if let Some(until) = hub::away_until(&mut connection).await?.filter(|until| op.at.duration_since(*until) < TWICE) {
        let sentence = format!("The hub was away until {until}; what happened meanwhile is not in the timelines.");
        let line = Line {
            key: "hub_away".into(),
            tone: "unknown".into(),
            sentence,
            cause: Cause::default(),
            clusters: vec![],
            since: until,
        };
        items.insert(0, line);
    }
    Ok(Attention { items })
}

fn lines(rows: &[Overview], now: Timestamp) -> Vec<Line> {
    let mut alike: BTreeMap<(ClusterState, &str), Vec<&Overview>> = BTreeMap::new();
    for row in rows {
        let Some(state) = ClusterState::parse(&row.state) else { continue };
        let reason = if state.is_last_known() { "" } else { row.state_reason.as_str() };
        if matches!(
            state,
            ClusterState::Offline
                | ClusterState::Late
                | ClusterState::Failing
                | ClusterState::Degraded
                | ClusterState::Waiting
        ) {
            alike.entry((state, reason)).or_default().push(row);
        }
    }
    let mut found = vec![];
    for ((state, reason), members) in alike {
        for (cause, members) in causes(&members, rows) {
            found.push(line(state, reason, cause, &members, now));
        }
    }
    let twice = |row: &&Overview| row.identity_twice_at.is_some_and(|at| now.duration_since(at.to_jiff()) < TWICE);
    for row in rows.iter().filter(twice) {
        found.push(Line {
            key: format!("identity_twice/{}", row.id),
            tone: "bad".into(),
            sentence: format!("Two operators report as {}: was the cluster restored or copied?", row.name),
            cause: Cause::default(),
            clusters: vec![named(row)],
            since: row.identity_twice_at.map_or(now, |at| at.to_jiff()),
        });
    }
    found.sort_by(|one, other| (other.clusters.len(), &one.key).cmp(&(one.clusters.len(), &other.key)));
    found
}

/// Splits clusters with the same state by what they have in common: a region, a provider or a version, most members first. It is a
/// cause only where nobody who is well shares it, or where it takes at least half of those who do.
fn causes<'a>(members: &[&'a Overview], all: &[Overview]) -> Vec<(Cause, Vec<&'a Overview>)> {
    let mut left: Vec<&Overview> = members.to_vec();
    let mut found = vec![];
    let kinds: [fn(&Overview) -> Cause; 3] = [
        |row| Cause { region: word(&row.region), ..Cause::default() },
        |row| Cause { provider: word(&row.provider), ..Cause::default() },
        |row| Cause { version: word(&row.template_version), ..Cause::default() },
    ];
    loop {
        let mut best: Option<(Cause, Vec<&Overview>)> = None;
        for kind in kinds {
            let mut groups: BTreeMap<Cause, Vec<&Overview>> = BTreeMap::new();
            for row in &left {
                groups.entry(kind(row)).or_default().push(row);
            }
            groups.remove(&Cause::default());
            for (cause, group) in groups {
                let share = all.iter().filter(|row| kind(row) == cause).count();
                let counts = group.len() >= 2 && group.len() * 2 >= share;
                if counts && best.as_ref().is_none_or(|(_, most)| group.len() > most.len()) {
                    best = Some((cause, group));
                }
            }
        }
        let Some((cause, group)) = best else { break };
        left.retain(|row| !group.iter().any(|taken| taken.id == row.id));
        found.push((cause, group));
    }
    found.extend(left.into_iter().map(|row| (Cause::default(), vec![row])));
    found
}

fn word(word: &str) -> Option<String> {
    (!word.is_empty()).then(|| word.to_owned())
}

fn line(state: ClusterState, reason: &str, cause: Cause, members: &[&Overview], now: Timestamp) -> Line {
    let who = match members {
        [one] => one.name.clone(),
        more => format!("{} clusters", more.len()),
    };
    let common = [
        cause.region.as_ref().map(|region| format!(" in {region}")),
        cause.provider.as_ref().map(|provider| format!(" at {provider}")),
        cause.version.as_ref().map(|version| format!(" with template {version}")),
    ];
    let who = who + &common.into_iter().flatten().collect::<String>();
    let is = if members.len() == 1 { "is" } else { "are" };
    let has = if members.len() == 1 { "has" } else { "have" };
    let last = match members {
        [one] => one.last_state.as_ref().map(|last| format!("; last: {last}")).unwrap_or_default(),
        _ => String::new(),
    };
    let heard = members.iter().map(|row| row.heard_at.to_jiff()).max().unwrap_or(now);
    let since = members.iter().map(|row| row.state_since.to_jiff()).min().unwrap_or(now);
    let because = match members {
        [one] if !one.state_message.is_empty() => one.state_message.trim_end_matches('.').to_owned(),
        _ => reason.to_owned(),
    };
    let sentence = match state {
        ClusterState::Late | ClusterState::Offline => {
            format!("{who} {has} not reported for {}{last}.", span(now.as_second() - heard.as_second()))
        }
        ClusterState::Waiting => format!("{who} {is} waiting to be accepted."),
        _ => format!("{who} {is} {}: {because}.", state.as_str()),
    };
    let place = cause.region.as_ref().or(cause.provider.as_ref()).or(cause.version.as_ref());
    let place = place.cloned().unwrap_or_else(|| members.first().map(|row| row.id.clone()).unwrap_or_default());
    Line {
        key: [state.as_str(), reason, &place].join("/"),
        tone: state.tone().to_owned(),
        sentence,
        cause,
        clusters: members.iter().map(|row| named(row)).collect(),
        since,
    }
}

fn named(row: &Overview) -> Named {
    Named { id: row.id.clone(), name: row.name.clone() }
}

#[cfg(test)]
pub(super) mod tests {
    use jiff_sqlx::ToSqlx;

    use super::*;

    /// A cluster called `name`, in a region, with a state.
    pub(in crate::app) fn row(name: &str, region: &str, state: &str) -> Overview {
        let at = Timestamp::UNIX_EPOCH.to_sqlx();
        Overview {
            id: format!("c-{name}"),
            name: name.to_owned(),
            region: region.to_owned(),
            provider: "aws".into(),
            state: state.to_owned(),
            state_reason: "NotReady".into(),
            state_message: String::new(),
            state_since: at,
            last_state: Some("healthy".into()),
            heard_at: at,
            identity_twice_at: None,
            template_version: "1.0.0".into(),
            series: None,
        }
    }

    fn sentences(rows: &[Overview]) -> Vec<String> {
        let now = Timestamp::from_second(240).expect("a time");
        lines(rows, now).into_iter().map(|line| line.sentence).collect()
    }

    #[test]
    fn nothing_is_said_when_nothing_is_wrong() {
        assert!(sentences(&[row("a", "eu", "healthy"), row("b", "eu", "off"), row("c", "eu", "suspended")]).is_empty());
    }

    #[test]
    fn one_cluster_is_named_with_what_it_was() {
        let rows = [row("a", "eu", "late"), row("b", "eu", "healthy"), row("c", "eu", "healthy")];
        assert_eq!(sentences(&rows), ["a has not reported for 4 min; last: healthy."]);
    }

    #[test]
    fn a_region_that_is_gone_is_one_line() {
        let mut rows: Vec<_> = ["a", "b", "c"].map(|name| row(name, "eu", "offline")).into();
        rows.extend(["d", "e", "f", "g", "h"].map(|name| row(name, "us", "healthy")));
        rows[4].state = "degraded".into();
        rows[4].state_message = "No store accepted a sample.".into();
        assert_eq!(
            sentences(&rows),
            ["3 clusters in eu have not reported for 4 min.", "e is degraded: No store accepted a sample."]
        );
    }

    #[test]
    fn two_of_many_at_one_provider_have_no_common_cause() {
        let mut rows: Vec<_> =
            (0..10).map(|index| row(&format!("w{index}"), &format!("r{index}"), "healthy")).collect();
        rows[0].state = "failing".into();
        rows[1].state = "failing".into();
        assert_eq!(sentences(&rows), ["w0 is failing: NotReady.", "w1 is failing: NotReady."]);
    }
}
