//! Raw results: `bench/results/<row>.jsonl`, one JSON object a line, written while measuring and read by the report.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use flagstaff_tests::programs;
use k8s_openapi::jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::machine::{self, Machine, Measured};
use crate::process::machine_cpu_seconds;
use crate::statistics::{Spread, spread};

/// The first line: what was measured, where and with what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The row.
    pub row: String,
    /// The commit; `+` at its end stands for changes.
    pub commit: String,
    /// RFC 3339.
    pub begun: String,
    /// The command line that measured it.
    pub command: String,
    /// The machine.
    pub machine: Machine,
    /// The operator.
    pub operator: Measured,
    /// Versions of everything that took part.
    pub versions: BTreeMap<String, String>,
    /// The kernel's load over one minute at the start.
    pub load: f64,
}

/// One measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The run, from 1.
    pub run: usize,
    /// What was measured.
    pub what: String,
    /// Its unit: `s`, `ms`, `MB`, `/s`, …
    pub unit: String,
    /// The value.
    pub value: f64,
}

/// The last line: without it the row did not come to its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Foot {
    /// RFC 3339.
    pub ended: String,
    /// How long the whole row took.
    pub seconds: f64,
    /// The kernel's load over one minute at the end.
    pub load: f64,
    /// Processor time that all programs on the machine used meanwhile, those of others too.
    pub machine_cpu_seconds: f64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
enum Line {
    Head(Head),
    Sample(Sample),
    Foot(Foot),
}

/// Where raw results are.
pub fn folder() -> PathBuf {
    programs::repository().join("bench/results")
}

/// Writes the results of one row. They take the place of earlier ones only when the row comes to its end.
pub struct Recorder {
    row: String,
    file: File,
    begun: Instant,
    cpu: f64,
}

impl Recorder {
    /// Begins a row.
    pub fn begin(row: &str) -> Result<Self> {
        let folder = folder();
        fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
        let path = folder.join(format!("{row}.jsonl.new"));
        let file = File::create(&path).with_context(|| format!("write {}", path.display()))?;
        let mut this = Self { row: row.into(), file, begun: Instant::now(), cpu: machine_cpu_seconds()? };
        this.write(&Line::Head(Head {
            row: row.into(),
            commit: machine::commit()?,
            begun: now(),
            command: command(),
            machine: Machine::this()?,
            operator: machine::operator()?,
            versions: machine::versions()?,
            load: machine::load()?,
        }))?;
        Ok(this)
    }

    /// Adds a value.
    pub fn add(&mut self, run: usize, what: &str, unit: &str, value: f64) -> Result<()> {
        ensure!(value.is_finite(), "{what} is no number");
        self.write(&Line::Sample(Sample { run, what: what.into(), unit: unit.into(), value }))
    }

    /// Ends the row.
    pub fn finish(mut self) -> Result<()> {
        let foot = Foot {
            ended: now(),
            seconds: self.begun.elapsed().as_secs_f64(),
            load: machine::load()?,
            machine_cpu_seconds: machine_cpu_seconds()? - self.cpu,
        };
        self.write(&Line::Foot(foot))?;
        let path = folder().join(format!("{}.jsonl", self.row));
        fs::rename(folder().join(format!("{}.jsonl.new", self.row)), &path)
            .with_context(|| format!("write {}", path.display()))
    }

    fn write(&mut self, line: &Line) -> Result<()> {
        let mut text = serde_json::to_vec(line).context("write a result")?;
        text.push(b'\n');
        self.file.write_all(&text).context("write a result")
    }
}

/// The results of one row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// What was measured, where and with what.
    pub head: Head,
    /// All values in the order in which they were measured.
    pub samples: Vec<Sample>,
    /// Its end.
    pub foot: Foot,
}

impl Results {
    /// Reads those of a row; `None` when it was not measured yet.
    pub fn read(row: &str) -> Result<Option<Self>> {
        let path = folder().join(format!("{row}.jsonl"));
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("read {}", path.display())).map(Some)
    }

    /// Reads them from their text.
    pub fn parse(text: &str) -> Result<Self> {
        let (mut head, mut foot, mut samples) = (None, None, vec![]);
        for line in text.lines() {
            match serde_json::from_str(line).with_context(|| format!("the line {line}"))? {
                Line::Head(found) => head = Some(found),
                Line::Sample(sample) => samples.push(sample),
                Line::Foot(found) => foot = Some(found),
            }
        }
        let (Some(head), Some(foot)) = (head, foot) else { bail!("the row did not come to its end") };
        Ok(Self { head, samples, foot })
    }

    /// The values of one thing.
    pub fn values(&self, what: &str) -> Vec<f64> {
        self.samples.iter().filter(|sample| sample.what == what).map(|sample| sample.value).collect()
    }

    /// Their spread.
    pub fn spread(&self, what: &str) -> Option<Spread> {
        spread(&self.values(what))
    }

    /// Their median.
    pub fn median(&self, what: &str) -> Option<f64> {
        self.spread(what).map(|spread| spread.median)
    }

    /// Everything measured and its unit, in the order of first appearance.
    pub fn measured(&self) -> Vec<(&str, &str)> {
        let mut found: Vec<(&str, &str)> = vec![];
        for sample in &self.samples {
            if !found.iter().any(|(what, _)| *what == sample.what) {
                found.push((&sample.what, &sample.unit));
            }
        }
        found
    }
}

/// Now, to the second.
pub fn now() -> String {
    let seconds = Timestamp::now().as_second();
    Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default()
}

/// This program's command line, from the repository's root.
fn command() -> String {
    let root = format!("{}/", programs::repository().display());
    std::env::args().map(|arg| arg.replace(&root, "")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn text() -> String {
        let sample = |run, value| Sample { run, what: "time".into(), unit: "s".into(), value };
        let lines = [
            Line::Head(Head { row: "apply".into(), ..Head::default() }),
            Line::Sample(sample(1, 2.0)),
            Line::Sample(sample(2, 4.0)),
            Line::Foot(Foot { seconds: 9.0, ..Foot::default() }),
        ];
        lines.iter().map(|line| serde_json::to_string(line).unwrap_or_default() + "\n").collect()
    }

    #[test]
    fn results_are_read_as_they_were_written() -> Result<()> {
        let results = Results::parse(&text())?;
        assert_eq!((results.head.row.as_str(), results.foot.seconds), ("apply", 9.0));
        assert_eq!(results.measured(), [("time", "s")]);
        assert_eq!((results.values("time"), results.median("time")), (vec![2.0, 4.0], Some(3.0)));
        assert_eq!(results.median("something else"), None);
        Ok(())
    }

    #[test]
    fn a_row_that_was_broken_off_is_no_result() {
        let text: String = text().lines().take(3).map(|line| format!("{line}\n")).collect();
        assert!(Results::parse(&text).is_err());
        assert!(Results::parse("{}\n").is_err());
    }
}
