//! Clock hours with a clock that is set: what they count, when they close, what outlives a restart, and how large a report may be.

mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flagstaff_meter::count::batch::Batch;
use flagstaff_meter::count::rule::{Meaning, Rule};
use flagstaff_meter::count::{Bounds, Count, sketch};
use flagstaff_model::wire::{SERIES_REPORT_BYTES, SeriesReport};
use flagstaff_remote_write::{Limits, Request, Version};
use flagstaff_sketch::Distinct;
use proptest::prelude::*;
use writer::{Series, series};

const HOUR: u64 = 3600;
const START: u64 = 1_795_000_000 / HOUR * HOUR;

fn bounds() -> Bounds {
    Bounds { window_seconds: 300, max_series: 200_000, max_scopes: 2000, sketch_bytes: 16 << 20, labelled_metrics: 10 }
}

fn count_at(bounds: Bounds, now: u64) -> Count {
    let rule = Rule::new(Meaning {
        cluster: "here".into(),
        team_label: "namespace".into(),
        platform_jobs: vec![],
        replica_labels: vec![],
    });
    Count::new(Arc::new(rule), bounds, now)
}

fn send(count: &mut Count, all: &[Series], now: u64) {
    let bytes = writer::write(Version::Two, all);
    let limits = Limits::default();
    let request = Request::read(Version::Two, &bytes, &limits).expect("a request");
    let mut batch = Batch::default();
    batch.fill(&request, &count.rule.clone(), None).expect("it can be read");
    count.apply(&batch, &request, now);
}

fn one(metric: &str, team: &str, n: u32) -> Series {
    series(&[("__name__", metric), ("job", "j"), ("namespace", team), ("n", &n.to_string())])
}

fn many(metric: &str, team: &str, numbers: std::ops::Range<u32>) -> Vec<Series> {
    numbers.map(|n| one(metric, team, n)).collect()
}

/// Steps of the clock as the process takes them.
fn pass(count: &mut Count, from: u64, to: u64) {
    (from..=to).step_by(15).for_each(|now| count.tick(now));
}

fn closed(count: &mut Count) -> SeriesReport {
    let mut finished = count.take_finished();
    assert_eq!(finished.len(), 1, "one hour ended");
    finished.remove(0)
}

fn sketch_of(report: &SeriesReport, of: &str, name: &str) -> Distinct {
    let found =
        report.sketches.iter().find(|one| (one.of.as_str(), one.name.as_str()) == (of, name)).expect("a sketch");
    Distinct::from_bytes(&STANDARD.decode(&found.sketch).expect("base64")).expect("a sketch")
}

/// A number and its variance are of the set that there was.
fn holds(value: f64, variance: f64, truth: usize, what: &str) {
    let allowed = 4.0 * variance.sqrt() + 1e-9;
    assert!((value - truth as f64).abs() <= allowed, "{what}: {value} ± {allowed}, there were {truth}");
}

#[test]
fn an_hour_holds_what_was_seen_within_it_and_nothing_else() {
    let mut count = count_at(bounds(), START + 60);
    send(&mut count, &many("before", "t", 0..40), START + 3590);
    let first = {
        count.tick(START + HOUR);
        closed(&mut count)
    };
    assert_eq!((first.total.hour, first.total.active, first.closed, first.revision), (40.0, 40.0, true, 241));
    send(&mut count, &many("calls", "shop", 0..100), START + HOUR);
    let mut ended = many("calls", "shop", 0..30);
    ended.iter_mut().for_each(Series::ends);
    send(&mut count, &ended, START + HOUR + 15);
    send(&mut count, &many("calls", "back", 0..7), START + HOUR + 30);

    let open = count.look_at_hour(START + HOUR + 30);
    assert_eq!((open.total.hour, open.total.active, open.closed, open.sketches.len()), (107.0, 117.0, false, 0));
    assert_eq!((open.instance == first.instance, open.revision, open.total.new), (true, 3, 107));
    let again = count.look_at_hour(START + HOUR + 45);
    assert_eq!((again.revision, again.counted_seconds), (4, 45));

    pass(&mut count, START + HOUR + 45, START + 2 * HOUR);
    let report = closed(&mut count);
    assert_eq!((report.total.hour, report.total.active, report.total.new), (107.0, 0.0, 107));
    assert_eq!((report.counted_seconds, report.at.as_second() as u64), (HOUR, START + 2 * HOUR));
    let rows: Vec<_> =
        report.scopes.iter().map(|one| (one.metric.as_str(), one.team.as_str(), one.count.hour)).collect();
    assert_eq!(rows, [("calls", "shop", 100.0), ("calls", "back", 7.0)]);
    for (of, name, truth) in
        [("cluster", "", 107.0), ("team", "shop", 100.0), ("team", "back", 7.0), ("metric", "calls", 107.0)]
    {
        assert!((sketch_of(&report, of, name).estimate() - truth).abs() < 0.5, "{of} {name}");
    }
    assert_eq!((report.sketches.len(), report.sketches_left_out), (4, 0));
    // The same series in both hours: a union counts them once.
    send(&mut count, &many("calls", "shop", 50..150), START + 2 * HOUR + 15);
    count.tick(START + 2 * HOUR + 30);
    pass(&mut count, START + 2 * HOUR + 30, START + 3 * HOUR);
    let next = closed(&mut count);
    let both = [&report, &next].map(|report| sketch_of(report, "team", "shop"));
    assert!((Distinct::union(flagstaff_sketch::Precision::P16, &both).estimate() - 150.0).abs() < 0.5);
}

#[test]
fn what_made_room_or_found_none_is_in_the_hour_within_its_error() {
    let mut count = count_at(Bounds { max_series: 5000, ..bounds() }, START);
    for step in 0..20_u32 {
        let now = START + u64::from(step) * 30;
        let mut flood = many("flood", "t", step * 3000..(step + 1) * 3000);
        send(&mut count, &flood, now);
        flood.iter_mut().for_each(Series::ends);
        send(&mut count, &flood, now + 15);
        send(&mut count, &many("calm", "u", 0..200), now + 15);
    }
    pass(&mut count, START + 600, START + HOUR);
    let report = closed(&mut count);
    holds(report.total.hour, report.total.hour_variance, 60_200, "everything");
    let error = report.total.hour_variance.sqrt();
    assert!(error > 0.0 && error <= 60_200.0 * 0.0042, "{error}");
    let flood = report.scopes.iter().find(|one| one.metric == "flood").expect("flood").count;
    holds(flood.hour, flood.hour_variance, 60_000, "flood");
    for (of, name, truth, error) in
        [("cluster", "", 60_200.0, 0.0041), ("team", "t", 60_000.0, 0.0041), ("metric", "flood", 60_000.0, 0.0082)]
    {
        let estimate = sketch_of(&report, of, name).estimate();
        assert!((estimate - truth).abs() <= 4.0 * error * truth, "{of} {name}: {estimate}");
    }
    // Nothing of it is in the next hour.
    send(&mut count, &many("calm", "u", 0..200), START + HOUR + 15);
    pass(&mut count, START + HOUR + 15, START + 2 * HOUR);
    assert_eq!(closed(&mut count).total.hour, 200.0);
}

#[test]
fn a_pause_closes_the_hour_as_it_was_and_those_between_are_not_invented() {
    let mut count = count_at(bounds(), START + 1800);
    pass(&mut count, START + 1800, START + 1890);
    send(&mut count, &many("a", "t", 0..10), START + 1890);
    // Two and a half hours later the process goes on, and the first it hears is a request.
    send(&mut count, &many("a", "t", 5..25), START + 3 * HOUR + 600);
    let report = closed(&mut count);
    assert_eq!((report.hour.as_second() as u64, report.counted_seconds), (START, 90));
    assert_eq!((report.total.active, report.total.hour, report.at.as_second() as u64), (10.0, 10.0, START + 1905));
    let open = count.look_at_hour(START + 3 * HOUR + 600);
    assert_eq!(
        (open.hour.as_second() as u64, open.total.hour, open.instance == report.instance),
        (START + 3 * HOUR, 20.0, true)
    );
    // After more than eight hours nothing is remembered: the instance is another.
    count.tick(START + 20 * HOUR);
    let report = closed(&mut count);
    assert_eq!((report.total.hour, &report.instance), (20.0, &open.instance));
    let fresh = count.look_at_hour(START + 20 * HOUR);
    assert!(fresh.instance != open.instance && fresh.total.hour == 0.0);
    // A clock that was set back by minutes closes no hour twice, and goes on in the one that it had begun.
    count.tick(START + 20 * HOUR - 120);
    pass(&mut count, START + 20 * HOUR, START + 21 * HOUR - 15);
    assert!(count.take_finished().is_empty());
    count.tick(START + 21 * HOUR);
    assert_eq!(closed(&mut count).hour.as_second() as u64, START + 20 * HOUR);
}

#[test]
fn a_report_has_its_bounds_and_says_what_found_no_room() {
    let mut count = count_at(Bounds { max_scopes: 10_000, max_series: 1_000_000, ..bounds() }, START);
    // Two dozen teams that each need all registers, and a thousand small ones.
    for team in 0..24_u32 {
        send(&mut count, &many("large", &format!("team-{team:02}"), team * 6500..(team + 1) * 6500), START + 15);
    }
    for team in 0..1000_u32 {
        send(&mut count, &many(&format!("small_{team}"), &format!("small-{team:04}"), 0..3), START + 30);
    }
    pass(&mut count, START + 30, START + HOUR);
    let report = closed(&mut count);
    let bytes: usize = report.sketches.iter().map(|one| one.sketch.len() + one.name.len()).sum();
    assert!(bytes <= sketch::BYTES && bytes > sketch::BYTES * 9 / 10, "{bytes}");
    let of = |kind: &str| report.sketches.iter().filter(|one| one.of == kind).count();
    assert_eq!(report.sketches[0].of, "cluster");
    assert!((18..=21).contains(&report.sketches.iter().filter(|one| one.name.starts_with("team-")).count()));
    assert_eq!(of("cluster") + of("team") + of("metric") + report.sketches_left_out as usize, 1 + 1024 + 200);
    assert!(serde_json::to_vec(&report).expect("JSON").len() < SERIES_REPORT_BYTES / 4);

    // Names as long as they may be: the smallest scopes are put together, and no series is lost.
    let mut count = count_at(Bounds { max_scopes: 30_000, ..bounds() }, START);
    let long = "x".repeat(240);
    for from in (0..16_000_u32).step_by(4000) {
        let all: Vec<_> = (from..from + 4000).map(|n| one(&format!("{long}{n}"), &format!("{long}{n}"), n)).collect();
        send(&mut count, &all, START + 15);
    }
    pass(&mut count, START + 15, START + HOUR);
    let report = closed(&mut count);
    assert!(serde_json::to_vec(&report).expect("JSON").len() < SERIES_REPORT_BYTES);
    let last = report.scopes.last().expect("scopes");
    assert_eq!(
        (last.metric.as_str(), report.scopes.iter().map(|one| one.count.hour).sum::<f64>()),
        ("other", 16_000.0)
    );
}

/// What one step does: how long the clock stands before it, which series come, and which of them end at once.
#[derive(Debug, Clone)]
struct Step {
    wait: u64,
    from: u32,
    many: u32,
    team: u8,
    ends: bool,
    ticked: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait = prop_oneof![6 => 0..400_u64, 1 => 3000..9000_u64];
    let step = (wait, 0..400_u32, 1..120_u32, 0..4_u8, any::<bool>(), any::<bool>());
    let step = step.prop_map(|(wait, from, many, team, ends, ticked)| Step { wait, from, many, team, ends, ticked });
    proptest::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn hours_are_the_sets_that_there_were(steps in steps(), small in any::<bool>()) {
        let max_series = if small { 150 } else { 200_000 };
        let mut count = count_at(Bounds { max_series, ..bounds() }, START);
        let mut truth: BTreeMap<u64, BTreeMap<String, BTreeSet<u32>>> = BTreeMap::new();
        let mut now = START;
        let mut reports = vec![];
        for step in &steps {
            if step.ticked {
                pass(&mut count, now, now + step.wait);
            }
            now += step.wait;
            let team = format!("t{}", step.team);
            let mut all = many("m", &team, step.from..step.from + step.many);
            send(&mut count, &all, now);
            truth.entry(now / HOUR).or_default().entry(team).or_default().extend(step.from..step.from + step.many);
            if step.ends {
                all.iter_mut().for_each(Series::ends);
                send(&mut count, &all, now);
            }
            reports.extend(count.take_finished());
        }
        pass(&mut count, now, now + HOUR);
        reports.extend(count.take_finished());
        for report in &reports {
            let hour = report.hour.as_second() as u64 / HOUR;
            let teams = truth.remove(&hour).unwrap_or_default();
            let all: usize = teams.values().map(BTreeSet::len).sum();
            holds(report.total.hour, report.total.hour_variance, all, "total");
            prop_assert!(!small || all <= 150 || report.total.hour_variance > 0.0);
            prop_assert!(small || report.total.hour_variance == 0.0);
            for scope in report.scopes.iter().filter(|scope| scope.metric == "m") {
                let of = teams.get(&scope.team).map_or(0, BTreeSet::len);
                holds(scope.count.hour, scope.count.hour_variance, of, &scope.team);
            }
            let sum: f64 = report.scopes.iter().map(|one| one.count.hour).sum();
            let sum_variance: f64 = report.scopes.iter().map(|one| one.count.hour_variance).sum();
            holds(sum, sum_variance, all, "sum over scopes");
            if !small {
                prop_assert_eq!(sum, report.total.hour);
                prop_assert_eq!(report.scopes.iter().map(|one| one.count.active).sum::<f64>(), report.total.active);
            }
            prop_assert!((sketch_of(report, "cluster", "").estimate() - all as f64).abs() < 0.5 + all as f64 * 0.001);
        }
        prop_assert!(truth.is_empty(), "each hour has a report: {:?}", truth.keys());
    }
}
