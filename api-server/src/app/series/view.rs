//! Series as people and programs see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::counts::Sum;

/// A number of series, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = SeriesNumber)]
pub struct Number {
    /// How many.
    pub value: u64,
    /// Whether it was counted one by one.
    pub exact: bool,
    /// Standard error, in series; 0 where it is exact.
    pub standard_error: f64,
}

impl Number {
    /// A number with its variance.
    pub fn of(series: f64, variance: f64) -> Self {
        Self { value: whole(series), exact: variance <= 0.0, standard_error: variance.max(0.0).sqrt() }
    }
}

/// To the nearest whole number, and never below 0.
pub(super) fn whole(number: f64) -> u64 {
    number.max(0.0).round() as u64
}

/// Money for a month.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SeriesCost)]
pub struct Cost {
    /// How much.
    pub amount: f64,
    /// Three letters, such as `EUR`.
    pub currency: String,
    /// Whether everything in the row has a price; else it costs more than this.
    pub is_whole: bool,
}

/// The label of a metric that costs most.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SeriesLabelCost)]
pub struct LabelCost {
    /// The label.
    pub name: String,
    /// How many series fewer there would be without it.
    pub saves: u64,
}

/// Series that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SeriesRow)]
pub struct Row {
    /// What they have in common: a provider, region, cluster, team, metric or job; empty where that is not known.
    pub name: String,
    /// Of a cluster, what names it in the hub.
    pub id: Option<String>,
    /// Active series.
    pub series: Number,
    /// How many there were a day ago; `null` where that is not known of every cluster in the row.
    pub day_ago: Option<u64>,
    /// Series that were not known before, within an hour.
    pub new_per_hour: f64,
    /// Samples a second.
    pub samples_per_second: f64,
    /// By metric: the label that costs most, where labels were looked at.
    pub label: Option<LabelCost>,
    /// What they cost a month by the price of the stores that they are in; `null` without a price, or with several currencies.
    pub cost: Option<Cost>,
    /// With `then`: the 20 largest, and the rest of them named `other`.
    #[schema(no_recursion)]
    pub children: Vec<Row>,
}

impl Row {
    /// One without what only some rows have.
    pub(super) fn of(name: &str, sum: &Sum) -> Self {
        Self {
            name: name.to_owned(),
            id: None,
            series: Number::of(sum.series, sum.variance),
            day_ago: None,
            new_per_hour: sum.new_per_hour,
            samples_per_second: sum.samples_per_second,
            label: None,
            cost: None,
            children: vec![],
        }
    }
}

/// A cluster by id and name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SeriesMissing)]
pub struct Missing {
    /// What names it in the hub.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// When its meter was last heard of; `null` when it never was.
    pub heard_at: Option<Timestamp>,
}

/// Which clusters are in the numbers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SeriesClusters)]
pub struct Clusters {
    /// How many are.
    pub counted: u64,
    /// How many should be.
    pub of: u64,
    /// Those that are not: their newest report is older than 15 minutes, or there is none.
    pub missing: Vec<Missing>,
}

/// Series by what they have in common.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SeriesList {
    /// What the items are.
    pub by: super::By,
    /// What their children are.
    pub then: Option<super::By>,
    /// When that was.
    pub as_of: Timestamp,
    /// Which clusters are in the numbers.
    pub clusters: Clusters,
    /// Everything together; `null` where no cluster is known.
    pub total: Option<Row>,
    /// The largest first.
    pub items: Vec<Row>,
    /// What is in no item: beyond `limit`, or without a scope of its own in its meter.
    pub other: Option<Row>,
}

/// A value of a label.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SeriesLabelValue)]
pub struct LabelValue {
    /// The value.
    pub value: String,
    /// Active series that have it.
    pub series: u64,
}

/// A label of a metric, of all clusters together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SeriesLabel)]
pub struct Label {
    /// The label.
    pub name: String,
    /// Active series that have it.
    pub series: u64,
    /// Different values, in the cluster that has most.
    pub values: u64,
    /// Series that would be left of those without it.
    pub series_without: u64,
    /// How many fewer that is.
    pub saves: u64,
    /// Its values, the largest first; `null` where they are too many.
    pub few: Option<Vec<LabelValue>>,
}

/// Everything that is known of a metric.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SeriesMetric {
    /// The metric.
    pub name: String,
    /// When that was.
    pub as_of: Timestamp,
    /// Which clusters are in the numbers.
    pub clusters_counted: Clusters,
    /// Its numbers.
    pub row: Row,
    /// Its labels, those that cost most first, whoever sends it; empty where they were not looked at.
    pub labels: Vec<Label>,
    /// Whose it is.
    pub teams: Vec<Row>,
    /// Who sends it.
    pub jobs: Vec<Row>,
    /// Where it is.
    pub clusters: Vec<Row>,
}

/// Series at a time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SeriesPoint {
    /// The beginning of its step.
    pub at: Timestamp,
    /// Active series of those clusters that are known, added up: of an hour when it was last looked, of a day or week the mean of its
    /// hours. `null` where none is known.
    pub series: Option<u64>,
    /// The most of any hour of the step, added up over clusters.
    pub most: Option<u64>,
    /// Clusters that are known.
    pub clusters: u64,
}

/// Series over time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SeriesTrend {
    /// From point to point: an hour, a day or a week.
    pub step_seconds: u64,
    /// Clusters that could be in it.
    pub clusters_of: u64,
    /// In the order of time, without gaps.
    pub points: Vec<SeriesPoint>,
}

/// Different series within some time, each counted once however often it came and went.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SeriesDistinct {
    /// How many; `null` where no cluster is known.
    pub series: Option<Number>,
    /// Clusters that are in it.
    pub clusters: u64,
    /// Clusters that could be in it.
    pub clusters_of: u64,
    /// The beginning of what is in it: the whole hours, days or weeks that are kept of that time.
    pub from: Timestamp,
    /// Its end: the last hour that is over, at most.
    pub until: Timestamp,
    /// Hours, days and weeks of clusters in which it was counted, but not which series it were.
    pub left_out: u64,
}
