//! Series over time: unions that count none twice, days and weeks made of hours, what is forgotten, and what all of it takes.
//! The hub is one of its own, so that its tables can be measured; its clock is handed in where days have to pass.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use flagstaff_hub::app::series::rollup::{self, Rolled};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Cluster, Counted, Person, hour, written};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::joined;

const DAY: i64 = 24;
/// Clusters of the fleet that the size is reckoned for, and bytes that a year of it may take.
const CLUSTERS: f64 = 24.0;
const YEAR_BYTES: f64 = 20e9;

async fn pool(hub: &Hub) -> Result<PgPool> {
    let options =
        PgConnectOptions::new().socket(hub.data_dir().join("postgres")).username("flagstaff").database("postgres");
    Ok(PgPoolOptions::new().max_connections(2).connect_with(options).await?)
}

/// What the leader does, as if it were so many hours later.
async fn roll(hub: &Hub, pool: &PgPool, hours_later: i64) -> Result<Rolled> {
    let term: i64 = hub.sql("SELECT term FROM worker_term WHERE worker = 'cluster_state'")?.parse()?;
    let now = Timestamp::now() + SignedDuration::from_hours(hours_later);
    rollup::round(pool, "cluster_state", term, now).await?.context("another one leads")
}

fn count(hub: &Hub, table: &str, grain: &str, cluster: &str) -> Result<u64> {
    Ok(hub
        .sql(&format!("SELECT count(*) FROM {table} WHERE grain = '{grain}' AND cluster_id = '{cluster}'"))?
        .parse()?)
}

/// The start of the day that was so many days ago, as hours ago.
fn day(ago: i64) -> i64 {
    hour(0) / 3600 % DAY + ago * DAY
}

#[tokio::test]
async fn series_over_time_are_kept_in_bounds_and_counted_once() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let admin = hub.admin().await?;
    let pool = pool(&hub).await?;
    counted_once(&hub, &admin, &pool).await?;
    takes_little(&hub, &admin, &pool).await
}

/// Two clusters whose series come and go over three hours of a day.
async fn counted_once(hub: &Hub, admin: &Person<'_>, pool: &PgPool) -> Result<()> {
    let (a, a_id) = joined(hub, admin, "kept-a", "kept").await?;
    let (b, b_id) = joined(hub, admin, "kept-b", "kept").await?;
    let start = day(2);
    // In a, 10,000 series, of which each hour half are new: 20,000 different ones. In b always the same 5,000.
    for index in 0..3_u64 {
        let at = hour(start - index.cast_signed());
        let numbers = index * 5_000..index * 5_000 + 10_000;
        let counted = Counted::in_hour(at).closed().scope("http", "shop", "web", 10_000.0 + 100.0 * index as f64);
        let counted = counted.sketch("cluster", "", numbers.clone()).sketch("team", "shop", numbers);
        ensure!(a.is_kept(hub, &counted).await?);
        let counted =
            Counted::in_hour(at).closed().scope("http", "shop", "web", 5_000.0).sketch("cluster", "", 0..5_000);
        ensure!(b.is_kept(hub, &counted).await?);
    }
    let whole = (hour(start), hour(start - DAY));
    let distinct = async |query: &str, (from, until): (i64, i64)| {
        let path = format!("/api/v1/series/distinct?from={}&until={}&{query}", written(from), written(until));
        admin.get(&path).await?.good()
    };
    let near = |found: &serde_json::Value, want: f64| {
        let value = found["series"]["value"].as_f64().unwrap_or_default();
        ensure!((value - want).abs() <= want * 0.02, "{want} expected: {found}");
        let error = found["series"]["standard_error"].as_f64().unwrap_or_default();
        ensure!(found["series"]["exact"] == false && error > 0.0 && error < want * 0.0042, "{found}");
        anyhow::Ok(())
    };
    let check = async || {
        let found = distinct("region=kept", whole).await?;
        near(&found, 25_000.0)?;
        assert_eq!((&found["clusters"], &found["clusters_of"], &found["left_out"]), (&json!(2), &json!(2), &json!(0)));
        near(&distinct(&format!("cluster={a_id}"), whole).await?, 20_000.0)?;
        // Of team shop only a has sketches; that b's are missing is said, hour by hour or for the day.
        let team = distinct("region=kept&team=shop", whole).await?;
        near(&team, 20_000.0)?;
        ensure!(team["clusters"] == 1 && team["left_out"].as_u64().is_some_and(|left| left >= 1), "{team}");
        assert_eq!(distinct("region=kept&team=nobody", whole).await?["series"], serde_json::Value::Null);
        anyhow::Ok(())
    };
    check().await?;
    near(&distinct(&format!("cluster={a_id}"), (hour(start), hour(start - 2))).await?, 15_000.0)?;

    // The leader makes a day of it; whether the hub's own does or this one makes no difference.
    roll(hub, pool, 0).await?;
    assert_eq!((count(hub, "series_report", "day", &a_id)?, count(hub, "series_report", "hour", &a_id)?), (1, 3));
    check().await?;
    let made = hub.sql(&format!(
        "SELECT active, most, round(hour_series) FROM series_trend WHERE grain = 'day' AND kind = 'team' AND cluster_id = '{a_id}'"
    ))?;
    ensure!(made.starts_with("10100|10200|"), "mean and most of its hours: {made}");
    let trend = admin.get("/api/v1/series/trend?hours=1000&region=kept").await?.good()?;
    let points = trend["points"].as_array().context("points")?;
    let known: Vec<_> = points.iter().filter(|point| point["clusters"] != 0).collect();
    ensure!(trend["step_seconds"] == 86_400 && points.len() >= 42 && known.len() == 1, "{trend}");
    assert_eq!(
        (&known[0]["series"], &known[0]["most"], &known[0]["at"]),
        (&json!(15_100), &json!(15_200), &json!(written(whole.0)))
    );

    // An hour of that day that comes late makes the day anew.
    let late = Counted::in_hour(hour(start - 5)).closed().scope("http", "shop", "web", 20_500.0).sketch(
        "cluster",
        "",
        90_000..91_000,
    );
    ensure!(a.is_kept(hub, &late).await?);
    roll(hub, pool, 0).await?;
    near(&distinct(&format!("cluster={a_id}"), whole).await?, 21_000.0)?;
    assert_eq!(roll(hub, pool, 0).await?.made, 0, "nothing new, and a day was made again");

    // Two weeks later hours are gone, and the day stands for them; a hundred days later only weeks are left, and those stay.
    roll(hub, pool, 24 * 16).await?;
    assert_eq!(count(hub, "series_report", "hour", &a_id)? + count(hub, "series_trend", "hour", &a_id)?, 0);
    near(&distinct(&format!("cluster={a_id}"), whole).await?, 21_000.0)?;
    let some = distinct(&format!("cluster={a_id}"), (hour(start - 1), hour(start - 2))).await?;
    assert_eq!(
        (&some["from"], &some["until"]),
        (&json!(written(whole.0)), &json!(written(whole.1))),
        "the day stands for it"
    );
    roll(hub, pool, 24 * 100).await?;
    assert_eq!((count(hub, "series_report", "day", &b_id)?, count(hub, "series_report", "week", &b_id)?), (0, 1));
    near(&distinct(&format!("cluster={b_id}"), whole).await?, 5_000.0)?;
    roll(hub, pool, 24 * 5000).await?;
    assert_eq!(count(hub, "series_trend", "week", &b_id)?, 3, "cluster, team and metric");
    let trend = admin.get(&format!("/api/v1/series/trend?hours=8760&cluster={a_id}")).await?.good()?;
    let known = trend["points"].as_array().into_iter().flatten().filter(|point| point["clusters"] != 0).count();
    assert_eq!((&trend["step_seconds"], known), (&json!(604_800), 1));
    Ok(())
}

/// A report of 200,000 series in 5,000 scopes of 70 teams and 400 metrics, a few of which hold most, as it is in clusters.
fn realistic(at: i64, revision: u64, closed: bool) -> Counted {
    let mut counted = Counted::in_hour(at).revision(revision);
    let (mut scopes, mut left) = (vec![], 200_000.0_f64);
    for index in 0..5_000_u64 {
        // Every number differs from hour to hour, as counted ones do: what is alike packs too well.
        let spin = (index.wrapping_mul(2_654_435_761) ^ (at.unsigned_abs() / 3600).wrapping_mul(40_503)) % 1000;
        let series = (left / 160.0 * (0.6 + spin as f64 / 1250.0)).round().max(1.0);
        left -= series.min(left);
        scopes.push((index, series));
    }
    for (index, series) in scopes {
        counted = counted.scope(
            &metric(index % 400),
            &format!("namespace-{:02}", index / 7 % 70),
            ["cadvisor", "kube-state-metrics", "pods"][index as usize % 3],
            series,
        );
    }
    for index in 0..50 {
        let metric = metric(index);
        for label in ["pod", "container", "le", "code", "path", "instance"] {
            let few: Vec<(String, u64)> = (0..12)
                .map(|value| (format!("{label}-value-{value}"), 100 + value * at.unsigned_abs() % 977))
                .collect();
            let few: Vec<(&str, u64)> = few.iter().map(|(value, series)| (value.as_str(), *series)).collect();
            counted = counted.label(&metric, label, 4_000, 800, if label == "pod" { &[] } else { &few });
        }
    }
    if !closed {
        return counted;
    }
    // Of the cluster, of teams by size, then of metrics, as a meter does: 900 KiB of them, the rest is left out. Each hour has others: so
    // a day has as many as can be.
    let shift = at.unsigned_abs() / 3600 * 200_000;
    counted = counted.closed().sketch("cluster", "", shift..shift + 200_000);
    for team in 0..70 {
        let most = if team == 0 { 40_000 } else { 2_400 };
        counted = counted.sketch("team", &format!("namespace-{team:02}"), shift + team..shift + team + most);
    }
    for index in 0..200 {
        let most = if index == 0 { 40_000 } else { 1_000 };
        counted = counted.sketch("metric", &metric(index), shift + index..shift + index + most);
    }
    counted.within(900 << 10)
}

fn metric(index: u64) -> String {
    let word = ["request", "queue", "cache", "pool"][index as usize % 4];
    format!("container_subsystem_{index:03}_{word}_seconds_bucket")
}

fn bytes(hub: &Hub) -> Result<f64> {
    Ok(hub.sql("SELECT pg_total_relation_size('series_report') + pg_total_relation_size('series_trend')")?.parse()?)
}

/// How much of a cluster's rows is hours; the rest is days.
fn hours_share(hub: &Hub, cluster: &str) -> Result<f64> {
    let weight = |table: &str, column: &str| {
        format!(
            "SELECT grain, 150 + coalesce(pg_column_size({column}), 0) AS bytes FROM {table} WHERE cluster_id = '{cluster}'"
        )
    };
    let rows = format!("{} UNION ALL {}", weight("series_report", "body"), weight("series_trend", "sketch"));
    Ok(hub
        .sql(&format!("SELECT sum(bytes) FILTER (WHERE grain = 'hour')::float8 / sum(bytes) FROM ({rows}) rows"))?
        .parse()?)
}

/// What hours and days of a cluster take, and what a year of the fleet does by that.
async fn takes_little(hub: &Hub, admin: &Person<'_>, pool: &PgPool) -> Result<()> {
    const HOURS: i64 = 6;
    let (cluster, id): (Cluster, String) = joined(hub, admin, "kept-large", "kept-large").await?;
    let before = bytes(hub)?;
    let begun = Instant::now();
    for ago in 0..HOURS {
        let at = hour(day(3) - ago);
        // Looked at while it was open, and after: what was replaced is room that is used again.
        ensure!(cluster.is_kept(hub, &realistic(at, 1, false)).await?);
        ensure!(cluster.is_kept(hub, &realistic(at, 2, true)).await?);
    }
    let took = begun.elapsed().as_secs_f64() / HOURS as f64;
    roll(hub, pool, 0).await?;
    assert_eq!(
        (count(hub, "series_report", "day", &id)?, count(hub, "series_report", "hour", &id)?),
        (1, HOURS.unsigned_abs())
    );
    let sketched = |grain: &str| -> Result<u64> {
        let rows = "SELECT count(*) FROM series_trend WHERE sketch IS NOT NULL";
        Ok(hub.sql(&format!("{rows} AND grain = '{grain}' AND cluster_id = '{id}'"))?.parse()?)
    };
    let (hours, days) = (sketched("hour")? / HOURS.unsigned_abs(), sketched("day")?);
    ensure!(hours > 25 && days > 25, "sketches of an hour and of a day: {hours}, {days}");
    // Tables and their indices, as much of them as the rows of a grain are of all that came.
    let all = bytes(hub)? - before;
    let share = hours_share(hub, &id)?;
    let (hour_bytes, day_bytes) = (all * share / HOURS as f64, all * (1.0 - share));
    let year = CLUSTERS * (hour_bytes * 14.0 * 24.0 + day_bytes * (90.0 + 52.0));
    println!(
        "a cluster-hour of 200,000 series in 5,000 scopes takes {:.0} KiB, a day or week {:.0} KiB; a year of 24 clusters {:.1} GB; \
         an hour's two reports were taken in {took:.2} s",
        hour_bytes / 1024.0,
        day_bytes / 1024.0,
        year / 1e9
    );
    ensure!(hour_bytes > 100e3 && day_bytes > 100e3, "nothing was kept: {hour_bytes} and {day_bytes} bytes");
    ensure!(year <= YEAR_BYTES, "a year takes {year} bytes: {hour_bytes} an hour, {day_bytes} a day");
    Ok(())
}
