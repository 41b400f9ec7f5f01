//! `GET /api/v1/top`: the largest metrics, teams, jobs, labels and label values.

use serde::{Deserialize, Serialize};

use super::Number;
use super::group::{self, Row, Sums};
use super::metric::{LabelReport, labels};
use crate::count::Count;
use crate::count::scope::Scope;
use crate::error::Error;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Metrics.
    Metric,
    /// Teams.
    Team,
    /// Jobs: who sends it.
    Job,
    /// Labels of the largest metrics, or of one.
    Label,
    /// Values of one label of one metric.
    LabelValue,
}

/// The question.
#[derive(Debug, Clone, Deserialize)]
pub struct Question {
    /// What is asked for.
    #[serde(default = "by_metric")]
    pub by: By,
    /// Of this metric only.
    pub metric: Option<String>,
    /// Of this label.
    pub label: Option<String>,
    /// Of this team only.
    pub team: Option<String>,
    /// Of this job only.
    pub job: Option<String>,
    /// At most so many, up to 1000.
    #[serde(default = "fifty")]
    pub limit: usize,
}

fn by_metric() -> By {
    By::Metric
}

fn fifty() -> usize {
    50
}

/// A row: of scopes, of a label, or of one of its values.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Item {
    /// Metric, team or job.
    Row(Box<Row>),
    /// A label.
    Label(Box<LabelReport>),
    /// A value of a label.
    Value {
        /// The value.
        name: String,
        /// Series with it in the hour that `/api/v1/metrics/{name}` tells of.
        series: Number,
    },
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Top {
    /// The largest.
    pub items: Vec<Item>,
    /// What is left, also what has no scope of its own; null where nothing is.
    pub other: Option<Row>,
    /// Everything that the question is about; null for labels, which overlap.
    pub total: Option<Row>,
}

/// Makes the answer.
pub fn top(count: &mut Count, question: &Question, now: u64) -> Result<Top, Error> {
    let limit = question.limit.clamp(1, 1000);
    match question.by {
        By::Metric | By::Team | By::Job => Ok(of_scopes(count, question, limit, now)),
        By::Label => of_labels(count, question, limit, now),
        By::LabelValue => of_values(count, question, limit, now),
    }
}

fn of_scopes(count: &mut Count, question: &Question, limit: usize, now: u64) -> Top {
    let is = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|wanted| wanted == own);
    let wanted = |scope: &Scope| {
        is(&question.metric, &scope.metric) && is(&question.team, &scope.team) && is(&question.job, &scope.job)
    };
    let unfiltered = question.metric.is_none() && question.team.is_none() && question.job.is_none();
    let all = match question.by {
        By::Team => group::groups(count, now, |scope| &scope.team, wanted, unfiltered),
        By::Job => group::groups(count, now, |scope| &scope.job, wanted, unfiltered),
        _ => group::groups(count, now, |scope| &scope.metric, wanted, unfiltered),
    };
    let rows = all.rows.iter().filter(|(_, sums)| sums.spans[2].value > 0.0);
    let items = rows.clone().take(limit).map(|(name, sums)| Item::Row(Box::new(sums.row(name)))).collect();
    let mut rest = all.rest.clone();
    for (_, sums) in rows.skip(limit) {
        rest.get_or_insert_with(Sums::default).add(sums);
    }
    Top { items, other: rest.map(|rest| rest.row("other")), total: Some(all.total.row("total")) }
}

fn of_labels(count: &mut Count, question: &Question, limit: usize, now: u64) -> Result<Top, Error> {
    let metrics: Vec<String> = match &question.metric {
        Some(metric) => vec![metric.clone()],
        None => count.labels.metrics().map(ToString::to_string).collect(),
    };
    let mut all = vec![];
    for metric in metrics {
        all.extend(labels(count, &metric, now).map(|hour| hour.labels).unwrap_or_default());
    }
    if let Some(label) = &question.label {
        all.retain(|one| one.name == *label);
    }
    all.sort_by(|one, other| {
        other
            .saves
            .value
            .cmp(&one.saves.value)
            .then_with(|| (&one.metric, &one.name).cmp(&(&other.metric, &other.name)))
    });
    all.truncate(limit);
    Ok(Top { items: all.into_iter().map(|one| Item::Label(Box::new(one))).collect(), other: None, total: None })
}

fn of_values(count: &mut Count, question: &Question, limit: usize, now: u64) -> Result<Top, Error> {
    let (Some(metric), Some(label)) = (&question.metric, &question.label) else {
        return Err(Error::Question("by=label_value needs metric and label".into()));
    };
    let hour = labels(count, metric, now).ok_or_else(|| Error::NoLabels { metric: metric.clone() })?;
    let one = hour.labels.into_iter().find(|one| one.name == *label);
    let one = one.ok_or_else(|| Error::NoLabel { metric: metric.clone(), label: label.clone() })?;
    let few = one.few.ok_or_else(|| Error::ManyValues { label: label.clone(), values: one.values.value })?;
    let items = few.into_iter().take(limit).map(|few| Item::Value { name: few.value, series: few.series }).collect();
    Ok(Top { items, other: None, total: None })
}
