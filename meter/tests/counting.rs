//! Counting with a clock that is set: windows, ends, hours, bounds, labels, and what was saved.

mod writer;

use std::sync::Arc;

use flagstaff_meter::count::batch::Batch;
use flagstaff_meter::count::rule::{Meaning, Rule};
use flagstaff_meter::count::{Bounds, Count};
use flagstaff_meter::report::{self, Question};
use flagstaff_remote_write::{Limits, Request, Version};
use serde_json::{Value, json};
use writer::{Series, series};

const START: u64 = 1_795_000_000 / 3600 * 3600 + 60;

fn rule() -> Rule {
    Rule::new(Meaning {
        cluster: "here".into(),
        team_label: "namespace".into(),
        platform_jobs: vec!["kube-state-metrics".into()],
        replica_labels: vec!["__replica__".into()],
    })
}

fn bounds() -> Bounds {
    Bounds { window_seconds: 300, max_series: 100_000, max_scopes: 1000, sketch_bytes: 16 << 20, labelled_metrics: 10 }
}

fn count_with(bounds: Bounds) -> Count {
    Count::new(Arc::new(rule()), bounds, START)
}

fn send(count: &mut Count, version: Version, all: &[Series], now: u64) {
    let bytes = writer::write(version, all);
    let limits = Limits::default();
    let request = Request::read(version, &bytes, &limits).expect("a request");
    let mut batch = Batch::default();
    batch.fill(&request, &count.rule.clone(), None).expect("it can be read");
    count.apply(&batch, &request, now);
}

fn summary(count: &mut Count, now: u64) -> Value {
    serde_json::to_value(report::summary(count, "tap", report::Missed::default(), now)).expect("JSON")
}

fn top(count: &mut Count, question: Value, now: u64) -> Value {
    let question: Question = serde_json::from_value(question).expect("a question");
    serde_json::to_value(report::top(count, &question, now).expect("an answer")).expect("JSON")
}

/// A metric that somebody asks about shortly before a full minute has its labels looked at all the same.
#[test]
fn labels_are_looked_at_whenever_somebody_asks() {
    for offset in 0..8 {
        let mut count = count_with(bounds());
        let all = many("calls_total", "app", "shop", 0..40);
        let mut now = START + offset * 15 / 2;
        let asked = now + 31;
        for _ in 0..90 {
            send(&mut count, Version::One, &all, now);
            if now >= asked {
                report::metric(&mut count, "calls_total", now).expect("it is known");
            }
            now += 1;
        }
        let told = serde_json::to_value(report::metric(&mut count, "calls_total", now).expect("known")).expect("JSON");
        assert_eq!(told["labels"][0]["series"]["value"], 40, "asked {offset}: {told}");
    }
}

fn spans(row: &Value) -> [u64; 3] {
    ["series", "last_hour", "last_day"].map(|span| row[span]["value"].as_u64().expect("a number"))
}

/// Series `from..to` of a metric, of one job and team.
fn many(metric: &str, job: &str, team: &str, numbers: std::ops::Range<u32>) -> Vec<Series> {
    numbers.map(|n| series(&[("__name__", metric), ("job", job), ("namespace", team), ("n", &n.to_string())])).collect()
}

#[test]
fn a_series_is_active_for_the_window_and_known_for_a_day() {
    let mut count = count_with(bounds());
    send(&mut count, Version::One, &many("a", "j", "t", 0..10), START);
    send(&mut count, Version::One, &many("b", "j", "u", 0..5), START);
    assert_eq!(spans(&summary(&mut count, START)), [15, 15, 15]);
    send(&mut count, Version::One, &many("a", "j", "t", 0..10), START + 200);
    assert_eq!(spans(&summary(&mut count, START + 299)), [15, 15, 15]);
    assert_eq!(spans(&summary(&mut count, START + 315)), [10, 15, 15], "b is older than five minutes");
    assert_eq!(spans(&summary(&mut count, START + 3500)), [0, 15, 15]);
    let mut later = START + 3500;
    for hours in 1..=25 {
        later = START + hours * 3600 + 100;
        let expected = if hours < 24 { 15 } else { if later > START + 200 + 24 * 3600 { 0 } else { 10 } };
        if hours < 24 {
            assert_eq!(
                spans(&summary(&mut count, later)),
                [0, if later <= START + 200 + 3600 { 10 } else { 0 }, expected]
            );
        } else {
            summary(&mut count, later);
        }
    }
    assert_eq!(spans(&summary(&mut count, later)), [0, 0, 0]);
    assert!(count.known().is_empty());
}

#[test]
fn both_versions_and_every_replica_are_the_same_series() {
    let mut count = count_with(bounds());
    let mut all = many("a", "j", "t", 0..50);
    send(&mut count, Version::One, &all, START);
    for one in &mut all {
        one.labels.push(("__replica__".into(), "second".into()));
        one.labels.push(("empty".into(), String::new()));
        one.labels.reverse();
    }
    send(&mut count, Version::Two, &all, START + 1);
    let told = summary(&mut count, START + 1);
    assert_eq!((spans(&told), &told["samples_total"]), ([50, 50, 50], &json!(100)));
    // Whoever writes the cluster's name into the series means the same as who leaves it to the meter.
    for one in &mut all {
        one.labels.push(("cluster".into(), "here".into()));
    }
    send(&mut count, Version::Two, &all, START + 1);
    assert_eq!(spans(&summary(&mut count, START + 1)), [50, 50, 50]);
    all.iter_mut().for_each(|one| one.labels.last_mut().expect("a label").1 = "there".into());
    send(&mut count, Version::Two, &all, START + 1);
    assert_eq!(spans(&summary(&mut count, START + 1)), [100, 100, 100]);
}

#[test]
fn a_stale_marker_ends_a_series_at_once() {
    for version in [Version::One, Version::Two] {
        let mut count = count_with(bounds());
        let mut all = many("a", "j", "t", 0..8);
        send(&mut count, version, &all, START);
        all.truncate(3);
        all.iter_mut().for_each(Series::ends);
        send(&mut count, version, &all, START + 15);
        assert_eq!(spans(&summary(&mut count, START + 15)), [5, 8, 8]);
        // One that never lived is nothing.
        let mut unknown = many("never", "j", "t", 0..4);
        unknown.iter_mut().for_each(Series::ends);
        send(&mut count, version, &unknown, START + 15);
        assert_eq!(spans(&summary(&mut count, START + 15)), [5, 8, 8]);
        send(&mut count, version, &many("a", "j", "t", 0..8), START + 30);
        assert_eq!(spans(&summary(&mut count, START + 30)), [8, 8, 8], "back again");
    }
}

#[test]
fn teams_are_those_of_the_target_and_the_platforms_jobs_are_the_platforms() {
    let mut count = count_with(bounds());
    send(&mut count, Version::Two, &many("kube_pod_info", "kube-state-metrics", "shop", 0..7), START);
    send(&mut count, Version::Two, &many("calls", "cart", "shop", 0..4), START);
    send(&mut count, Version::Two, &many("calls", "stock", "back", 0..2), START);
    send(&mut count, Version::Two, &[series(&[("__name__", "calls"), ("job", "lone")])], START);
    let teams = top(&mut count, json!({"by": "team"}), START);
    let rows: Vec<_> =
        teams["items"].as_array().expect("rows").iter().map(|row| (row["name"].as_str(), spans(row)[0])).collect();
    assert_eq!(rows, [(Some("platform"), 7), (Some("shop"), 4), (Some("back"), 2), (Some(""), 1)]);
    let jobs = top(&mut count, json!({"by": "job", "metric": "calls", "limit": 2}), START);
    assert_eq!(
        (jobs["items"].as_array().map(Vec::len), spans(&jobs["other"]), spans(&jobs["total"])),
        (Some(2), [1, 1, 1], [7, 7, 7])
    );
    let of_shop = top(&mut count, json!({"by": "metric", "team": "shop"}), START);
    assert_eq!((of_shop["items"].as_array().map(Vec::len), spans(&of_shop["total"])), (Some(1), [4, 4, 4]));
    assert_eq!(summary(&mut count, START)["teams"], 3);
}

#[test]
fn rates_and_churn_are_of_the_last_minute_and_hour() {
    let mut count = count_with(bounds());
    for step in 0..8 {
        send(&mut count, Version::One, &many("a", "j", "t", 0..30), START + step * 15);
    }
    let told = summary(&mut count, START + 8 * 15);
    assert_eq!(told["samples_per_second"], 2.0, "30 samples each 15 s: {told}");
    assert_eq!(told["churn_per_hour"], 30.0);
    for step in 1..=240 {
        count.tick(START + 8 * 15 + step * 15);
    }
    let told = summary(&mut count, START + 8 * 15 + 3600);
    assert_eq!(told["samples_per_second"], 0.0);
    assert!(told["churn_per_hour"].as_f64().is_some_and(|churn| churn < 30.0), "{told}");
}

#[test]
fn past_its_bound_numbers_are_estimates_within_their_error() {
    let mut count = count_with(Bounds { max_series: 5000, ..bounds() });
    for step in 0..10 {
        send(
            &mut count,
            Version::One,
            &many("flood", "j", "t", step * 4000..(step + 1) * 4000),
            START + u64::from(step),
        );
        send(&mut count, Version::One, &many("calm", "j", "t", 0..100), START + u64::from(step));
    }
    let now = START + 10;
    let told = summary(&mut count, now);
    let series = &told["series"];
    let (value, error) =
        (series["value"].as_f64().expect("a number"), series["standard_error"].as_f64().expect("a number"));
    assert_eq!(series["exact"], false);
    assert!(error > 0.0 && error <= 40_100.0 * 0.0042, "{series}");
    assert!((value - 40_100.0).abs() < 4.0 * error, "{series}");
    let metrics = top(&mut count, json!({}), now);
    let flood = &metrics["items"][0];
    assert_eq!((&flood["name"], &flood["series"]["exact"]), (&json!("flood"), &json!(false)));
    assert!((flood["series"]["value"].as_f64().expect("a number") - 40_000.0).abs() < 4.0 * error, "{flood}");
    let calm = &metrics["items"][1];
    assert!((95..=105).contains(&spans(calm)[0]), "some of it found no room: {calm}");
    assert!(count.known().len() <= 5000);
    // When the flood is over the window is exact again, and the last hour is not.
    for step in 1..=24 {
        send(&mut count, Version::One, &many("calm", "j", "t", 0..100), now + step * 15);
    }
    let told = summary(&mut count, now + 24 * 15);
    assert_eq!(
        (spans(&told)[0], &told["series"]["exact"], &told["last_hour"]["exact"]),
        (100, &json!(true), &json!(false))
    );
}

#[test]
fn past_their_bound_scopes_are_the_rest() {
    let mut count = count_with(Bounds { max_scopes: 20, ..bounds() });
    for number in 0..50 {
        send(&mut count, Version::Two, &many(&format!("metric_{number:02}"), "j", "t", 0..2), START);
    }
    let metrics = top(&mut count, json!({}), START);
    assert_eq!(metrics["items"].as_array().map(Vec::len), Some(20));
    assert_eq!((spans(&metrics["other"]), spans(&metrics["total"])), ([60, 60, 60], [100, 100, 100]));
    // A day later those that were never seen again have made room.
    let mut now = START;
    while now < START + 27 * 3600 {
        now += 1800;
        count.tick(now);
    }
    send(&mut count, Version::Two, &many("late", "j", "t", 0..2), now);
    let metrics = top(&mut count, json!({}), now);
    assert_eq!((metrics["items"][0]["name"].as_str(), &metrics["other"]), (Some("late"), &Value::Null));
}

#[test]
fn a_label_costs_what_is_left_out_without_it() {
    let mut count = count_with(bounds());
    let pods = |from: u32| -> Vec<Series> {
        (from..from + 300)
            .flat_map(|pod| {
                ["GET", "PUT"].map(|method| {
                    series(&[
                        ("__name__", "calls"),
                        ("job", "j"),
                        ("namespace", "t"),
                        ("pod", &format!("p{pod}")),
                        ("method", method),
                    ])
                })
            })
            .collect()
    };
    send(&mut count, Version::Two, &pods(0), START);
    count.tick(START + 60);
    for step in 5..8 {
        send(&mut count, Version::Two, &pods(0), START + step * 15);
    }
    let told = serde_json::to_value(report::metric(&mut count, "calls", START + 120).expect("a metric")).expect("JSON");
    let label = |name: &str| {
        told["labels"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["name"] == name).cloned())
            .unwrap_or_default()
    };
    let pod = label("pod");
    assert_eq!(
        (&pod["series"]["value"], &pod["series_without"]["value"], &pod["saves"]["value"]),
        (&json!(600), &json!(2), &json!(598)),
        "{told}"
    );
    assert!((295..=305).contains(&pod["values"]["value"].as_u64().expect("a number")), "{pod}");
    assert_eq!(
        (label("method")["few"][0]["series"]["value"].as_u64(), told["labels"][0]["name"].as_str()),
        (Some(300), Some("pod"))
    );
    let labels = top(&mut count, json!({"by": "label"}), START + 120);
    assert_eq!(labels["items"][0]["name"], "pod");
    let values = top(&mut count, json!({"by": "label_value", "metric": "calls", "label": "method"}), START + 120);
    assert_eq!(
        values["items"][1],
        json!({"name": "PUT", "series": {"value": 300, "exact": true, "standard_error": 0.0}})
    );
    for question in [
        json!({"by": "label_value"}),
        json!({"by": "label_value", "metric": "calls", "label": "pod"}),
        json!({"by": "label_value", "metric": "x", "label": "pod"}),
    ] {
        let question: Question = serde_json::from_value(question).expect("a question");
        assert!(report::top(&mut count, &question, START + 120).is_err());
    }
    assert!(report::metric(&mut count, "nothing", START).is_err());
}
