//! What people and programs see of clusters and timelines.

use std::collections::BTreeMap;
use std::sync::Arc;

use flagstaff_model::wire::{ClusterFacts, StatusReport};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::store::cluster::ClusterRow;
use crate::store::event::EventRow;
use crate::store::{gauge, series};

/// A time with a value; the value is `null` where it was not known.
pub type TrendPoint = (Timestamp, Option<f64>);

/// Minutes in the trend of a list.
const TREND_MINUTES: i64 = 60;

/// A cluster as in lists.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Cluster {
    /// Names it in the hub.
    pub id: String,
    /// UID of its `kube-system` namespace.
    pub uid: String,
    /// A person's name for it.
    pub name: String,
    /// Its region; empty when unknown.
    pub region: String,
    /// Its provider; empty when unknown.
    pub provider: String,
    /// Such as `prod`; empty when not given.
    pub environment: String,
    /// A person's labels.
    pub labels: BTreeMap<String, String>,
    /// The first that holds: removing, offline, late, failing, degraded, changing, waiting, suspended, off, healthy.
    #[schema(example = "healthy")]
    pub state: String,
    /// Why, in a word.
    pub state_reason: String,
    /// Why, in a sentence.
    pub state_message: String,
    /// Since when.
    pub state_since: Timestamp,
    /// Under late and offline: the state that its last report made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_state: Option<String>,
    /// Whether a person accepted it, or needed not to.
    pub accepted: bool,
    /// Whether its nodes are simulated.
    pub simulated: bool,
    /// Server version.
    pub kubernetes_version: String,
    /// All nodes.
    pub node_count: Option<u64>,
    /// Version of its operator.
    pub operator_version: String,
    /// The applied template.
    pub template: Option<Template>,
    /// The flag.
    pub flag: Option<Flag>,
    /// What is installed.
    pub objects: Objects,
    /// Its own health in numbers; what is not known is absent.
    pub gauges: Gauges,
    /// The store that counted its series, where it does not count them itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series_counted_by: Option<String>,
    /// Active series of the last hour by minute.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub series_trend: Vec<TrendPoint>,
    /// When it joined first.
    pub enrolled_at: Timestamp,
    /// When it last reported.
    pub last_report_at: Option<Timestamp>,
    /// What is desired of it: not for people.
    #[serde(skip)]
    pub generation: i64,
}

/// The applied template.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Template {
    /// Name of the pack.
    pub pack: String,
    /// Its version.
    pub version: String,
}

/// The flag of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Flag {
    /// Switched on.
    pub enabled: bool,
    /// Left as it is.
    pub suspended: bool,
    /// Who set it last.
    pub set_by: String,
}

/// What is installed, in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Objects {
    /// Applied.
    pub applied: u64,
    /// Left to another field manager.
    pub contested: u64,
}

/// A cluster's own health in numbers; what is not known is absent, never 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = GaugeSchema)]
pub struct Gauges(pub flagstaff_model::wire::Gauges);

/// What `gauges` holds.
#[derive(Debug, ToSchema)]
#[schema(as = Gauges)]
#[allow(dead_code)]
pub struct GaugeSchema {
    agents_ready: Option<u64>,
    agents_wanted: Option<u64>,
    targets_up: Option<u64>,
    targets_down: Option<u64>,
    series: Option<u64>,
    samples_per_second: Option<f64>,
    remote_write_failures: Option<u64>,
    last_sample_at: Option<Timestamp>,
    agent_memory_bytes: Option<u64>,
    agent_cpu_cores: Option<f64>,
}

/// A cluster with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ClusterDetail {
    /// As in lists.
    #[serde(flatten)]
    pub cluster: Cluster,
    /// The conditions of its flag.
    pub conditions: Vec<Condition>,
    /// What is wrong, worst first.
    pub problems: Vec<Problem>,
    /// Leaders of its operator, newest first.
    pub instances: Vec<Instance>,
    /// What its nodes have together.
    pub capacity: Capacity,
    /// Distinct architectures of its nodes.
    pub architectures: Vec<String>,
}

/// One condition of a flag.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Condition {
    /// Such as `Ready`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// Why, in a word.
    pub reason: String,
    /// Why, in a sentence.
    pub message: String,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// Where.
    pub place: String,
    /// What, as a sentence.
    pub message: String,
}

/// A leader of an operator.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Instance {
    /// Its own word for itself.
    pub id: String,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// When it was last seen.
    pub last_seen_at: Timestamp,
}

/// What the nodes of a cluster have together; what is not known is absent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Capacity {
    /// CPU cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_cores: Option<f64>,
    /// Bytes of memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

/// An entry of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Event {
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What, in a word.
    pub kind: String,
    /// `ok`, `warn`, `bad`, `unknown`, `busy` or `off`.
    pub tone: String,
    /// What, in a sentence.
    pub sentence: String,
    /// Who did it.
    pub who: String,
    /// Why.
    pub reason: String,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            at: row.at.to_jiff(),
            kind: row.kind,
            tone: row.tone,
            sentence: row.sentence,
            who: row.who,
            reason: row.reason,
        }
    }
}

/// Rows as people see them, in the same order, with their trends.
pub async fn clusters(
    connection: &mut PgConnection,
    rows: &[ClusterRow],
    at: Timestamp,
) -> Result<Vec<Arc<Cluster>>, sqlx::Error> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let from = at - SignedDuration::from_mins(TREND_MINUTES);
    let mut trends: BTreeMap<String, Vec<TrendPoint>> = BTreeMap::new();
    for point in gauge::minutes(connection, &ids, "series", from, at).await? {
        let trend = trends.entry(point.cluster_id).or_default();
        extend(trend, (point.at.to_jiff(), point.value), 60);
    }
    let mut counts: BTreeMap<String, (String, i64)> = BTreeMap::new();
    for count in series::counts(connection, &ids).await? {
        counts.insert(count.cluster_id, (count.store, count.series));
    }
    let shown = |row: &ClusterRow| {
        let mut cluster = cluster(row, trends.remove(&row.id).unwrap_or_default());
        if let (None, Some((store, count))) = (cluster.gauges.0.series, counts.remove(&row.id)) {
            cluster.gauges.0.series = u64::try_from(count).ok();
            cluster.series_counted_by = Some(store);
        }
        Arc::new(cluster)
    };
    Ok(rows.iter().map(shown).collect())
}

/// Adds a point; where time was left out, a gap is said first.
pub fn extend(trend: &mut Vec<TrendPoint>, point: TrendPoint, step_seconds: i64) {
    if let Some((last, Some(_))) = trend.last()
        && point.0.as_second() - last.as_second() > step_seconds
        && let Ok(gap) = Timestamp::from_second(last.as_second() + step_seconds)
    {
        trend.push((gap, None));
    }
    trend.push(point);
}

fn cluster(row: &ClusterRow, mut series_trend: Vec<TrendPoint>) -> Cluster {
    let report = row.report().unwrap_or_default();
    let facts = row.facts();
    let surplus = series_trend.len().saturating_sub(60);
    series_trend.drain(..surplus);
    Cluster {
        id: row.id.clone(),
        uid: row.uid.clone(),
        name: row.name.clone(),
        region: row.region.clone(),
        provider: row.provider.clone(),
        environment: row.environment.clone(),
        labels: serde_json::from_value(row.labels.clone()).unwrap_or_default(),
        state: row.state.clone(),
        state_reason: row.state_reason.clone(),
        state_message: row.state_message.clone(),
        state_since: row.state_since.to_jiff(),
        last_state: row.last_state.clone(),
        accepted: row.accepted,
        simulated: facts.simulated_nodes,
        kubernetes_version: facts.kubernetes_version,
        node_count: facts.node_count,
        operator_version: row.operator_version.clone(),
        template: report.template.map(|template| Template { pack: template.pack, version: template.version }),
        flag: report.flag.map(|flag| Flag { enabled: flag.enabled, suspended: flag.suspended, set_by: flag.set_by }),
        objects: Objects { applied: report.objects.applied, contested: report.objects.contested },
        gauges: Gauges(report.gauges),
        series_counted_by: None,
        series_trend,
        enrolled_at: row.enrolled_at.to_jiff(),
        last_report_at: row.last_report_at.map(|at| at.to_jiff()),
        generation: row.generation,
    }
}

/// The parts of a detail that a report and facts hold.
pub fn detail(cluster: Cluster, report: StatusReport, facts: ClusterFacts, instances: Vec<Instance>) -> ClusterDetail {
    let conditions = report.flag.unwrap_or_default().conditions.into_iter().map(|condition| Condition {
        kind: condition.kind,
        status: condition.status.as_str().to_owned(),
        reason: condition.reason,
        message: condition.message,
        since: condition.since,
    });
    ClusterDetail {
        cluster,
        conditions: conditions.collect(),
        problems: report.problems.into_iter().map(|one| Problem { place: one.place, message: one.message }).collect(),
        instances,
        capacity: Capacity { cpu_cores: facts.capacity.cpu_cores, memory_bytes: facts.capacity.memory_bytes },
        architectures: facts.architectures,
    }
}
