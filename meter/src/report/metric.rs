//! `GET /api/v1/metrics/{name}`: one metric, its labels, and who sends it.

use std::sync::Arc;

use serde::Serialize;

use super::group::{self, Row};
use super::{Number, time};
use crate::count::Count;
use crate::count::label::LabelCount;
use crate::error::Error;

/// One value of a label.
#[derive(Debug, Clone, Serialize)]
pub struct ValueReport {
    /// The value.
    pub value: String,
    /// Series with it.
    pub series: Number,
}

/// One label of a metric.
#[derive(Debug, Clone, Serialize)]
pub struct LabelReport {
    /// Its name.
    pub name: String,
    /// The metric.
    pub metric: String,
    /// Series that have it.
    pub series: Number,
    /// Its different values.
    pub values: Number,
    /// Series that would be left of those without it.
    pub series_without: Number,
    /// Series that it costs: `series` less `series_without`.
    pub saves: Number,
    /// Its values by their series, while there are at most 50; else null.
    pub few: Option<Vec<ValueReport>>,
}

/// Labels as they were seen in one clock hour.
pub(super) struct LabelHour {
    since: u64,
    pub(super) labels: Vec<LabelReport>,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct MetricReport {
    /// The metric itself.
    #[serde(flatten)]
    pub row: Row,
    /// Since when the labels were looked at; null while they are not.
    pub labels_since: Option<String>,
    /// Its labels, the most costly first.
    pub labels: Vec<LabelReport>,
    /// Who sends it.
    pub jobs: Vec<Row>,
    /// Whose it is.
    pub teams: Vec<Row>,
}

/// Makes the answer. Asking for a metric has its labels looked at for an hour.
pub fn metric(count: &mut Count, name: &str, now: u64) -> Result<MetricReport, Error> {
    let of = |scope: &crate::count::scope::Scope| &*scope.metric == name;
    let whole = group::groups(count, now, |scope| &scope.metric, of, false);
    let (metric, sums) = whole.rows.first().ok_or_else(|| Error::NoMetric { metric: name.to_owned() })?;
    let rows = |groups: group::Groups| groups.rows.iter().map(|(name, sums)| sums.row(name)).collect();
    let jobs = rows(group::groups(count, now, |scope| &scope.job, of, false));
    let teams = rows(group::groups(count, now, |scope| &scope.team, of, false));
    let (row, metric): (Row, Arc<str>) = (sums.row(metric), metric.clone());
    count.ask_labels(&metric, now);
    let hour = labels(count, name, now);
    let labels_since = hour.as_ref().map(|hour| time(hour.since));
    Ok(MetricReport { row, labels_since, labels: hour.map(|hour| hour.labels).unwrap_or_default(), jobs, teams })
}

/// The labels of a metric, the most costly first; none where nothing of it was looked at.
pub(super) fn labels(count: &Count, metric: &str, now: u64) -> Option<LabelHour> {
    let hour = count.labels.of(metric, now).filter(|hour| hour.series > 0)?;
    let mut labels: Vec<_> = hour.labels.iter().map(|(name, label)| report(metric, name, label)).collect();
    labels.sort_by(|one, other| other.saves.value.cmp(&one.saves.value).then_with(|| one.name.cmp(&other.name)));
    Some(LabelHour { since: hour.since, labels })
}

fn report(metric: &str, name: &str, label: &LabelCount) -> LabelReport {
    let without = label.without.estimate().min(label.series as f64);
    let few = label.few.as_ref().map(|few| {
        let mut few: Vec<ValueReport> = few
            .iter()
            .map(|(value, series)| ValueReport { value: value.to_string(), series: Number::exact(*series) })
            .collect();
        few.sort_by(|one, other| other.series.value.cmp(&one.series.value).then_with(|| one.value.cmp(&other.value)));
        few
    });
    let values = match &few {
        Some(few) => Number::exact(few.len() as u64),
        None => Number::estimated(label.values.estimate(), label.values.standard_error()),
    };
    LabelReport {
        name: name.to_owned(),
        metric: metric.to_owned(),
        series: Number::exact(label.series),
        values,
        series_without: Number::estimated(without, label.without.standard_error()),
        saves: Number::estimated(label.series as f64 - without, label.without.standard_error()),
        few,
    }
}
