//! A meter without its sockets, with a disk and a store of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::http::HeaderMap;
use flagstaff_meter::aggregate::{Aggregate, Sender};
use flagstaff_meter::count::batch::Batch;
use flagstaff_meter::count::rule::{Meaning, Rule};
use flagstaff_meter::count::{Bounds, Count};
use flagstaff_meter::enforce::Enforce;
use flagstaff_meter::enforce::order::Orders;
use flagstaff_meter::save::reader::Damage;
use flagstaff_meter::settings::Mode;
use flagstaff_model::wire::BudgetReport;
use flagstaff_remote_write::{Limits, Request, STALE, Version, without};

use crate::writer::{self, Series, series};

const START: u64 = 1_795_000_000 / 3600 * 3600 + 60;
const WINDOW: u64 = 300;

/// The parts of a meter, and what is around it.
pub struct Meter {
    count: Count,
    enforce: Enforce,
    sums: Aggregate,
    budgets: String,
    room: usize,
    /// In seconds since 1970.
    pub now: u64,
    /// What senders speak.
    pub version: Version,
    /// Who sends.
    pub sender: Sender,
    /// The copy.
    pub disk: Vec<u8>,
    /// What reached the destination.
    pub stored: Stored,
}

/// A parcel of sums that went out.
pub struct Sent {
    /// Its tenant.
    pub tenant: String,
    /// How many sums.
    pub series: usize,
}

/// A store: each series with its samples in the order of time.
#[derive(Default)]
pub struct Stored(BTreeMap<BTreeMap<String, String>, BTreeMap<i64, f64>>);

impl Stored {
    fn put(&mut self, labels: BTreeMap<String, String>, at: i64, value: f64) {
        let before = self.0.entry(labels).or_default().insert(at, value);
        assert!(before.is_none_or(|before| before.to_bits() == value.to_bits()), "two values at {at}");
    }

    /// Series with these labels; an empty value stands for any.
    pub fn series(&self, wanted: &[(&str, &str)]) -> Vec<&BTreeMap<i64, f64>> {
        let is = |labels: &BTreeMap<String, String>| {
            wanted.iter().all(|(name, value)| labels.get(*name).is_some_and(|own| value.is_empty() || own == value))
        };
        self.0.iter().filter(|(labels, _)| is(labels)).map(|(_, samples)| samples).collect()
    }

    /// Their reset-corrected increases, added up.
    pub fn increase(&self, wanted: &[(&str, &str)]) -> f64 {
        let of = |samples: &BTreeMap<i64, f64>| {
            let values: Vec<f64> = samples.values().copied().filter(|value| value.to_bits() != STALE).collect();
            values.windows(2).map(|pair| if pair[1] >= pair[0] { pair[1] - pair[0] } else { pair[1] }).sum::<f64>()
        };
        self.series(wanted).into_iter().map(of).sum()
    }

    /// Whether no sum is ever smaller than before.
    pub fn only_grows(&self) -> bool {
        self.series(&[("flagstaff_meter", "")]).into_iter().all(|samples| {
            let values: Vec<f64> = samples.values().copied().filter(|value| value.to_bits() != STALE).collect();
            values.windows(2).all(|pair| pair[1] >= pair[0])
        })
    }

    /// The newest value of the only series with these labels.
    pub fn newest(&self, wanted: &[(&str, &str)]) -> Option<f64> {
        match self.series(wanted).as_slice() {
            [one] => one.last_key_value().map(|(_, value)| *value),
            _ => None,
        }
    }
}

/// A sample of a pod's counter.
pub fn counter(metric: &str, pod: usize, path: usize, value: f64, now: u64) -> Series {
    let (pod, path) = (format!("pod-{pod}"), path.to_string());
    let mut one =
        series(&[("__name__", metric), ("job", "app"), ("namespace", "shop"), ("path", &path), ("pod", &pod)]);
    (one.value, one.at) = (value, now as i64 * 1000);
    one
}

fn labels(one: &Series) -> BTreeMap<String, String> {
    one.labels.iter().cloned().collect()
}

fn sums(room: usize) -> Aggregate {
    Aggregate::new(room, WINDOW)
}

impl Meter {
    /// It keeps these budgets.
    pub fn keeping(budgets: &str) -> Self {
        Self::with_room(budgets, 10_000)
    }

    /// It keeps these budgets, and has room for so many series.
    pub fn with_room(budgets: &str, room: usize) -> Self {
        let rule = Rule::new(Meaning {
            cluster: "here".into(),
            team_label: "namespace".into(),
            platform_jobs: vec!["kube-state-metrics".into()],
            replica_labels: vec!["replica".into()],
        });
        let bounds = Bounds {
            window_seconds: WINDOW,
            max_series: 10_000,
            max_scopes: 1000,
            sketch_bytes: 1 << 20,
            labelled_metrics: 5,
        };
        let mut meter = Self {
            count: Count::new(Arc::new(rule), bounds, START),
            enforce: Enforce::new(Mode::Inline, Some(START), START),
            sums: sums(room),
            budgets: String::new(),
            room,
            now: START,
            version: Version::One,
            sender: Sender { destination: "store".into(), tenant: None, headers: HeaderMap::new() },
            disk: vec![],
            stored: Stored::default(),
        };
        meter.set(budgets);
        meter
    }

    /// Other budgets.
    pub fn set(&mut self, budgets: &str) {
        let (orders, kept) = Orders::parse(Path::new("budgets.yaml"), budgets).expect("budgets");
        budgets.clone_into(&mut self.budgets);
        self.enforce.set(orders, kept, self.now);
        self.enforce.tick(&self.count, self.now);
        self.sums.replan(self.enforce.plan(self.now));
    }

    /// Time goes on.
    pub fn pass_time(&mut self, seconds: u64) {
        for _ in 0..seconds.div_ceil(15) {
            self.now += 15;
            self.count.tick(self.now);
            if self.enforce.tick(&self.count, self.now) {
                self.sums.replan(self.enforce.plan(self.now));
            }
        }
    }

    /// Sends series; says which went on as they are.
    pub fn send(&mut self, all: &[Series]) -> Vec<Series> {
        let (limits, bytes) = (Limits::default(), writer::write(self.version, all));
        let request = Request::read(self.version, &bytes, &limits).expect("a request");
        let mut batch = Batch::default();
        batch.fill(&request, &self.count.rule.clone(), None).expect("it can be read");
        let places: Vec<_> = batch.records.iter().map(|record| record.place).collect();
        let (taken, _) = self.sums.take(&self.sender, (&mut batch, &request), &mut self.count, self.now);
        assert_eq!(taken.written.samples, taken.places.len() as u64);
        assert_eq!(batch.records.len() + taken.places.len(), all.len());

        let mut left = vec![];
        without(self.version, &bytes, &taken.places, &mut left).expect("what is left");
        let request = Request::read(self.version, &left, &limits).expect("a request");
        batch.fill(&request, &self.count.rule.clone(), None).expect("it can be read");
        self.count.apply(&batch, &request, self.now);
        let raw =
            all.iter().zip(&places).filter(|(_, place)| !taken.places.contains(place)).map(|(one, _)| one.clone());
        let raw: Vec<Series> = raw.collect();
        raw.iter().for_each(|one| self.stored.put(labels(one), one.at, one.value));
        raw
    }

    /// Keeps a copy, and sends the sums.
    pub fn flush(&mut self) -> Vec<Sent> {
        self.sums.tick(self.now);
        let parcels = self.sums.parcels(self.now as i64 * 1000, self.now);
        self.disk = self.sums.saved(&self.count.rule);
        for parcel in &parcels {
            for sum in &parcel.sums {
                let names: Vec<&String> = sum.labels.iter().map(|label| &label.name).collect();
                assert!(names.is_sorted() && !names.iter().any(|name| *name == "replica"), "{names:?}");
                let labels: BTreeMap<_, _> =
                    sum.labels.iter().map(|label| (label.name.clone(), label.value.clone())).collect();
                assert!(sum.samples.is_sorted_by(|one, other| one.timestamp < other.timestamp));
                sum.samples.iter().for_each(|one| self.stored.put(labels.clone(), one.timestamp, one.value));
            }
            self.sums.delivered(&parcel.sums);
        }
        let tenant = |headers: &HeaderMap| {
            headers.get("x-scope-orgid").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        parcels.iter().map(|parcel| Sent { tenant: tenant(&parcel.headers), series: parcel.sums.len() }).collect()
    }

    /// Sums are due, and the destination does not take them.
    pub fn refuse_sums(&mut self) {
        self.sums.tick(self.now);
        assert!(!self.sums.parcels(self.now as i64 * 1000, self.now).is_empty());
    }

    /// The process is gone without a word, and begins anew with what is on its disk.
    pub fn crash(&mut self) {
        self.sums = sums(self.room);
        if !self.disk.is_empty() {
            self.sums.restore(&self.disk.clone(), &self.count.rule).expect("the copy");
        }
        self.enforce = Enforce::new(Mode::Inline, Some(self.now), self.now);
        self.enforce.go_on(self.sums.begun());
        self.set(&self.budgets.clone());
    }

    /// The same with another disk.
    pub fn lose_the_disk(&mut self) {
        self.disk.clear();
        self.crash();
    }

    /// Puts a copy back.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), Damage> {
        self.sums.restore(bytes, &self.count.rule)
    }

    /// Whether nothing is aggregated.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// Series that count as active.
    pub fn active(&self) -> usize {
        self.count.known().iter().filter(|entry| entry.active).count()
    }

    /// How it stands to the first budget.
    pub fn report(&mut self) -> BudgetReport {
        self.sums.tick(self.now);
        self.enforce.report(&self.count, &self.sums, self.now).remove(0)
    }
}
