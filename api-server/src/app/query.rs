//! A person's query about one cluster: confined to it, asked of the store that holds it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{App, Error, ask, reach};
use crate::context::{OpContext, Role};
use crate::store::telemetry_store::{self, StoreRow};
use crate::telemetry::{self, CLUSTER, Fault, LogStream, Question, Range, Series, StoreKind, TelemetryFault};

/// What is asked of a cluster's store: over a range (`from`, `to`, `step_seconds`) or at one instant (`at`).
#[derive(Debug, Deserialize, ToSchema)]
pub struct QueryAsked {
    /// The language.
    pub kind: StoreKind,
    /// PromQL or LogQL; each of its selectors is confined to the cluster.
    pub expression: String,
    /// Names the store, where the cluster has several.
    #[serde(default)]
    pub store: Option<String>,
    /// The range's beginning.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// The range's end.
    #[serde(default)]
    pub to: Option<Timestamp>,
    /// Between two points of the range.
    #[serde(default)]
    pub step_seconds: Option<u32>,
    /// The instant, instead of a range; now where neither is given.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// Most series or lines: 200 where it is left out, 1000 at most.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// What a store answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueryAnswer {
    /// Who answered.
    pub store: StoreName,
    /// What was asked in the end, confined.
    pub expression: String,
    /// `matrix`, `vector`, `scalar` or `streams`.
    pub result_type: String,
    /// Series, unless they are streams.
    pub series: Vec<Series>,
    /// Streams of log lines.
    pub streams: Vec<LogStream>,
    /// Whether there are more series or lines than were asked for.
    pub is_truncated: bool,
    /// What the store says besides.
    pub warnings: Vec<String>,
    /// When it answered.
    pub answered_at: Timestamp,
}

/// A store's id and name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StoreName {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What it speaks.
    pub kind: StoreKind,
}

const LIMIT: u32 = 200;
const MOST: u32 = 1000;
/// Points of a series; a screen has no more.
const POINTS: i64 = 2000;
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// Asks.
pub async fn query(app: &App, op: &OpContext, cluster_id: &str, asked: &QueryAsked) -> Result<QueryAnswer, Error> {
    op.needs_somewhere(Role::Viewer)?;
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, MOST);
    let range = range(asked, limit)?;
    let (name, store) = target(app, op, cluster_id, asked).await?;
    let expression = telemetry::confine(asked.kind, &asked.expression, &name)
        .map_err(|reason| Error::QueryNotConfined { cluster: name.clone(), reason })?;
    // One more than is shown tells whether there are more.
    let question = match range {
        Some(range) => Question::Range(&expression, range),
        None => Question::At(&expression, asked.at.unwrap_or(op.at), limit + 1),
    };
    let mut answer = ask::ask(app, &store, question).await?;
    let labels = answer.series.iter().map(|one| &one.labels).chain(answer.streams.iter().map(|one| &one.labels));
    if labels.filter_map(|labels| labels.get(CLUSTER)).any(|found| *found != name) {
        let fault = TelemetryFault { store: store.name, last_good_at: None, fault: Fault::NotConfined };
        return Err(Error::Telemetry(Box::new(fault)));
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let lines: usize = answer.streams.iter().map(|stream| stream.lines.len()).sum();
    let is_truncated = answer.series.len() > most || lines > most;
    answer.series.truncate(most);
    Ok(QueryAnswer {
        store: StoreName { id: store.id, name: store.name, kind: asked.kind },
        expression,
        result_type: answer.result_type.to_owned(),
        series: answer.series,
        streams: answer.streams,
        is_truncated,
        warnings: answer.warnings,
        answered_at: Timestamp::now(),
    })
}

/// The stores that hold a cluster, in the order in which they are asked.
pub async fn stores(app: &App, region: &str) -> Result<Vec<StoreName>, Error> {
    let rows = telemetry_store::of_region(&mut *app.pool.acquire().await?, region).await?;
    let name = |row: StoreRow| StoreName { kind: StoreKind::parse(&row.kind), id: row.id, name: row.name };
    Ok(rows.into_iter().map(name).collect())
}

/// The cluster's name, and the store that is asked.
async fn target(app: &App, op: &OpContext, cluster_id: &str, asked: &QueryAsked) -> Result<(String, StoreRow), Error> {
    let mut connection = app.pool.acquire().await?;
    let cluster = reach::get(&mut connection, op, Role::Viewer, cluster_id).await?;
    let rows = telemetry_store::of_region(&mut connection, &cluster.region).await?;
    let mut fitting = rows.into_iter().filter(|row| row.kind == asked.kind.as_str());
    let found = match &asked.store {
        Some(id) => fitting.find(|row| row.id == *id),
        None => fitting.next(),
    };
    let missing = || Error::StoreMissing { cluster: cluster.name.clone(), kind: asked.kind };
    Ok((cluster.name.clone(), found.ok_or_else(missing)?))
}

fn range(asked: &QueryAsked, limit: u32) -> Result<Option<Range>, Error> {
    let (Some(from), Some(to)) = (asked.from, asked.to) else {
        if asked.from.is_some() || asked.to.is_some() {
            return Err(Error::invalid("A range has both from and to."));
        }
        return Ok(None);
    };
    if asked.at.is_some() {
        return Err(Error::invalid("Either a range (from, to) or at is given."));
    }
    let length = to.duration_since(from);
    if length.is_negative() || length.is_zero() || length > LONGEST {
        return Err(Error::invalid("from has to be before to, by at most 366 days."));
    }
    let step = i64::from(asked.step_seconds.unwrap_or(0));
    // A minute's range still has a step.
    let least = (length.as_secs() / POINTS).max(1);
    let step = if asked.step_seconds.is_none() { least } else { step };
    if step < least {
        return Err(Error::invalid(format!(
            "step_seconds has to be at least {least}: a series has at most {POINTS} points."
        )));
    }
    let step_seconds = u32::try_from(step).map_err(|_| Error::invalid("step_seconds is too large."))?;
    Ok(Some(Range { from, to, step_seconds, limit: limit + 1 }))
}
