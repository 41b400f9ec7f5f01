//! What a lease and its guardian say to each other: one JSON object a line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One process that a guardian starts and ends.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Part {
    /// Its name within the lease; its log is `<name>.log`.
    pub name: String,
    /// The program, as an absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment: besides these it gets PATH and HOME only.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

impl Part {
    /// A part without arguments.
    pub fn new(name: impl Into<String>, program: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), program: program.into(), ..Self::default() }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds `--name=value`.
    #[must_use]
    pub fn flag(self, name: &str, value: impl std::fmt::Display) -> Self {
        self.arg(format!("--{name}={value}"))
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: Into<String>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets one environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }
}

/// What a lease asks of its guardian.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Repeated in the answer.
    pub id: u64,
    /// What to do.
    #[serde(flatten)]
    pub order: Order,
}

/// The orders that a guardian knows.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Order {
    /// Start a part; answered as soon as it runs, which says nothing about being ready.
    Start {
        /// What to start.
        part: Part,
    },
    /// Send a signal to a part's process group (`SIGSTOP`, …); answered at once.
    Signal {
        /// The part's name.
        name: String,
        /// The signal's name, as in `SIGSTOP`.
        signal: String,
    },
    /// SIGTERM, then SIGKILL after the grace (at once without any); answered when the part is gone.
    Stop {
        /// The part's name.
        name: String,
        /// How long it may take to end by itself.
        grace_ms: u64,
    },
    /// Keep the logs when everything has ended, since something went wrong.
    KeepLogs {
        /// Where to move them.
        folder: PathBuf,
    },
}

/// What a guardian says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The first line: the guardian is there.
    Guarding {
        /// The lease's folder.
        folder: PathBuf,
        /// The guardian's process, or the first one in the namespaces, as the host counts.
        pid: i32,
        /// The cgroup of a node's pods; empty without a node.
        #[serde(default)]
        cgroup: String,
    },
    /// An order was carried out.
    Done {
        /// The request's id.
        id: u64,
        /// The process that it was about, as the guardian counts.
        pid: i32,
    },
    /// An order could not be carried out.
    Failed {
        /// The request's id.
        id: u64,
        /// Why.
        message: String,
    },
    /// A part has ended, asked for or not.
    Exited {
        /// The part's name.
        name: String,
        /// Its process.
        pid: i32,
        /// `exit status 1` or `signal SIGKILL`.
        status: String,
    },
}
