//! Budgets with a clock that is set: floods, rollouts, histograms, restarts, and when nothing may be refused.

mod writer;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use flagstaff_meter::aggregate::Aggregate;
use flagstaff_meter::count::batch::Batch;
use flagstaff_meter::count::rule::{Meaning, Rule};
use flagstaff_meter::count::{Bounds, Count};
use flagstaff_meter::enforce::order::Orders;
use flagstaff_meter::enforce::{Enforce, LEARNING_SECONDS, Saved};
use flagstaff_meter::settings::Mode;
use flagstaff_model::wire::{BudgetActing, BudgetReport};
use flagstaff_remote_write::{Limits, Request, Version, without};
use proptest::prelude::*;
use writer::{Series, series};

const START: u64 = 1_795_000_000 / 3600 * 3600 + 60;

/// A meter without its sockets.
struct Meter {
    count: Count,
    enforce: Enforce,
    now: u64,
    version: Version,
}

impl Meter {
    fn new(mode: Mode, saved_at: Option<u64>, max_series: usize) -> Self {
        let rule = Rule::new(Meaning {
            cluster: "here".into(),
            team_label: "namespace".into(),
            platform_jobs: vec!["kube-state-metrics".into()],
            replica_labels: vec![],
        });
        let bounds =
            Bounds { window_seconds: 300, max_series, max_scopes: 1000, sketch_bytes: 16 << 20, labelled_metrics: 10 };
        let count = Count::new(Arc::new(rule), bounds, START);
        Self { count, enforce: Enforce::new(mode, saved_at, START), now: START, version: Version::One }
    }

    fn keeping(budgets: &str) -> Self {
        let mut meter = Self::new(Mode::Inline, Some(START), 100_000);
        meter.set(budgets);
        meter
    }

    fn set(&mut self, budgets: &str) {
        let (orders, kept) = Orders::parse(Path::new("budgets.yaml"), budgets).expect("budgets");
        self.enforce.set(orders, kept, self.now);
    }

    fn pass_time(&mut self, seconds: u64) {
        for _ in 0..seconds / 15 {
            self.now += 15;
            self.count.tick(self.now);
            self.enforce.tick(&self.count, self.now);
        }
    }

    /// Sends series; says which were refused. What is left is counted as the meter does when a destination took it.
    fn send(&mut self, all: &[Series]) -> Vec<Series> {
        let (limits, bytes) = (Limits::default(), writer::write(self.version, all));
        let request = Request::read(self.version, &bytes, &limits).expect("a request");
        let mut batch = Batch::default();
        batch.fill(&request, &self.count.rule.clone(), None).expect("it can be read");
        let sifted = self.enforce.sift(&batch, &request, &self.count, self.now);
        assert_eq!(sifted.written.samples, sifted.places.len() as u64);
        let places: Vec<_> = batch.records.iter().map(|record| record.place).collect();
        let refused =
            all.iter().zip(&places).filter(|(_, place)| sifted.places.contains(place)).map(|(one, _)| one.clone());
        let refused = refused.collect();

        let mut left = vec![];
        without(self.version, &bytes, &sifted.places, &mut left).expect("what is left");
        let request = Request::read(self.version, &left, &limits).expect("a request");
        batch.fill(&request, &self.count.rule.clone(), None).expect("it can be read");
        assert_eq!(batch.records.len(), all.len() - sifted.places.len());
        self.count.apply(&batch, &request, self.now);
        refused
    }

    /// Sends the same again and again, as scrapes do; nothing of it may be refused.
    fn scrape(&mut self, seconds: u64, all: &[Series]) {
        for _ in 0..seconds / 30 {
            let refused = self.send(all);
            assert!(refused.is_empty(), "{} of {} were refused: {:?}", refused.len(), all.len(), refused[0]);
            self.pass_time(30);
        }
    }

    fn report(&mut self) -> BudgetReport {
        self.enforce.report(&self.count, &Aggregate::new(0, 300), self.now).remove(0)
    }
}

/// Series of a metric, one for each pod.
fn pods(metric: &str, team: &str, numbers: std::ops::Range<u32>) -> Vec<Series> {
    let one = |n| {
        let pod = format!("pod-{n}");
        series(&[("__name__", metric), ("job", "app"), ("namespace", team), ("pod", &pod)])
    };
    numbers.map(one).collect()
}

/// Fresh values of a label nobody thought about.
fn flood(metric: &str, team: &str, numbers: std::ops::Range<u32>) -> Vec<Series> {
    let one = |n| {
        let user = format!("user-{n}");
        series(&[("__name__", metric), ("job", "app"), ("namespace", team), ("pod", "pod-0"), ("user", &user)])
    };
    numbers.map(one).collect()
}

fn names(all: &[Series]) -> BTreeSet<&str> {
    all.iter().map(|one| one.labels[0].1.as_str()).collect()
}

#[test]
fn a_flood_is_refused_and_nothing_else() {
    let mut meter =
        Meter::keeping("budgets: [{id: all, name: all, limit: 1000, act: refuse}]\nkeep: {metrics: [used_by_a_rule]}");
    let steady = [pods("http_total", "shop", 0..400), pods("orders", "desk", 0..300)].concat();
    meter.scrape(1200, &steady);

    let mut refused = 0;
    for round in 0..40 {
        let fresh = flood("http_total", "shop", round * 100..round * 100 + 100);
        let gone = meter.send(&fresh);
        assert_eq!(names(&gone).len(), usize::from(!gone.is_empty()));
        refused += gone.len();
        // Everybody else goes on: what there was, targets, what rules use, the platform, and a rollout of another team.
        let mut others = steady.clone();
        others.extend(pods("up", "shop", 0..round * 3));
        others.extend(pods("used_by_a_rule", "shop", 0..round * 3));
        others.extend(pods("orders", "desk", 1000..1000 + round * 7));
        others.push(series(&[
            ("__name__", "kube_pod_info"),
            ("job", "kube-state-metrics"),
            ("pod", &round.to_string()),
        ]));
        meter.scrape(30, &others);
    }
    // 300 found room, and of what was past the limit no more than a rollout of what was there before; what ended made room.
    assert!((1500..4000 - 300).contains(&refused), "{refused} of 4000 were refused");
    let report = meter.report();
    assert!(report.active <= 1000.0 + 4.0 * 400.0 + 300.0, "{report:?}");
    assert_eq!(report.state, BudgetActing::Refusing);
    assert!(report.why.is_empty() && report.refused.len() == 1, "{report:?}");
    let told = &report.refused[0];
    assert_eq!((told.metric.as_str(), told.team.as_str(), told.label.as_str()), ("http_total", "shop", "user"));
    assert!(told.series > 1000.0 && told.samples as f64 >= told.series * 0.95, "{told:?}");
}

#[test]
fn a_new_metric_that_floods_gets_nothing_past_the_limit() {
    let mut meter = Meter::keeping("budgets: [{id: shop, team: shop, limit: 500, act: refuse}]");
    let steady = [pods("http_total", "shop", 0..400), pods("orders", "desk", 0..300)].concat();
    meter.scrape(1200, &steady);
    let mut let_in = 0;
    for round in 0..20 {
        let_in += 50 - meter.send(&flood("fresh_total", "shop", round * 50..round * 50 + 50)).len();
        // Another team is none of this budget's business.
        let other = meter.send(&flood("desk_total", "desk", round * 500..round * 500 + 500));
        assert!(other.is_empty());
        meter.scrape(30, &steady);
        assert!(meter.report().active <= 500.0, "{:?}", meter.report());
    }
    // What ends makes room for others: never more than the limit at once.
    assert!((100..=400).contains(&let_in), "{let_in} were let in");
    assert_eq!(meter.report().state, BudgetActing::Refusing);

    // A person gives it more room.
    meter.set("budgets: [{id: shop, team: shop, limit: 5000, act: refuse}]");
    meter.pass_time(15);
    assert!(meter.send(&flood("fresh_total", "shop", 5000..6000)).is_empty());
}

#[test]
fn two_hundred_pods_rolled_and_doubled_lose_nothing() {
    for ends in [false, true] {
        let metrics = ["http_total", "memory_bytes", "cpu_seconds", "queue_length", "errors_total"];
        let of = |range: std::ops::Range<u32>| -> Vec<Series> {
            metrics.iter().flat_map(|metric| pods(metric, "shop", range.clone())).collect()
        };
        let mut meter = Meter::keeping("budgets: [{id: shop, limit: 1010, act: refuse}]");
        meter.scrape(1800, &of(0..200));
        assert_eq!(meter.report().active, 1000.0);
        // A rollout, ten pods at a time.
        for step in 1..=20 {
            meter.scrape(30, &of(step * 10..200 + step * 10));
            if ends {
                let mut gone = of((step - 1) * 10..step * 10);
                gone.iter_mut().for_each(Series::ends);
                assert!(meter.send(&gone).is_empty());
            }
        }
        // Twice as many of them.
        meter.scrape(600, &of(200..600));
        let report = meter.report();
        assert_eq!((report.state, report.refused_samples), (BudgetActing::LettingThrough, 0));
        assert!(report.let_through >= 1000, "{} were let through", report.let_through);
        // What is no rollout any more is refused.
        let refused = meter.send(&of(1000..4000)).len();
        assert!(refused > 10_000, "{refused}");
        meter.scrape(60, &of(200..600));
    }
}

#[test]
fn a_flood_of_new_names_is_refused_also_past_the_bound_of_scopes() {
    let mut meter = Meter::keeping("budgets: [{id: all, limit: 3000, act: refuse}]");
    let steady = pods("http_total", "shop", 0..500);
    meter.scrape(1200, &steady);
    let mut let_in = 0;
    for round in 0..20 {
        // There is room for a thousand scopes, and for three thousand series.
        let fresh: Vec<Series> =
            (0..400).flat_map(|n| pods(&format!("made_up_{round}_{n}_total"), "shop", 0..1)).collect();
        let_in += fresh.len() - meter.send(&fresh).len();
        meter.send(&steady);
        meter.pass_time(15);
    }
    assert!((2000..4000).contains(&let_in), "{let_in} of 8000 were let in");
    assert_eq!(meter.report().state, BudgetActing::Refusing);
    meter.scrape(30, &steady);
}

#[test]
fn a_histogram_comes_whole_or_not_at_all() {
    for version in [Version::One, Version::Two] {
        let mut meter = Meter::keeping("budgets: [{id: all, limit: 300, act: refuse}]");
        meter.version = version;
        meter.scrape(1200, &pods("http_total", "shop", 0..200));
        let histogram = |user: u32| -> Vec<Series> {
            let user = user.to_string();
            let base = [("job", "app"), ("namespace", "shop"), ("user", user.as_str())];
            let one = |name: &str, le: Option<&str>| {
                let mut labels = vec![("__name__", name)];
                labels.extend(base);
                labels.extend(le.map(|le| ("le", le)));
                series(&labels)
            };
            let mut all: Vec<Series> =
                ["0.1", "0.5", "1", "5", "+Inf"].iter().map(|le| one("wait_seconds_bucket", Some(le))).collect();
            all.extend([one("wait_seconds_sum", None), one("wait_seconds_count", None)]);
            all
        };
        // As senders do that work in several lines: each brings a part of each histogram.
        let all: Vec<Vec<Series>> = (0..150).map(histogram).collect();
        let mut refused = vec![0; 150];
        for part in 0..7 {
            for (user, series) in all.iter().enumerate() {
                refused[user] += meter.send(&series[part..=part]).len();
            }
        }
        assert!(refused.iter().all(|refused| [0, 7].contains(refused)), "{refused:?}");
        assert!(refused.contains(&0) && refused.contains(&7), "{refused:?}");
        // Sent again they are decided in the same way, and are not counted twice.
        let again: Vec<usize> = all.iter().map(|series| meter.send(series).len()).collect();
        assert_eq!(again, refused);
        assert_eq!(meter.report().refused[0].metric, "wait_seconds");
    }
}

#[test]
fn nothing_is_refused_where_new_cannot_be_told_from_old() {
    let full = "budgets: [{id: all, limit: 10, act: refuse}]";
    // Without a copy of what was known.
    let mut meter = Meter::new(Mode::Inline, None, 100_000);
    meter.set(full);
    meter.scrape(LEARNING_SECONDS - 30, &pods("http_total", "shop", 0..400));
    let report = meter.report();
    assert_eq!(report.state, BudgetActing::Learning);
    assert!(report.why.contains("learns"), "{report:?}");
    meter.scrape(60, &pods("http_total", "shop", 0..400));
    assert!(!meter.send(&flood("fresh_total", "shop", 0..50)).is_empty(), "it has learned");
    // Where only a copy comes.
    let mut meter = Meter::new(Mode::Tap, Some(START), 100_000);
    meter.set(full);
    meter.scrape(1200, &pods("http_total", "shop", 0..400));
    let report = meter.report();
    assert_eq!(report.state, BudgetActing::Unable);
    assert!(report.why.contains("inline"), "{report:?}");
    // Where not all are known exactly.
    let mut meter = Meter::new(Mode::Inline, Some(START), 300);
    meter.set(full);
    meter.scrape(300, &pods("http_total", "shop", 0..5));
    meter.set("budgets: [{id: all, limit: 100000, act: refuse}]");
    meter.scrape(300, &pods("http_total", "shop", 0..400));
    meter.set(full);
    meter.scrape(60, &pods("http_total", "shop", 0..500));
    let report = meter.report();
    assert_eq!(report.state, BudgetActing::Unable);
    assert!(report.why.contains("300"), "{report:?}");
    // Where it is only to watch, and where a rule may use anything.
    for budgets in
        ["budgets: [{id: all, limit: 10}]", "budgets: [{id: all, limit: 10, act: refuse}]\nkeep: {all: true}"]
    {
        let mut meter = Meter::keeping(budgets);
        meter.scrape(1200, &pods("http_total", "shop", 0..5));
        meter.scrape(60, &flood("http_total", "shop", 0..500));
    }
}

#[test]
fn a_restart_in_a_flood_does_not_take_it_for_what_was_there_before() {
    let budgets = "budgets: [{id: all, limit: 500, act: refuse}]";
    let mut meter = Meter::keeping(budgets);
    let steady = pods("http_total", "shop", 0..400);
    meter.scrape(1200, &steady);
    for round in 0..10 {
        meter.send(&flood("fresh_total", "shop", round * 50..round * 50 + 50));
        meter.scrape(30, &steady);
    }
    let saved = serde_json::to_string(&meter.enforce.saved(&meter.count.rule)).expect("JSON");

    let mut enforce = Enforce::new(Mode::Inline, Some(meter.now), meter.now);
    enforce.restore(serde_json::from_str::<Saved>(&saved).expect("what was saved"), &meter.count.rule);
    meter.enforce = enforce;
    meter.set(budgets);
    let refused = meter.send(&flood("fresh_total", "shop", 9000..9400)).len();
    assert!(refused >= 300, "{refused} of 400");
    meter.scrape(60, &steady);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    /// Whatever comes: what was let in once goes on, and what is past the limit has a bound.
    #[test]
    fn what_is_known_is_never_refused(
        limit in 50_u32..400,
        steps in prop::collection::vec((0_usize..4, 0_u32..40, 1_u32..120), 5..40),
    ) {
        let mut meter = Meter::keeping(&format!("budgets: [{{id: shop, team: shop, limit: {limit}, act: refuse}}]"));
        let metrics = ["a_total", "b_total", "c_bucket", "up"];
        let start = pods("a_total", "shop", 0..limit / 2);
        meter.scrape(1200, &start);
        let mut known = start;
        for (metric, from, length) in steps {
            let fresh = flood(metrics[metric], "shop", from * 10..from * 10 + length);
            let refused = meter.send(&fresh);
            prop_assert!(metrics[metric] != "up" || refused.is_empty());
            known.extend(fresh.into_iter().filter(|one| !refused.iter().any(|other| other.labels == one.labels)));
            prop_assert!(meter.send(&known).is_empty());
            meter.pass_time(30);
        }
        let report = meter.report();
        let up = known.iter().filter(|one| one.labels[0].1 == "up").count() as f64;
        // Past the limit: four times what was there within an hour, and each of the three metrics as far as the room that there was.
        let (before, room) = (f64::from(limit / 2), f64::from(limit - limit / 2));
        prop_assert!(report.active <= f64::from(limit) + 4.0 * before + 3.0 * room + up, "{report:?}");
    }
}
