//! Sums in the place of series, with a clock and a disk that are set: what goes out grows by what came in, whatever happens in between.

mod aggregated;
mod writer;

use std::path::Path;

use aggregated::{Meter, Sent, counter};
use flagstaff_meter::enforce::order::Orders;
use flagstaff_model::wire::BudgetActing;
use flagstaff_remote_write::{STALE, Version};
use proptest::prelude::*;
use writer::Series;

const BY_POD: &str =
    "budgets: [{id: b, team: shop, limit: 100000, act: aggregate, aggregate: {labels: [pod], from: 0}}]";

/// What can happen to the pods of a team.
#[derive(Debug, Clone)]
enum Step {
    /// Every pod that is there is scraped, after it counted so much.
    Scrape([u8; 5]),
    /// A pod begins anew at zero, as after a crash of its own.
    Reset(usize),
    /// A pod is away, or back.
    Turn(usize),
    /// A pod's series are said to have ended.
    Stale(usize),
    /// The last scrape is sent once more.
    Again,
    /// The scrape before the last is sent once more.
    Late,
    /// Sums are sent.
    Flush,
    /// The meter is killed, and begins with what is on its disk.
    Crash,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::array::uniform5(0u8..20).prop_map(Step::Scrape),
        1 => (0usize..5).prop_map(Step::Reset),
        2 => (0usize..5).prop_map(Step::Turn),
        1 => (0usize..5).prop_map(Step::Stale),
        1 => Just(Step::Again),
        1 => Just(Step::Late),
        3 => Just(Step::Flush),
        1 => Just(Step::Crash),
    ]
}

/// A pod, as it is known to itself and as the meter has to know it.
#[derive(Debug, Clone, Copy, Default)]
struct Pod {
    value: f64,
    away: bool,
    /// Newest value that the meter was told.
    told: Option<f64>,
}

fn path(pod: usize) -> usize {
    pod % 2
}

fn scraped(meter: &Meter, pods: &[Pod; 5]) -> Vec<Series> {
    let there = (0..).zip(pods).filter(|(_, pod)| !pod.away);
    there.map(|(number, pod)| counter("http_total", number, path(number), pod.value, meter.now)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_sum_grows_by_what_its_inputs_grow(steps in prop::collection::vec(any_step(), 1..80), two in any::<bool>()) {
        let mut meter = Meter::keeping(BY_POD);
        meter.version = if two { Version::Two } else { Version::One };
        let mut pods = [Pod::default(); 5];
        // Increases by path, as they are known to the meter; what it knew at its last copy is what a crash takes it back to.
        let mut grown = [0.0; 2];
        let mut kept = (pods.map(|pod| pod.told), grown);
        let mut sent: Vec<Vec<Series>> = vec![];
        let flush = |meter: &mut Meter, pods: &[Pod; 5], grown: [f64; 2]| {
            meter.pass_time(60);
            meter.flush();
            for (path, grown) in grown.iter().enumerate() {
                prop_assert_eq!(meter.stored.increase(&[("path", &path.to_string())]), *grown, "path {}", path);
            }
            prop_assert!(meter.stored.only_grows());
            Ok((pods.map(|pod| pod.told), grown))
        };
        for step in steps {
            match step {
                Step::Scrape(more) => {
                    for (pod, more) in pods.iter_mut().zip(more) {
                        pod.value += f64::from(more);
                    }
                    for (number, pod) in pods.iter_mut().enumerate().filter(|(_, pod)| !pod.away) {
                        if let Some(told) = pod.told {
                            grown[path(number)] += if pod.value >= told { pod.value - told } else { pod.value };
                        }
                        pod.told = Some(pod.value);
                    }
                    meter.pass_time(15);
                    sent.push(scraped(&meter, &pods));
                    let raw = meter.send(sent.last().expect("just pushed"));
                    prop_assert_eq!(raw.len(), 0);
                }
                Step::Reset(pod) => pods[pod].value = 0.0,
                Step::Turn(pod) => pods[pod].away = !pods[pod].away,
                Step::Stale(pod) => {
                    if pods[pod].told.is_some() {
                        meter.pass_time(15);
                        let mut stale = counter("http_total", pod, path(pod), 0.0, meter.now);
                        stale.ends();
                        meter.send(&[stale]);
                    }
                }
                // After a crash the meter may know less than what these say: what is sent again may be news to it.
                Step::Again | Step::Late => {
                    let back = if matches!(step, Step::Again) { 1 } else { 2 };
                    if let Some(same) = sent.len().checked_sub(back).and_then(|at| sent.get(at)) {
                        meter.send(same);
                    }
                }
                Step::Flush => kept = flush(&mut meter, &pods, grown)?,
                Step::Crash => {
                    meter.crash();
                    sent.clear();
                    for (pod, told) in pods.iter_mut().zip(kept.0) {
                        pod.told = told;
                    }
                    grown = kept.1;
                }
            }
        }
        flush(&mut meter, &pods, grown)?;
    }
}

#[test]
fn what_was_killed_again_and_again_misses_nothing_of_who_still_counts() {
    let mut meter = Meter::keeping(BY_POD);
    let mut value = [100.0, 7.0, 0.0, 55.0];
    let first = value;
    for round in 0..59 {
        meter.pass_time(15);
        let all: Vec<Series> =
            (0..).zip(&value).map(|(pod, value)| counter("http_total", pod, 0, *value, meter.now)).collect();
        meter.send(&all);
        // The first copy is made before the first kill: what came before it would begin anew.
        match round % 7 {
            0 | 5 => drop(meter.flush()),
            3 => meter.crash(),
            _ => {}
        }
        value.iter_mut().zip(1..).for_each(|(value, more)| *value += f64::from(more));
    }
    meter.flush();
    let told: f64 = value.iter().zip(1..).map(|(value, more)| value - f64::from(more)).sum();
    assert_eq!(meter.stored.increase(&[("path", "0")]), told - first.iter().sum::<f64>());
}

#[test]
fn nothing_is_lost_or_counted_twice_when_it_begins_and_a_sender_repeats_itself() {
    let mut meter = Meter::keeping("budgets: []");
    let mut value = 10.0;
    let mut scrape = |meter: &mut Meter| {
        value += 5.0;
        meter.pass_time(15);
        let all: Vec<Series> = (0..3).map(|pod| counter("http_total", pod, 0, value, meter.now)).collect();
        (meter.send(&all).len(), all)
    };
    for _ in 0..8 {
        assert_eq!(scrape(&mut meter).0, 3, "nothing is asked for yet");
    }
    meter.set(BY_POD);
    let (raw, all) = scrape(&mut meter);
    assert_eq!(raw, 3, "the first samples are measured from, and go on as they are");
    assert_eq!(meter.send(&all).len(), 3, "also when the destination wanted them once more");
    for _ in 0..9 {
        assert_eq!(scrape(&mut meter).0, 0);
    }
    meter.flush();
    assert_eq!(meter.send(&all).len(), 3, "and when they come late");
    // Eight scrapes make seven increases, the ninth one more; then nine of the sum.
    assert_eq!(meter.stored.increase(&[("pod", "pod-1")]), 8.0 * 5.0);
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 9.0 * 5.0 * 3.0);
    let report = meter.report();
    assert_eq!(report.state, BudgetActing::Aggregating);
    let aggregated = report.aggregated.expect("it aggregates");
    assert_eq!((aggregated.inputs, aggregated.outputs, aggregated.samples), (3, 1, 27));
}

#[test]
fn a_series_counts_no_more_as_soon_as_its_sum_does_and_every_destination_misses_nothing() {
    let mut meter = Meter::keeping("budgets: []");
    let mut value = 10.0;
    let mut scrape = |meter: &mut Meter| {
        value += 5.0;
        meter.pass_time(15);
        let all: Vec<Series> = (0..6).map(|pod| counter("http_total", pod, 0, value, meter.now)).collect();
        let raw = |meter: &mut Meter, to: &str| {
            meter.sender.destination = to.to_owned();
            meter.send(&all).len()
        };
        // The first way is one scrape ahead when the other begins.
        (raw(meter, "one"), raw(meter, "two"))
    };
    assert_eq!(scrape(&mut meter), (6, 6));
    meter.set(BY_POD);
    assert_eq!(scrape(&mut meter), (6, 6));
    assert_eq!(meter.active(), 6);
    assert_eq!(scrape(&mut meter), (0, 0));
    assert_eq!(meter.active(), 0, "their sums are counted when they go out");
    let mut third = Meter::keeping("budgets: []");
    for (to, at, raw) in
        [("one", 1.0, 1), ("one", 2.0, 1), ("one", 4.0, 0), ("two", 4.0, 1), ("two", 7.0, 0), ("one", 7.0, 0)]
    {
        if at == 2.0 {
            third.set(BY_POD);
        }
        third.pass_time(15);
        third.sender.destination = to.to_owned();
        assert_eq!(third.send(&[counter("http_total", 1, 0, at, third.now)]).len(), raw, "{to} at {at}");
    }
}

#[test]
fn what_ends_is_told_to_have_ended_and_a_budget_that_goes_leaves_its_last_value() {
    let mut meter = Meter::keeping(BY_POD);
    let send = |meter: &mut Meter, value: f64| {
        meter.pass_time(15);
        meter
            .send(&[counter("http_total", 1, 0, value, meter.now), counter("http_total", 2, 0, value, meter.now)])
            .len()
    };
    send(&mut meter, 1.0);
    send(&mut meter, 4.0);
    meter.flush();
    meter.pass_time(400);
    meter.flush();
    let ended =
        |meter: &Meter| meter.stored.newest(&[("flagstaff_meter", "")]).is_some_and(|value| value.to_bits() == STALE);
    assert!(ended(&meter), "nothing came for longer than the window");
    // They come back, and go on from where they were.
    send(&mut meter, 10.0);
    meter.flush();
    assert!(!ended(&meter));
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 18.0);
    send(&mut meter, 12.0);
    meter.set("budgets: []");
    meter.flush();
    assert!(ended(&meter));
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 22.0, "what it grew since went out before its end");
    assert_eq!(send(&mut meter, 20.0), 2);
    meter.flush();
    // Asked for once more it begins with what is there then.
    meter.set(BY_POD);
    assert_eq!(send(&mut meter, 22.0), 2);
    send(&mut meter, 23.0);
    meter.flush();
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 24.0);
}

#[test]
fn what_grew_before_a_long_silence_goes_out_with_the_end_however_late() {
    let mut meter = Meter::keeping(BY_POD);
    for value in [1.0, 6.0] {
        meter.pass_time(15);
        meter.send(&[counter("http_total", 1, 0, value, meter.now)]);
    }
    meter.pass_time(400);
    meter.refuse_sums();
    assert!(meter.stored.series(&[("flagstaff_meter", "")]).is_empty());
    meter.pass_time(60);
    meter.flush();
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 5.0);
    assert_eq!(meter.stored.newest(&[("flagstaff_meter", "")]).map(f64::to_bits), Some(STALE));
    assert_eq!(meter.flush().len(), 0, "an end is told once");
}

#[test]
fn a_budget_that_comes_and_goes_loses_and_doubles_nothing_of_its_sums() {
    for flushed in [false, true] {
        let mut meter = Meter::keeping(BY_POD);
        let send = |meter: &mut Meter, value: f64| {
            meter.pass_time(15);
            meter.send(&[counter("http_total", 1, 0, value, meter.now)]).len()
        };
        send(&mut meter, 1.0);
        send(&mut meter, 4.0);
        meter.flush();
        send(&mut meter, 6.0);
        meter.set("budgets: []");
        if flushed {
            meter.flush();
        }
        meter.set(BY_POD);
        // What it grew while nobody asked is not known: it is measured from here.
        send(&mut meter, 8.0);
        send(&mut meter, 9.0);
        meter.flush();
        assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 3.0 + 2.0 + 1.0, "flushed between: {flushed}");
        assert_eq!(meter.stored.newest(&[("flagstaff_meter", "")]), Some(6.0));
    }
}

#[test]
fn other_labels_than_before_make_another_sum_and_lose_nothing() {
    let mut meter = Meter::keeping(BY_POD);
    for value in [1.0, 5.0] {
        meter.pass_time(15);
        meter.send(&[counter("http_total", 1, 0, value, meter.now), counter("http_total", 2, 1, value, meter.now)]);
    }
    meter.set(&BY_POD.replace("[pod]", "[path, pod]"));
    meter.pass_time(15);
    let raw = meter.send(&[counter("http_total", 1, 0, 8.0, meter.now), counter("http_total", 2, 1, 9.0, meter.now)]);
    assert_eq!(raw.len(), 0);
    meter.flush();
    let all = meter.stored.increase(&[("flagstaff_meter", "")]);
    assert_eq!(all, 4.0 + 4.0 + 3.0 + 4.0);
    assert_eq!(meter.stored.series(&[("flagstaff_meter", "")]).len(), 3);
}

#[test]
fn what_had_begun_goes_on_after_a_kill_also_where_there_are_fewer_series_by_then() {
    let mut meter = Meter::keeping(&BY_POD.replace("from: 0", "from: 3"));
    let send = |meter: &mut Meter, pods: usize, value: f64| {
        meter.pass_time(15);
        let all: Vec<Series> = (0..pods).map(|pod| counter("http_total", pod, 0, value, meter.now)).collect();
        meter.send(&all).len()
    };
    assert_eq!(send(&mut meter, 2, 1.0), 2);
    assert_eq!(send(&mut meter, 4, 2.0), 4);
    assert_eq!(send(&mut meter, 4, 4.0), 4, "measured from here");
    assert_eq!(send(&mut meter, 4, 5.0), 0);
    meter.flush();
    meter.pass_time(600);
    meter.crash();
    assert_eq!(meter.report().state, BudgetActing::Aggregating);
    assert_eq!(send(&mut meter, 4, 9.0), 0);
    meter.flush();
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 4.0 * 5.0);
}

#[test]
fn a_lost_copy_is_a_new_sum_and_never_a_spike() {
    let mut meter = Meter::keeping(BY_POD);
    for value in [1000.0, 1005.0] {
        meter.pass_time(15);
        meter.send(&[counter("http_total", 1, 0, value, meter.now)]);
    }
    meter.flush();
    meter.lose_the_disk();
    for value in [1010.0, 1012.0] {
        meter.pass_time(15);
        meter.send(&[counter("http_total", 1, 0, value, meter.now)]);
    }
    meter.flush();
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 7.0);
    assert_eq!(meter.stored.series(&[("flagstaff_meter", "")]).len(), 2, "another meter is another series");
}

#[test]
fn a_histogram_is_added_up_whole_and_what_cannot_be_is_left_and_told() {
    let mut meter = Meter::keeping(BY_POD);
    let one = |meter: &Meter, metric: &str, more: &[(&str, &str)], pod: usize, value: f64| {
        let mut one = counter(metric, pod, 0, value, meter.now);
        one.labels.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        one
    };
    let mut raw = vec![];
    for round in [0.0, 1.0, 2.0] {
        meter.pass_time(15);
        let mut all = vec![];
        for pod in 0..2 {
            all.push(one(&meter, "wait_seconds_sum", &[], pod, round * 3.0));
            for le in ["0.1", "1", "+Inf"] {
                all.push(one(&meter, "wait_seconds_bucket", &[("le", le)], pod, round * 2.0));
            }
            all.push(one(&meter, "wait_seconds_count", &[], pod, round * 2.0));
            all.push(one(&meter, "open_files", &[], pod, 7.0));
            all.push(one(&meter, "latency", &[("quantile", "0.9")], pod, 7.0));
        }
        all.push(one(&meter, "http_total", &[], 0, round));
        raw = meter.send(&all);
    }
    meter.flush();
    let names: std::collections::BTreeSet<&str> = raw.iter().map(|one| one.labels[0].1.as_str()).collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["latency", "open_files"]);
    assert_eq!(meter.stored.increase(&[("le", "1")]), 8.0);
    assert_eq!(meter.stored.increase(&[("__name__", "wait_seconds_count"), ("flagstaff_meter", "")]), 8.0);
    let kept = meter.report().aggregated.expect("it aggregates").kept;
    let told: Vec<_> = kept.iter().map(|one| (one.metric.as_str(), one.labels.join(","))).collect();
    assert_eq!(told, [("latency", "pod".to_owned()), ("open_files", "pod".to_owned())]);
    assert!(kept.iter().any(|one| one.why.contains("quantile")), "{kept:?}");
}

#[test]
fn what_a_rule_needs_stays_and_rules_that_cannot_be_read_end_it_after_a_while() {
    let keep = |keep: &str| format!("{}\nkeep: {keep}", BY_POD.replace("[pod]", "[path, pod]"));
    let mut meter = Meter::keeping(&keep(
        "{metrics: [http_total, alerted_total], patterns: ['jobs_.*'], spare: {http_total: [pod]}, needs: {http_total: {path: errors/PathFails}}}",
    ));
    let metrics = ["http_total", "alerted_total", "jobs_total", "free_total"];
    let send = |meter: &mut Meter, value: f64| {
        meter.pass_time(15);
        let all: Vec<Series> = metrics.iter().map(|metric| counter(metric, 1, 0, value, meter.now)).collect();
        let raw = meter.send(&all);
        raw.iter().map(|one| one.labels[0].1.clone()).collect::<Vec<_>>()
    };
    send(&mut meter, 1.0);
    assert_eq!(send(&mut meter, 2.0), ["alerted_total", "jobs_total"]);
    meter.flush();
    assert_eq!(meter.stored.series(&[("__name__", "http_total"), ("path", "0"), ("flagstaff_meter", "")]).len(), 1);
    assert_eq!(meter.stored.series(&[("__name__", "free_total"), ("path", ""), ("flagstaff_meter", "")]).len(), 0);
    let kept = meter.report().aggregated.expect("it aggregates").kept;
    assert!(
        kept.iter()
            .any(|one| one.metric == "http_total" && one.labels == ["path"] && one.why.contains("errors/PathFails")),
        "{kept:?}"
    );

    let unreadable = keep("{all: true, why: 'the rules in this cluster cannot be read: forbidden'}");
    meter.set(&unreadable);
    assert_eq!(send(&mut meter, 3.0), ["alerted_total", "jobs_total"], "what is aggregated goes on for ten minutes");
    meter.pass_time(600);
    assert_eq!(send(&mut meter, 4.0).len(), 4);
    let report = meter.report();
    assert_eq!(report.state, BudgetActing::Unable);
    assert!(report.why.contains("forbidden"), "{}", report.why);
    let mut fresh = Meter::keeping(&unreadable);
    assert_eq!(send(&mut fresh, 1.0).len(), 4, "and nothing begins");
}

#[test]
fn samples_that_come_after_later_ones_are_counted_as_late_and_change_nothing() {
    let mut meter = Meter::keeping(BY_POD);
    let mut sent = vec![];
    for value in [1.0, 4.0, 9.0] {
        meter.pass_time(15);
        sent.push(counter("http_total", 1, 0, value, meter.now));
        meter.send(&sent[sent.len() - 1..]);
    }
    // The newest once more is a repetition; the two before it are late, and one that was never seen is, too.
    let mut unseen = counter("http_total", 1, 0, 7.0, meter.now - 7);
    unseen.labels = sent[0].labels.clone();
    meter.send(&sent);
    meter.send(&[unseen]);
    meter.flush();
    let aggregated = meter.report().aggregated.expect("it aggregates");
    assert_eq!((aggregated.samples, aggregated.late_samples), (7, 3));
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 8.0);
}

#[test]
fn nothing_is_aggregated_for_an_order_that_only_watches_or_that_is_of_a_newer_hub() {
    for act in ["watch", "melt"] {
        let mut meter = Meter::keeping(&BY_POD.replace("act: aggregate", &format!("act: {act}")));
        for value in [1.0, 2.0] {
            meter.pass_time(15);
            assert_eq!(meter.send(&[counter("http_total", 1, 0, value, meter.now)]).len(), 1, "{act}");
        }
        let report = meter.report();
        assert_eq!((report.state, report.aggregated), (BudgetActing::Watching, None), "{act}");
    }
}

#[test]
fn sums_of_another_meter_and_of_replicas_become_one() {
    let mut meter = Meter::keeping(BY_POD);
    for value in [1.0, 3.0] {
        for (meter_before, replica) in [("aa", "0"), ("bb", "0"), ("bb", "1")] {
            meter.pass_time(15);
            let mut one = counter("http_total", 1, 0, value, meter.now);
            let more = [("flagstaff_meter", meter_before), ("replica", replica)];
            one.labels.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
            meter.send(&[one]);
        }
    }
    meter.flush();
    let sums = meter.stored.series(&[("flagstaff_meter", ""), ("path", "0")]);
    assert_eq!(sums.len(), 1);
    assert_eq!(meter.stored.increase(&[("flagstaff_meter", "")]), 4.0, "two inputs, one of them from two replicas");
}

#[test]
fn memory_is_bounded_and_what_finds_no_room_goes_on_as_it_is() {
    let mut meter = Meter::with_room(BY_POD, 50);
    for round in 0..3 {
        meter.pass_time(15);
        let all: Vec<Series> = (0..80).map(|pod| counter("http_total", pod, 0, f64::from(round), meter.now)).collect();
        assert_eq!(meter.send(&all).len(), 30);
    }
    let kept = meter.report().aggregated.expect("it aggregates").kept;
    assert!(kept[0].why.contains("--max-aggregated-series"), "{kept:?}");
    // Those that are silent make room.
    meter.pass_time(400);
    let others: Vec<Series> = (100..140).map(|pod| counter("http_total", pod, 0, 1.0, meter.now)).collect();
    assert_eq!(meter.send(&others).len(), 0);
}

#[test]
fn tenants_and_destinations_have_sums_of_their_own_and_one_that_said_nothing_since_the_start_waits() {
    let mut meter = Meter::keeping(BY_POD);
    for value in [0.0, 2.0] {
        meter.pass_time(15);
        for tenant in ["a", "b"] {
            meter.sender.tenant = Some(tenant.to_owned());
            meter.sender.headers.insert("x-scope-orgid", tenant.parse().expect("a header"));
            meter.send(&[counter("http_total", 1, 0, value, meter.now)]);
        }
    }
    let parcels: Vec<Sent> = meter.flush();
    let tenants: Vec<_> = parcels.iter().map(|one| (one.tenant.clone(), one.series)).collect();
    assert_eq!(tenants, [("a".to_owned(), 1), ("b".to_owned(), 1)]);
    meter.crash();
    meter.pass_time(15);
    assert_eq!(meter.flush().len(), 0, "their headers are not known yet");
    meter.send(&[counter("http_total", 1, 0, 3.0, meter.now)]);
    assert_eq!(meter.flush().len(), 1);
}

#[test]
fn a_damaged_copy_is_told_and_changes_nothing() {
    let mut meter = Meter::keeping(BY_POD);
    meter.pass_time(15);
    meter.send(&[counter("http_total", 1, 0, 1.0, meter.now)]);
    meter.flush();
    let whole = meter.disk.clone();
    for end in 0..whole.len() {
        assert!(meter.restore(&whole[..end]).is_err(), "{end} bytes of {}", whole.len());
    }
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x20;
        assert!(meter.restore(&bytes).is_err(), "byte {place}");
    }
    assert!(!meter.is_empty());
    assert_eq!(meter.restore(&whole), Ok(()));
}

#[test]
fn an_order_that_makes_no_sense_is_refused_with_its_place() {
    for (order, says) in [
        ("{id: a, limit: 1, act: aggregate}", "act aggregate needs aggregate.labels"),
        ("{id: a, limit: 1, aggregate: {labels: [], from: 1}}", "aggregate.labels names none"),
        ("{id: a, limit: 1, aggregate: {labels: [pod, le], from: 1}}", "without `le` a series cannot be added up"),
        ("{id: a, limit: 1, aggregate: {labels: [__name__], from: 1}}", "without `__name__`"),
    ] {
        let read = Orders::parse(Path::new("budgets.yaml"), &format!("budgets: [{order}]"));
        let error = read.expect_err(order).to_string();
        assert!(error.starts_with("budgets.yaml: budgets[0] (`a`): ") && error.contains(says), "{error}");
    }
}
