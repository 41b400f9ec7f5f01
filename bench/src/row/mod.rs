//! The rows: one file each measures one thing and says how it is to be read.

pub mod apply;
pub mod first_sample;
pub mod fleet;
pub mod memory;
pub mod meter;
pub mod nodes;
pub mod soak;

use crate::record::Results;

/// A row as the report shows it.
pub struct Chapter {
    /// Its name, which its results are filed under.
    pub row: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// How it is measured.
    pub about: &'static str,
    /// What was aimed at.
    pub aims: Vec<Aim>,
    /// What the README says of it.
    pub headlines: Vec<Headline>,
    /// Figures that others published, with their source: never a comparison.
    pub context: Vec<&'static str>,
}

/// A bound on the ratio of two medians of the same run.
pub struct Aim {
    /// What is compared.
    pub what: &'static str,
    /// Ours.
    pub ours: &'static str,
    /// The peer's.
    pub peer: &'static str,
    /// The ratio that is not to be passed.
    pub at_most: f64,
}

impl Aim {
    /// Ours divided by the peer's is at most this.
    pub fn at_most(what: &'static str, ours: &'static str, peer: &'static str, at_most: f64) -> Self {
        Self { what, ours, peer, at_most }
    }

    /// The ratio of the medians, and whether the aim is met; `None` when one of them was not measured.
    pub fn judge(&self, results: &Results) -> Option<(f64, bool)> {
        let ratio = results.median(self.ours)? / results.median(self.peer)?;
        ratio.is_finite().then_some((ratio, ratio <= self.at_most))
    }
}

/// One line of the README.
pub struct Headline {
    /// What was done.
    pub work: &'static str,
    /// What was measured, from the results; `None` when it was not.
    pub text: fn(&Results) -> Option<String>,
}

/// All rows in the order of the report.
pub fn chapters() -> Vec<Chapter> {
    vec![
        apply::chapter(),
        first_sample::chapter(),
        memory::chapter(),
        nodes::chapter(),
        fleet::chapter(),
        meter::chapter(),
    ]
}
