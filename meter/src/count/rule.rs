//! What labels mean: which name the metric, the team, the job and the cluster, and which only tell one replica of a sender from another.

use std::collections::HashSet;

use flagstaff_sketch::{Sum, identity};

/// Team of the series whose job belongs to the platform.
pub const PLATFORM: &str = "platform";

/// What labels mean, as a person sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// Counted as the label `cluster` where a series has none; empty for none.
    pub cluster: String,
    /// Label that names the team.
    pub team_label: String,
    /// Jobs whose series belong to the team [`PLATFORM`].
    pub platform_jobs: Vec<String>,
    /// Labels that are no part of a series' identity.
    pub replica_labels: Vec<String>,
}

/// The same with every hash that is compared with, so that no text is.
#[derive(Debug)]
pub struct Rule {
    /// What a person set.
    pub meaning: Meaning,
    pub(super) metric: u64,
    pub(super) job: u64,
    pub(super) team: u64,
    pub(super) cluster: u64,
    pub(super) empty: u64,
    pub(super) platform: u64,
    pub(super) platform_jobs: HashSet<u64>,
    pub(super) replicas: Vec<u64>,
    /// The pair that is added where a series has no cluster.
    pub(super) own_cluster: Option<u64>,
}

impl Rule {
    /// Prepares the hashes.
    pub fn new(meaning: Meaning) -> Self {
        let hash = |texts: &[String]| -> Vec<u64> { texts.iter().map(|text| identity::text(text)).collect() };
        Self {
            metric: identity::text("__name__"),
            job: identity::text("job"),
            team: identity::text(&meaning.team_label),
            cluster: identity::text("cluster"),
            empty: identity::text(""),
            platform: identity::text(PLATFORM),
            platform_jobs: hash(&meaning.platform_jobs).into_iter().collect(),
            replicas: hash(&meaning.replica_labels),
            own_cluster: (!meaning.cluster.is_empty()).then(|| identity::label("cluster", &meaning.cluster)),
            meaning,
        }
    }

    /// A number that changes when identities or scopes would: what was saved under another one is not read.
    pub fn mark(&self) -> u64 {
        let Meaning { cluster, team_label, platform_jobs, replica_labels } = &self.meaning;
        let mut sum = Sum::of([("cluster", cluster.as_str()), ("team_label", team_label)]);
        for (name, texts) in [("platform_job", platform_jobs), ("replica_label", replica_labels)] {
            sum = texts.iter().fold(sum, |sum, text| sum.with(identity::label(name, text)));
        }
        sum.with(u64::from(identity::VERSION)).identity().0
    }
}
