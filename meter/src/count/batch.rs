//! A request made ready to be counted: identity and scope of each of its series, found without a lock and without a copy.

use flagstaff_remote_write::{Error, Label, Request, Series, Text};
use flagstaff_sketch::{Identity, Sum, identity};

use super::rule::Rule;

/// One series of a request.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// Its identity.
    pub identity: Identity,
    /// Hash of metric, team and job.
    pub scope_key: u64,
    /// Samples and histograms of it.
    pub samples: u64,
    /// Whether it has any that is no stale marker.
    pub lives: bool,
    /// Whether it ended with a stale marker.
    pub ended: bool,
    /// Where it stands in the request.
    pub place: (usize, usize),
}

/// All series of a request; used again for the next one.
#[derive(Debug, Default)]
pub struct Batch {
    /// Those that can be counted.
    pub records: Vec<Record>,
    /// Those that cannot: a label stands twice in them.
    pub repeated: u64,
    /// Those whose labels were not sorted, which is counted and forgiven.
    pub unsorted: u64,
    /// All series, also those that carry nothing.
    pub series: u64,
    /// Descriptions of metrics beside them (1.0).
    pub metadata: u64,
    /// Float samples, for the answer.
    pub samples: u64,
    /// Histograms, for the answer.
    pub histograms: u64,
    /// Exemplars, for the answer.
    pub exemplars: u64,
    /// What a tenant's header adds to each identity.
    pub tenant: Option<u64>,
    hashes: Vec<u64>,
}

/// Which names a series has: for scopes and labels that are met for the first time.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Names {
    /// Name of the metric.
    pub metric: String,
    /// Team, empty where none is named.
    pub team: String,
    /// Job, empty where none is named.
    pub job: String,
}

impl Batch {
    /// Reads a request. An error leaves nothing in the batch: a request counts whole or not at all.
    pub fn fill(&mut self, request: &Request<'_>, rule: &Rule, tenant: Option<&str>) -> Result<(), Error> {
        let (mut records, mut hashes) = (std::mem::take(&mut self.records), std::mem::take(&mut self.hashes));
        records.clear();
        hashes.clear();
        hashes.extend(request.symbols().iter().map(identity::text));
        *self = Self { tenant: tenant.map(|tenant| identity::label("__tenant__", tenant)), ..Self::default() };
        let filled = self.read(request, rule, &hashes, &mut records);
        if filled.is_err() {
            records.clear();
        }
        (self.records, self.hashes) = (records, hashes);
        filled
    }

    fn read(
        &mut self,
        request: &Request<'_>,
        rule: &Rule,
        hashes: &[u64],
        records: &mut Vec<Record>,
    ) -> Result<(), Error> {
        let start = self.tenant.map_or(Sum::EMPTY, |tenant| Sum::EMPTY.with(tenant));
        let totals = request.each(|series| {
            let mut sums = Sums::new(start, rule);
            let shape = series.read(|label| sums.add(label, hashes, rule))?;
            self.samples += shape.samples;
            self.histograms += shape.histograms;
            self.exemplars += shape.exemplars;
            self.unsorted += u64::from(shape.unsorted);
            self.repeated += u64::from(shape.repeated);
            let samples = shape.samples + shape.histograms;
            if samples > 0 && !shape.repeated {
                records.push(Record {
                    identity: sums.identity(rule),
                    scope_key: sums.scope(rule),
                    samples,
                    lives: shape.lives,
                    ended: shape.ended,
                    place: series.place(),
                });
            }
            Ok(())
        })?;
        (self.series, self.metadata) = (totals.series as u64, totals.metadata as u64);
        Ok(())
    }
}

struct Sums {
    series: Sum,
    metric: u64,
    team: u64,
    job: u64,
    has_cluster: bool,
}

impl Sums {
    fn new(start: Sum, rule: &Rule) -> Self {
        Self { series: start, metric: rule.empty, team: rule.empty, job: rule.empty, has_cluster: false }
    }

    #[inline]
    fn add(&mut self, label: Label<'_>, hashes: &[u64], rule: &Rule) {
        // A label with an empty value is no label, as everywhere in Prometheus.
        if label.value.text.is_empty() {
            return;
        }
        let (name, value) = (hash(label.name, hashes), hash(label.value, hashes));
        if rule.replicas.contains(&name) {
            return;
        }
        self.series = self.series.with(identity::pair(name, value));
        if name == rule.metric {
            self.metric = value;
        } else if name == rule.job {
            self.job = value;
        } else if name == rule.cluster {
            self.has_cluster = true;
        }
        if name == rule.team {
            self.team = value;
        }
    }

    fn identity(&self, rule: &Rule) -> Identity {
        match rule.own_cluster {
            Some(pair) if !self.has_cluster => self.series.with(pair).identity(),
            _ => self.series.identity(),
        }
    }

    fn scope(&self, rule: &Rule) -> u64 {
        let team = if rule.platform_jobs.contains(&self.job) { rule.platform } else { self.team };
        scope_key(rule, self.metric, team, self.job)
    }
}

fn scope_key(rule: &Rule, metric: u64, team: u64, job: u64) -> u64 {
    let sum = Sum::EMPTY.with(identity::pair(rule.metric, metric)).with(identity::pair(rule.job, job));
    // The team's place has a name of its own: its label may be `job`.
    sum.with(identity::pair(rule.platform, team)).identity().0
}

/// The key of a scope by its names.
pub fn key_of(rule: &Rule, names: &Names) -> u64 {
    scope_key(rule, identity::text(&names.metric), identity::text(&names.team), identity::text(&names.job))
}

#[inline]
fn hash(text: Text<'_>, hashes: &[u64]) -> u64 {
    match text.symbol.and_then(|symbol| hashes.get(symbol as usize)) {
        Some(hash) => *hash,
        None => identity::text(text.text),
    }
}

/// The names of a series that was read before.
pub fn names(series: &Series<'_>, rule: &Rule) -> Result<Names, Error> {
    let mut names = Names::default();
    series.read(|label| names.note(label, rule))?;
    names.settle(rule);
    Ok(names)
}

impl Names {
    /// Takes in one label of a series.
    pub fn note(&mut self, label: Label<'_>, rule: &Rule) {
        let (name, value) = (label.name.text, label.value.text);
        if name == "__name__" {
            value.clone_into(&mut self.metric);
        } else if name == "job" {
            value.clone_into(&mut self.job);
        }
        if name == rule.meaning.team_label {
            value.clone_into(&mut self.team);
        }
    }

    /// After the last label: what the platform's own jobs send is the platform's.
    pub fn settle(&mut self, rule: &Rule) {
        if rule.meaning.platform_jobs.contains(&self.job) {
            super::rule::PLATFORM.clone_into(&mut self.team);
        }
    }
}
