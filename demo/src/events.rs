//! What the demo in the background tells the program that started it: one JSON line a step.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// A step begins.
    Begin {
        /// What it does.
        step: String,
        /// About how long it takes.
        expected_seconds: u64,
    },
    /// A step has ended well.
    Done {
        /// How long it took.
        seconds: f64,
    },
    /// The demo runs; these are its last lines.
    Up {
        /// The lines.
        lines: Vec<String>,
    },
    /// A step failed.
    Failed {
        /// Which.
        step: String,
        /// Why.
        message: String,
        /// What to try.
        hint: String,
    },
}

/// Writes events to the file that `up` follows.
pub struct Teller {
    file: Mutex<File>,
    step: Mutex<String>,
}

impl Teller {
    /// Begins a new file.
    pub fn new() -> Result<Self> {
        let path = crate::folder::folder()?.join("events.jsonl");
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(&path)
            .with_context(|| format!("write {}", path.display()))?;
        Ok(Self { file: Mutex::new(file), step: Mutex::default() })
    }

    /// Runs one step and tells how long it took.
    pub async fn step<T>(&self, name: &str, expected_seconds: u64, work: impl Future<Output = Result<T>>) -> Result<T> {
        if let Ok(mut step) = self.step.lock() {
            name.clone_into(&mut step);
        }
        self.tell(&Event::Begin { step: name.to_owned(), expected_seconds })?;
        let begun = Instant::now();
        let result = work.await.with_context(|| name.to_owned())?;
        self.tell(&Event::Done { seconds: begun.elapsed().as_secs_f64() })?;
        Ok(result)
    }

    /// The step that is under way.
    pub fn current(&self) -> String {
        self.step.lock().map(|step| step.clone()).unwrap_or_default()
    }

    /// Tells one event.
    pub fn tell(&self, event: &Event) -> Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let mut file = self.file.lock().map_err(|_| anyhow::anyhow!("the file of events is lost"))?;
        file.write_all(&line).context("write an event")
    }
}
