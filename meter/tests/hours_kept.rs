//! Reports of hours beside a folder: kept, listed, found again after a restart, with a clock that is set.

mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use flagstaff_meter::aggregate::Aggregate;
use flagstaff_meter::clock::Clock;
use flagstaff_meter::count::rule::{Meaning, Rule};
use flagstaff_meter::count::{Bounds, Count};
use flagstaff_meter::enforce::Enforce;
use flagstaff_meter::error::Error;
use flagstaff_meter::hours::{Head, Hours, unpack};
use flagstaff_meter::metrics::Metrics;
use flagstaff_meter::receive::{Kind, Receiver};
use flagstaff_meter::save::Save;
use flagstaff_meter::settings::Mode;
use flagstaff_model::wire::SeriesReport;
use flagstaff_remote_write::{Encoding, Limits, Version};
use jiff::Timestamp;
use writer::{Series, series};

const HOUR: u64 = 3600;
const START: u64 = 1_795_000_000 / HOUR * HOUR;

/// A meter without its listener; dropping it is `kill -9`.
struct Meter {
    clock: Arc<AtomicU64>,
    receiver: Arc<Receiver>,
    hours: Hours,
    save: Option<Save>,
    metrics: Arc<Metrics>,
}

impl Meter {
    fn start(data: Option<&Path>, max_series: usize, now: u64) -> Self {
        let metrics = Arc::new(Metrics::new());
        let bounds =
            Bounds { window_seconds: 300, max_series, max_scopes: 100, sketch_bytes: 8 << 20, labelled_metrics: 5 };
        let meaning = Meaning {
            cluster: "here".into(),
            team_label: "namespace".into(),
            platform_jobs: vec![],
            replica_labels: vec![],
        };
        let mut count = Count::new(Arc::new(Rule::new(meaning)), bounds, now);
        let save = data.map(|data| Save::open(data).expect("nobody else is here"));
        if let Some(save) = &save {
            save.restore(&mut count, now, &metrics);
        }
        let clock = Arc::new(AtomicU64::new(now));
        let receiver = Receiver::new(
            count,
            (Enforce::new(Mode::Tap, None, START), Aggregate::new(1000, 300)),
            Limits::default(),
            Clock::Set(clock.clone()),
            metrics.clone(),
        );
        let hours = Hours::open(data, metrics.clone()).expect("the folder can be read");
        hours.collect(&receiver);
        Self { clock, receiver: Arc::new(receiver), hours, save, metrics }
    }

    async fn send(&self, numbers: std::ops::Range<u32>, now: u64) {
        self.clock.store(now, Ordering::Relaxed);
        self.write(&many(numbers)).await;
    }

    async fn write(&self, all: &[Series]) {
        let body = snap::raw::Encoder::new().compress_vec(&writer::write(Version::One, all)).expect("packed");
        let kind = Kind { version: Version::One, encoding: Encoding::Snappy, tenant: None };
        self.receiver.count(kind, Bytes::from(body)).await.expect("it can be counted");
    }

    fn pass(&self, to: u64) {
        while self.receiver.now() < to {
            let now = self.clock.fetch_add(15, Ordering::Relaxed) + 15;
            self.receiver.lock().tick(now);
        }
    }

    fn list(&self) -> Vec<Head> {
        self.hours.list(&self.receiver).expect("a list").hours
    }

    fn report(&self, start: u64) -> SeriesReport {
        let packed = self.hours.packed(&self.receiver, time(start)).expect("a report");
        serde_json::from_slice(&unpack(time(start), &packed).expect("unpacked")).expect("JSON")
    }

    fn save(&self) {
        self.save.as_ref().expect("a folder").write(&self.receiver, &self.metrics);
    }
}

fn many(numbers: std::ops::Range<u32>) -> Vec<Series> {
    numbers.map(|n| series(&[("__name__", "a"), ("job", "j"), ("namespace", "t"), ("n", &n.to_string())])).collect()
}

fn time(seconds: u64) -> Timestamp {
    Timestamp::from_second(i64::try_from(seconds).expect("a time")).expect("a time")
}

#[tokio::test]
async fn a_restart_goes_on_with_the_hour_and_keeps_those_that_are_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Some(folder.path());
    // A set so small that most of the hour is known by its sketches only.
    let meter = Meter::start(data, 200, START);
    meter.send(0..1000, START + 15).await;
    meter.pass(START + HOUR + 15);
    let instance = meter.list()[0].instance.clone();
    meter.send(1000..2000, START + HOUR + 600).await;
    let mut ended = many(1800..2000);
    ended.iter_mut().for_each(Series::ends);
    meter.write(&ended).await;
    let before = meter.report(START + HOUR);
    assert!((before.total.hour - 1000.0).abs() < 5.0 && before.total.hour_variance > 0.0, "{:?}", before.total);
    meter.save();
    drop(meter);

    let meter = Meter::start(data, 200, START + HOUR + 1200);
    let heads: Vec<_> = meter.list().into_iter().map(|head| (head.instance, head.hour, head.closed)).collect();
    assert_eq!(heads, [(instance.clone(), time(START), true), (instance.clone(), time(START + HOUR), false)]);
    let after = meter.report(START + HOUR);
    assert!(after.revision > before.revision && after.total.new == before.total.new);
    assert!((after.total.hour - before.total.hour).abs() < 5.0, "{} of {}", after.total.hour, before.total.hour);
    assert!((meter.report(START).total.hour - 1000.0).abs() < 5.0);
    // It was away for ten minutes, and is killed at once; while it is away the hour ends.
    meter.pass(START + HOUR + 1800);
    let counted = meter.report(START + HOUR).counted_seconds;
    assert!((590..=1240).contains(&counted), "{counted}");
    meter.save();
    drop(meter);

    let meter = Meter::start(data, 200, START + 5 * HOUR);
    let heads: Vec<_> = meter
        .list()
        .into_iter()
        .map(|head| ((head.hour.as_second() as u64 - START) / HOUR, head.closed, head.revision))
        .collect();
    assert_eq!(heads, [(0, true, 241), (1, true, 241), (5, false, 1)]);
    let closed = meter.report(START + HOUR);
    assert!((closed.total.hour - 1000.0).abs() < 5.0 && closed.closed && !closed.sketches.is_empty());
    assert_eq!((closed.instance, closed.counted_seconds), (instance, counted));
    assert!(matches!(meter.hours.packed(&meter.receiver, time(START + 2 * HOUR)), Err(Error::NoHour { .. })));
}

#[tokio::test]
async fn a_day_is_kept_and_without_a_folder_another_instance_begins() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut instances = vec![];
    for data in [Some(folder.path()), None] {
        let meter = Meter::start(data, 1000, START);
        for hour in 0..26 {
            meter.send(0..10 + hour, START + u64::from(hour) * HOUR + 15).await;
            meter.pass(START + u64::from(hour + 1) * HOUR);
            meter.hours.collect(&meter.receiver);
        }
        let heads = meter.list();
        assert_eq!((heads.len(), heads[0].hour, heads[24].hour), (25, time(START + 2 * HOUR), time(START + 26 * HOUR)));
        assert_eq!(meter.report(START + 25 * HOUR).total.hour, 35.0);
        instances.push(heads[0].instance.clone());
        drop(meter);
        let again = Meter::start(data, 1000, START + 26 * HOUR + 60).list();
        assert_eq!(again.len(), if data.is_some() { 25 } else { 1 });
        instances.push(again[0].instance.clone());
    }
    let files = std::fs::read_dir(folder.path().join("hours")).expect("a folder").count();
    assert_eq!(files, 24);
    assert!(
        instances[0] == instances[1] && instances[2] != instances[3] && instances[0] != instances[2],
        "{instances:?}"
    );
}
