//! Hours become days, days become weeks, and what was made so is forgotten when it is old enough.

use std::collections::BTreeMap;

use flagstaff_model::wire::{ScopeCount, SeriesCount, SeriesReport};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};

use super::take::{METRICS, TEAMS, unite};
use super::trend::Grain;
use super::{DAYS_KEPT, HOURS_KEPT, unpack};
use crate::app::Error;
use crate::store::series_report::{self, Due, ReportRow};
use crate::store::series_trend::{self, SketchRow, TrendRow};
use crate::store::term;

/// Days or weeks of clusters that are made in one round.
const AT_ONCE: i64 = 200;
/// Bytes of sketches that a day or week of a cluster takes, about as many as a meter may send for an hour.
const SKETCH_BYTES: usize = 1 << 20;
/// Rows that are forgotten in one statement, and how many such statements there are in a round.
const FORGET: i64 = 2000;
const TIMES: usize = 50;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rolled {
    /// Days and weeks that were made, or made again because an hour came late.
    pub made: u64,
    /// Rows that were forgotten.
    pub forgotten: u64,
}

/// One round. None when the term is over; then nothing was written. Doing it again does no harm.
pub async fn round(pool: &PgPool, worker: &str, led: i64, now: Timestamp) -> Result<Option<Rolled>, Error> {
    let mut rolled = Rolled::default();
    for (from, to) in [(Grain::Hour, Grain::Day), (Grain::Day, Grain::Week)] {
        // The last hour of a day comes a little after it.
        let over = to.of(now - Grain::Hour.length());
        let due = series_report::due(&mut *pool.acquire().await?, from.as_str(), to.as_str(), over.to_sqlx(), AT_ONCE)
            .await?;
        for due in due {
            match make(pool, worker, led, (from, to), &due).await {
                Ok(true) => rolled.made += 1,
                Ok(false) => return Ok(None),
                // What cannot be read is not forgotten either; the others go on.
                Err(error @ Error::Internal(_)) => {
                    tracing::error!(cluster = %due.cluster_id, at = %due.at.to_jiff(), "no {} can be made: {error:?}", to.as_str());
                }
                Err(error) => return Err(error),
            }
        }
    }
    for (from, to, kept) in [(Grain::Hour, Grain::Day, HOURS_KEPT), (Grain::Day, Grain::Week, DAYS_KEPT)] {
        for _ in 0..TIMES {
            let mut tx = pool.begin().await?;
            if !term::holds(&mut tx, worker, led).await? {
                return Ok(None);
            }
            // Whole days and weeks only: one that is made again is made of all of its parts.
            let before = to.of(now - kept).to_sqlx();
            let gone = series_trend::forget(&mut tx, from.as_str(), to.as_str(), before, FORGET).await?
                + series_report::forget(&mut tx, from.as_str(), to.as_str(), before, FORGET).await?;
            tx.commit().await?;
            rolled.forgotten += gone;
            if gone < FORGET.unsigned_abs() {
                break;
            }
        }
    }
    Ok(Some(rolled))
}

/// Makes one day or week of a cluster. False when the term is over.
async fn make(pool: &PgPool, worker: &str, led: i64, (from, to): (Grain, Grain), due: &Due) -> Result<bool, Error> {
    let until = (due.at.to_jiff() + to.length()).to_sqlx();
    let span = (due.at, until);
    let (reports, trend, sketches) = {
        let mut connection = pool.acquire().await?;
        let reports = series_report::span(&mut connection, &due.cluster_id, from.as_str(), span).await?;
        let trend = series_trend::span(&mut connection, &due.cluster_id, from.as_str(), span).await?;
        let sketches = series_trend::sketches_of_span(&mut connection, &due.cluster_id, from.as_str(), span).await?;
        (reports, trend, sketches)
    };
    let (cluster_id, at) = (due.cluster_id.clone(), due.at);
    let work = move || {
        let (trend, left_out) = merge(trend, sketches)?;
        let mut report = report(cluster_id, to, at, reports, &trend)?;
        report.sketches_left_out += left_out;
        Ok::<_, Error>((report, trend))
    };
    let (report, trend) = tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.into()))??;
    let mut tx = pool.begin().await?;
    if !term::holds(&mut tx, worker, led).await? {
        return Ok(false);
    }
    write(&mut tx, &report, &trend).await?;
    tx.commit().await?;
    Ok(true)
}

async fn write(connection: &mut PgConnection, report: &ReportRow, trend: &[TrendRow]) -> Result<(), Error> {
    if series_report::keep(connection, report).await? {
        series_trend::keep(connection, &report.cluster_id, &report.grain, report.at, trend, true).await?;
    }
    Ok(())
}

/// Mean and most of the cluster, its teams and its largest metrics, and which series they were: of the cluster, then of the largest teams,
/// then of the largest metrics, as far as there is room. How many different ones there were is kept of all; and how many found no room.
fn merge(rows: Vec<TrendRow>, sketches: Vec<SketchRow>) -> Result<(Vec<TrendRow>, i64), Error> {
    let mut by_name: BTreeMap<(String, String), Vec<TrendRow>> = BTreeMap::new();
    for row in rows {
        by_name.entry((row.kind.clone(), row.name.clone())).or_default().push(row);
    }
    let mut packed: BTreeMap<(String, String), Vec<Vec<u8>>> = BTreeMap::new();
    for row in sketches {
        packed.entry((row.kind, row.name)).or_default().push(row.sketch);
    }
    let has_sketch = |row: &TrendRow| packed.contains_key(&(row.kind.clone(), row.name.clone()));
    let mut ranked: Vec<(bool, TrendRow)> =
        by_name.into_values().map(|rows| mean(&rows)).map(|row| (has_sketch(&row), row)).collect();
    let rank = |kind: &str| ["cluster", "team", "metric"].iter().position(|known| *known == kind);
    ranked.sort_by(|(one_has, one), (other_has, other)| {
        let by_kind = rank(&one.kind).cmp(&rank(&other.kind)).then(other_has.cmp(one_has));
        by_kind.then_with(|| other.active.total_cmp(&one.active))
    });
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut kept, mut room, mut left_out) = (vec![], SKETCH_BYTES, 0);
    for (_, mut row) in ranked {
        let count = counts.entry(row.kind.clone()).or_default();
        *count += 1;
        if *count > if row.kind == "metric" { METRICS } else { TEAMS } {
            continue;
        }
        if let Some(packed) = packed.remove(&(row.kind.clone(), row.name.clone())) {
            let (union, bytes) = unite(&packed)?;
            row.hour_series = row.hour_series.max(union.estimate());
            if bytes.len() <= room {
                room -= bytes.len();
                row.sketch = Some(bytes);
            } else {
                left_out += 1;
            }
        }
        kept.push(row);
    }
    kept.sort_by(|one, other| (&one.kind, &one.name).cmp(&(&other.kind, &other.name)));
    Ok((kept, left_out))
}

/// What some rows of one name come to.
fn mean(rows: &[TrendRow]) -> TrendRow {
    let count = rows.len().max(1) as f64;
    let most = |of: fn(&TrendRow) -> f64| rows.iter().map(of).fold(0.0, f64::max);
    TrendRow {
        kind: rows.first().map(|row| row.kind.clone()).unwrap_or_default(),
        name: rows.first().map(|row| row.name.clone()).unwrap_or_default(),
        active: rows.iter().map(|row| row.active).sum::<f64>() / count,
        // The same sketch stands behind all of them: their errors go together.
        variance: most(|row| row.variance),
        most: most(|row| row.most),
        hour_series: most(|row| row.hour_series),
        sketch: None,
    }
}

fn report(
    cluster_id: String,
    grain: Grain,
    at: jiff_sqlx::Timestamp,
    rows: Vec<ReportRow>,
    trend: &[TrendRow],
) -> Result<ReportRow, Error> {
    let received_at = rows.iter().map(|row| row.received_at.to_jiff()).max().unwrap_or_default();
    let looked_at = rows.iter().map(|row| row.looked_at.to_jiff()).max().unwrap_or_default();
    let sketches_left_out = rows.iter().map(|row| row.sketches_left_out).sum();
    let counted_seconds = rows.iter().map(|row| row.counted_seconds).sum();
    // Of several meters in one hour, the one that looked last; the database has them in that order.
    let mut by_time: BTreeMap<Timestamp, Vec<u8>> = BTreeMap::new();
    for row in rows {
        by_time.insert(row.at.to_jiff(), row.body);
    }
    let mut means = Means::default();
    for body in by_time.values() {
        means.add(unpack::kept(body)?);
    }
    let mut mean = means.mean();
    (mean.hour, mean.at, mean.closed) = (at.to_jiff(), looked_at, true);
    mean.counted_seconds = u64::try_from(counted_seconds).unwrap_or_default();
    let text = serde_json::to_vec(&mean).map_err(|error| Error::Internal(error.into()))?;
    let whole = trend.iter().find(|row| row.kind == "cluster");
    Ok(ReportRow {
        cluster_id,
        grain: grain.as_str().into(),
        at,
        instance: String::new(),
        // Grows whenever something of it came later.
        revision: received_at.as_microsecond(),
        looked_at: looked_at.to_sqlx(),
        received_at: received_at.to_sqlx(),
        closed: true,
        counted_seconds,
        active: mean.total.active,
        active_variance: mean.total.active_variance,
        hour_series: whole.map_or(mean.total.hour, |row| row.hour_series),
        sketches_left_out,
        body: unpack::zstd(&text)?,
    })
}

/// Reports added up: means of what is active, the most different series of any hour, all that was new.
#[derive(Default)]
struct Means {
    count: u32,
    total: SeriesCount,
    scopes: BTreeMap<(String, String, String), SeriesCount>,
    last: SeriesReport,
}

impl Means {
    fn add(&mut self, mut report: SeriesReport) {
        self.count += 1;
        join(&mut self.total, &report.total);
        for scope in std::mem::take(&mut report.scopes) {
            join(self.scopes.entry((scope.metric, scope.team, scope.job)).or_default(), &scope.count);
        }
        self.last = report;
    }

    /// A scope that an hour does not have had no series then. Labels are those of the last look.
    fn mean(self) -> SeriesReport {
        let count = f64::from(self.count.max(1));
        let mean = |sum: SeriesCount| SeriesCount {
            active: sum.active / count,
            samples_per_second: sum.samples_per_second / count,
            ..sum
        };
        let scopes = self.scopes.into_iter().map(|((metric, team, job), sum)| ScopeCount {
            metric,
            team,
            job,
            count: mean(sum),
        });
        SeriesReport {
            instance: String::new(),
            total: mean(self.total),
            scopes: scopes.collect(),
            labels: self.last.labels,
            window_seconds: self.last.window_seconds,
            revision: 1,
            ..SeriesReport::default()
        }
    }
}

fn join(sum: &mut SeriesCount, more: &SeriesCount) {
    sum.active += more.active;
    sum.active_variance = sum.active_variance.max(more.active_variance);
    sum.hour = sum.hour.max(more.hour);
    sum.hour_variance = sum.hour_variance.max(more.hour_variance);
    sum.new = sum.new.saturating_add(more.new);
    sum.samples_per_second += more.samples_per_second;
}

#[cfg(test)]
mod tests {
    use flagstaff_sketch::{Distinct, Precision};

    use super::super::fleet::tests::scope;
    use super::*;

    fn trend(active: f64, numbers: std::ops::Range<u64>) -> (TrendRow, SketchRow) {
        let mut sketch = Distinct::new(Precision::P16);
        numbers.for_each(|number| sketch.insert(number));
        let (kind, name) = ("team".to_owned(), "shop".to_owned());
        let bytes = unpack::zstd(&sketch.to_bytes()).expect("packed");
        let row = TrendRow {
            kind: kind.clone(),
            name: name.clone(),
            active,
            variance: 0.0,
            most: active + 1.0,
            hour_series: active,
            sketch: None,
        };
        (row, SketchRow { kind, name, sketch: bytes })
    }

    #[test]
    fn a_day_is_the_mean_the_most_and_the_union_of_its_hours() {
        let (rows, sketches) = [trend(100.0, 0..100), trend(200.0, 50..250)].into_iter().unzip();
        let (day, left_out) = merge(rows, sketches).expect("a day");
        assert_eq!(left_out, 0);
        assert_eq!((day.len(), day[0].active, day[0].most), (1, 150.0, 201.0));
        assert!((day[0].hour_series - 250.0).abs() < 1.0, "{} different ones, not 300", day[0].hour_series);
    }

    #[test]
    fn what_finds_no_room_is_counted_and_its_number_is_kept() {
        let teams = (0..150_u64).map(|team| {
            let (mut row, mut sketch) = trend(team as f64, team * 9_000..team * 9_000 + 9_000);
            (row.name, sketch.name) = (format!("{team:03}"), format!("{team:03}"));
            (row, sketch)
        });
        let (rows, sketches) = teams.unzip();
        let (day, left_out) = merge(rows, sketches).expect("a day");
        let kept: Vec<_> = day.iter().filter(|row| row.sketch.is_some()).collect();
        assert!(left_out > 0 && kept.len() + usize::try_from(left_out).expect("a count") == 150);
        assert!(kept.iter().any(|row| row.name == "149") && day[0].sketch.is_none(), "the largest first");
        assert!(kept.iter().map(|row| row.sketch.as_ref().map_or(0, Vec::len)).sum::<usize>() <= SKETCH_BYTES);
        assert!(day.iter().all(|row| (row.hour_series - 9_000.0).abs() < 200.0));
    }

    #[test]
    fn a_scope_that_an_hour_does_not_have_had_none_then() {
        let mut means = Means::default();
        let report = |scopes| SeriesReport { scopes, ..SeriesReport::default() };
        means.add(report(vec![scope("up", "shop", "j", 10.0), scope("gone", "shop", "j", 4.0)]));
        means.add(report(vec![scope("up", "shop", "j", 20.0)]));
        let mean = means.mean();
        let found: Vec<_> =
            mean.scopes.iter().map(|scope| (scope.metric.as_str(), scope.count.active, scope.count.new)).collect();
        assert_eq!(found, [("gone", 2.0, 6), ("up", 15.0, 12)]);
    }
}
