//! Series now: by what they have in common, and everything about one metric.

use std::collections::HashMap;

use flagstaff_model::wire::LabelCount;
use jiff::SignedDuration;

use super::bill::Prices;
use super::filter::SeriesFilter;
use super::group::{By, Look};
use super::view::{Label, LabelValue, SeriesList, SeriesMetric, whole};
use super::{fleet_at, fleet_now};
use crate::app::{App, Error};
use crate::context::{OpContext, Role};
use crate::store::telemetry_store;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Rows where nobody says how many.
const LIMIT: usize = 50;
const MOST: usize = 500;
/// A label with more values in all clusters together has too many to be named.
const FEW: usize = 200;

/// Series by what they have in common.
pub async fn list(
    app: &App,
    op: &OpContext,
    filter: SeriesFilter,
    by: Option<By>,
    then: Option<By>,
    limit: Option<usize>,
) -> Result<SeriesList, Error> {
    let by = by.unwrap_or(By::Metric);
    if then == Some(by) {
        return Err(Error::invalid("then has to be something else than by."));
    }
    let limit = limit.unwrap_or(LIMIT);
    if !(1..=MOST).contains(&limit) {
        return Err(Error::invalid(format!("limit has to be 1 to {MOST}.")));
    }
    let look = look(app, op).await?;
    off_the_calls(move || look.list(&filter, by, then, limit)).await
}

/// Everything about one metric.
pub async fn metric(app: &App, op: &OpContext, name: String, filter: SeriesFilter) -> Result<SeriesMetric, Error> {
    if filter.metric.as_ref().is_some_and(|metric| *metric != name) {
        return Err(Error::invalid("metric is in the path already, and is another one in the query."));
    }
    let filter = SeriesFilter { metric: Some(name.clone()), ..filter };
    let look = look(app, op).await?;
    let found = off_the_calls(move || found(&look, &name, &filter).ok_or(name)).await?;
    found.map_err(|name| Error::NotFound { what: format!("metric {name} in the clusters that are known") })
}

fn found(look: &Look, name: &str, filter: &SeriesFilter) -> Option<SeriesMetric> {
    let all = look.list(filter, By::Metric, None, MOST);
    let row = all.items.into_iter().find(|row| row.name == name)?;
    let rows = |by| look.list(filter, by, None, MOST).items;
    let known = look.now.within(Some(&look.reach), filter).filter_map(|cluster| cluster.counts.as_deref());
    let labels = known.filter_map(|counts| counts.labels.get(name)).flatten();
    Some(SeriesMetric {
        name: name.to_owned(),
        as_of: look.now.as_of,
        clusters_counted: all.clusters,
        row,
        labels: merged(labels),
        teams: rows(By::Team),
        jobs: rows(By::Job),
        clusters: rows(By::Cluster).into_iter().filter(|row| row.series.value > 0).collect(),
    })
}

/// Labels of several clusters as those of one.
fn merged<'a>(all: impl Iterator<Item = &'a LabelCount>) -> Vec<Label> {
    #[derive(Default)]
    struct Merged<'a> {
        series: f64,
        values: f64,
        without: f64,
        too_many: bool,
        few: HashMap<&'a str, f64>,
    }
    let mut by_name: HashMap<&str, Merged<'_>> = HashMap::new();
    for label in all {
        let merged = by_name.entry(&label.label).or_default();
        merged.series += label.series;
        merged.without += label.series_without;
        merged.values = merged.values.max(label.values);
        merged.too_many |= label.few.is_empty() && label.values > 0.0;
        for value in &label.few {
            *merged.few.entry(&value.value).or_default() += value.series;
        }
    }
    let label = |(name, merged): (&str, Merged<'_>)| {
        let mut few: Vec<LabelValue> = merged
            .few
            .iter()
            .map(|(value, series)| LabelValue { value: (*value).to_owned(), series: whole(*series) })
            .collect();
        few.sort_by(|one, other| other.series.cmp(&one.series).then_with(|| one.value.cmp(&other.value)));
        Label {
            name: name.to_owned(),
            series: whole(merged.series),
            values: whole(merged.values),
            series_without: whole(merged.without),
            saves: whole(merged.series - merged.without),
            few: (!merged.too_many && few.len() <= FEW).then_some(few),
        }
    };
    let mut labels: Vec<Label> = by_name.into_iter().map(label).collect();
    labels.sort_by(|one, other| other.saves.cmp(&one.saves).then_with(|| one.name.cmp(&other.name)));
    labels
}

async fn look(app: &App, op: &OpContext) -> Result<Look, Error> {
    op.needs_somewhere(Role::Viewer)?;
    let mut connection = app.pool.acquire().await?;
    let now = fleet_now(app, &mut connection, op.at).await?;
    let day_ago = fleet_at(app, &mut connection, op.at - DAY).await?;
    let prices = Prices::of_stores(&telemetry_store::list(&mut connection).await?);
    Ok(Look { now, day_ago, prices, reach: op.access()?.clone() })
}

/// Adding up hundreds of thousands of scopes takes its time: other calls do not wait for it.
async fn off_the_calls<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.into()))
}

#[cfg(test)]
mod tests {
    use flagstaff_model::wire::ValueCount;

    use super::*;

    #[test]
    fn labels_of_clusters_add_up() {
        let label = |label: &str, numbers: [f64; 3], few: &[(&str, f64)]| LabelCount {
            metric: "http".into(),
            label: label.into(),
            series: numbers[0],
            values: numbers[1],
            series_without: numbers[2],
            few: few.iter().map(|(value, series)| ValueCount { value: (*value).into(), series: *series }).collect(),
        };
        let all = [
            label("code", [10.0, 2.0, 5.0], &[("200", 6.0), ("500", 4.0)]),
            label("code", [7.0, 1.0, 7.0], &[("200", 7.0)]),
            label("pod", [10.0, 2.0, 1.0], &[("a", 5.0), ("b", 5.0)]),
            label("pod", [900.0, 900.0, 1.0], &[]),
        ];
        let merged = merged(all.iter());
        assert_eq!(
            (merged[0].name.as_str(), merged[0].saves, merged[0].values, &merged[0].few),
            ("pod", 908, 900, &None)
        );
        let code = &merged[1];
        assert_eq!((code.series, code.series_without, code.saves), (17, 12, 5));
        let few = code.few.as_ref().expect("few");
        assert_eq!((few[0].value.as_str(), few[0].series, few.len()), ("200", 13, 2));
    }
}
