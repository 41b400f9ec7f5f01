//! A report of a meter is taken in: kept when it is newer than what there is of its hour, and let go when it is not.

use std::collections::{BTreeMap, HashSet};

use flagstaff_model::wire::{SeriesAnswer, SeriesCount, SeriesReport};
use flagstaff_sketch::{Distinct, Precision};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use super::budgets;
use super::check::{self, Sketch};
use super::{HOURS_KEPT, unpack};
use crate::app::{App, Error, status};
use crate::context::OpContext;
use crate::store::series_report::{self, ReportRow};
use crate::store::series_trend::{self, TrendRow};
use crate::store::{budget_report, cluster};

/// Numbers over time are kept of so many teams and metrics of a cluster, the largest.
pub(super) const TEAMS: usize = 500;
pub(super) const METRICS: usize = 200;
/// More left out than that is no number.
const LEFT_OUT: i64 = 1_000_000;
/// Longer names are not kept over time: no index holds them.
const NAME: usize = 1024;

/// Takes a report in.
pub async fn take(app: &App, op: &OpContext, credential: &[u8], body: Vec<u8>) -> Result<SeriesAnswer, Error> {
    let (at, cluster_id) = (op.at, whose(app, op, credential).await?);
    // Unpacking takes its time, and nobody else waits for it.
    let read = tokio::task::spawn_blocking(move || {
        let mut report = unpack::read(&body)?;
        check::check(&report, at)?;
        let sketches = check::sketches(&mut report)?;
        let budgets = budgets::said(&cluster_id, &mut report, at)?;
        let row = row(cluster_id, &report, at)?;
        Ok::<_, Error>((row, trend(&report, sketches)?, budgets))
    });
    let (row, trend, budgets) = read.await.map_err(|error| Error::Internal(error.into()))??;
    if at.duration_since(row.at.to_jiff()) > HOURS_KEPT {
        return Ok(SeriesAnswer { kept: false });
    }
    let mut tx = app.pool.begin().await?;
    let kept = series_report::keep(&mut tx, &row).await?;
    if kept {
        keep_trend(&mut tx, &row, trend).await?;
        budget_report::keep(&mut tx, &budgets).await?;
    }
    tx.commit().await?;
    app.metrics.series_reports.inc();
    Ok(SeriesAnswer { kept })
}

async fn whose(app: &App, op: &OpContext, credential: &[u8]) -> Result<String, Error> {
    let mut connection = app.pool.acquire().await?;
    let row = cluster::by_credential(&mut connection, credential).await?.ok_or(Error::CredentialUnknown)?;
    status::promote(&mut connection, op, &row, credential).await?;
    Ok(row.id)
}

fn row(cluster_id: String, report: &SeriesReport, at: jiff::Timestamp) -> Result<ReportRow, Error> {
    let text = serde_json::to_vec(report).map_err(|error| Error::Internal(error.into()))?;
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(ReportRow {
        cluster_id,
        grain: "hour".into(),
        at: report.hour.to_sqlx(),
        instance: report.instance.clone(),
        revision: whole(report.revision),
        // Nobody looks at an hour before it begins.
        looked_at: report.at.max(report.hour).to_sqlx(),
        received_at: at.to_sqlx(),
        closed: report.closed,
        counted_seconds: whole(report.counted_seconds),
        active: report.total.active,
        active_variance: report.total.active_variance,
        hour_series: report.total.hour,
        sketches_left_out: whole(report.sketches_left_out).min(LEFT_OUT),
        body: unpack::zstd(&text)?,
    })
}

/// The cluster, its largest teams and metrics, and those of which there are sketches.
fn trend(report: &SeriesReport, sketches: Vec<Sketch>) -> Result<Vec<TrendRow>, Error> {
    let mut by: [BTreeMap<&str, SeriesCount>; 2] = Default::default();
    for scope in report.scopes.iter().filter(|scope| !is_rest(scope)) {
        for (names, name) in by.iter_mut().zip([&scope.team, &scope.metric]) {
            let sum = names.entry(name).or_default();
            sum.active += scope.count.active;
            sum.active_variance += scope.count.active_variance;
            sum.hour += scope.count.hour;
        }
    }
    let mut rows: BTreeMap<(&str, &str), TrendRow> = BTreeMap::new();
    rows.insert(("cluster", ""), trend_row("cluster", "", &report.total));
    for ((kind, most), names) in [("team", TEAMS), ("metric", METRICS)].into_iter().zip(&by) {
        let mut largest: Vec<_> = names.iter().filter(|(name, _)| fits(name)).collect();
        largest.sort_by(|one, other| other.1.active.total_cmp(&one.1.active).then_with(|| one.0.cmp(other.0)));
        let sketched = sketches.iter().filter(|sketch| sketch.kind == kind);
        let sketched: HashSet<&str> = sketched.map(|sketch| sketch.name.as_str()).collect();
        for (index, (name, count)) in largest.into_iter().enumerate() {
            if index < most || sketched.contains(*name) {
                rows.insert((kind, name), trend_row(kind, name, count));
            }
        }
    }
    for sketch in &sketches {
        // A sketch of what the report has no numbers of says nothing that could be compared.
        if let Some(row) = rows.get_mut(&(sketch.kind, sketch.name.as_str())) {
            row.sketch = Some(unpack::zstd(&sketch.bytes)?);
        }
    }
    Ok(rows.into_values().collect())
}

fn is_rest(scope: &flagstaff_model::wire::ScopeCount) -> bool {
    [&scope.metric, &scope.team, &scope.job].iter().all(|name| *name == super::OTHER)
}

/// Whether a name can be kept by Postgres and its indices.
fn fits(name: &str) -> bool {
    name.len() <= NAME && !name.contains('\0')
}

fn trend_row(kind: &str, name: &str, count: &SeriesCount) -> TrendRow {
    TrendRow {
        kind: kind.to_owned(),
        name: name.to_owned(),
        active: count.active,
        variance: count.active_variance,
        most: count.active,
        hour_series: count.hour,
        sketch: None,
    }
}

/// Keeps what is read over time. Where two meters counted in one hour, the one that looked last says what is active; what both saw is
/// united.
async fn keep_trend(connection: &mut PgConnection, row: &ReportRow, mut rows: Vec<TrendRow>) -> Result<(), Error> {
    let others = series_report::others(connection, row).await?;
    let is_newest = others.iter().all(|looked_at| looked_at.to_jiff() <= row.looked_at.to_jiff());
    if !others.is_empty() && row.closed {
        let before = series_trend::sketches_of(connection, &row.cluster_id, &row.grain, row.at).await?;
        let mut before: BTreeMap<_, _> = before.into_iter().map(|one| ((one.kind, one.name), one.sketch)).collect();
        for row in &mut rows {
            let other = before.remove(&(row.kind.clone(), row.name.clone()));
            if let (Some(own), Some(other)) = (&row.sketch, other) {
                let united = unite(&[own, &other])?;
                row.hour_series = row.hour_series.max(united.0.estimate());
                row.sketch = Some(united.1);
            }
        }
    }
    Ok(series_trend::keep(connection, &row.cluster_id, &row.grain, row.at, &rows, is_newest).await?)
}

/// The union of packed sketches, and it packed.
pub(super) fn unite<T: AsRef<[u8]>>(packed: &[T]) -> Result<(Distinct, Vec<u8>), Error> {
    let sketches = packed.iter().map(|packed| read_sketch(packed.as_ref())).collect::<Result<Vec<_>, _>>()?;
    let union = union(&sketches);
    let bytes = unpack::zstd(&union.to_bytes())?;
    Ok((union, bytes))
}

/// The union of sketches, as exact as the least exact of them.
pub(super) fn union(sketches: &[Distinct]) -> Distinct {
    let is_coarse = sketches.iter().any(|sketch| sketch.precision() == Precision::P14);
    Distinct::union(if is_coarse { Precision::P14 } else { Precision::P16 }, sketches)
}

/// A sketch as it was kept.
pub(super) fn read_sketch(packed: &[u8]) -> Result<Distinct, Error> {
    let fault = |what: String| Error::Internal(anyhow::anyhow!("a kept sketch cannot be read: {what}"));
    let bytes = unpack::unzstd(packed, 1 << 20).map_err(|error| fault(error.to_string()))?;
    Distinct::from_bytes(&bytes).map_err(|error| fault(error.to_string()))
}
