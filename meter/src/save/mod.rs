//! What is known is saved each minute and at the end, and read back at a start. What cannot be read is said, and everything begins anew.

mod format;
pub mod reader;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::fcntl::{Flock, FlockArg};
use tokio_util::sync::CancellationToken;

use crate::aggregate::Aggregate;
use crate::count::Count;
use crate::count::rule::Rule;
use crate::enforce::Enforce;
use crate::metrics::Metrics;
use crate::receive::Receiver;

/// How often.
const EVERY: Duration = Duration::from_secs(60);
const FILE: &str = "known-series";
/// What full budgets remember.
const BUDGETS: &str = "full-budgets.json";
/// What is aggregated.
const SUMS: &str = "sums";

/// The folder of `--data-dir`, which nobody else uses meanwhile.
pub struct Save {
    folder: PathBuf,
    _lock: Flock<std::fs::File>,
}

impl Save {
    /// Takes the folder.
    pub fn open(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        let file = std::fs::File::create(folder.join("lock")).context("make the lock file")?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => {
                bail!("another meter uses {}; end it, or choose another --data-dir", folder.display())
            }
            Err((_, error)) => Err(error).context("lock the data folder"),
        }
    }

    /// Where it is saved.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Puts back what was saved; says when that was.
    pub fn restore(&self, count: &mut Count, now: u64, metrics: &Metrics) -> Option<u64> {
        let file = self.file();
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                tracing::info!("nothing was saved in {}: counting begins", self.folder.display());
                return None;
            }
            Err(error) => {
                tracing::error!(code = "meter.saved_unreadable", "{}: {error}: counting begins anew", file.display());
                return None;
            }
        };
        match format::read(&bytes, count, now) {
            Ok(saved_at) => {
                metrics.saved_at.set(i64::try_from(saved_at).unwrap_or(i64::MAX));
                let ago = now.saturating_sub(saved_at);
                tracing::info!("{} series were known {ago} s ago", count.known().len());
                Some(saved_at)
            }
            Err(error) => {
                tracing::error!(code = "meter.saved_damaged", "{}: {error}: counting begins anew", file.display());
                None
            }
        }
    }

    /// Puts back what full budgets remembered.
    pub fn restore_budgets(&self, enforce: &mut Enforce, rule: &Rule) {
        let file = self.folder.join(BUDGETS);
        let read = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => Err(error.to_string()),
        };
        match read {
            Ok(saved) => enforce.restore(saved, rule),
            Err(error) => {
                tracing::error!(code = "meter.saved_damaged", "{}: {error}: full budgets begin anew", file.display());
            }
        }
    }

    /// Puts back what was aggregated.
    pub fn restore_sums(&self, aggregate: &mut Aggregate, rule: &Rule) {
        let file = self.folder.join(SUMS);
        let read = match std::fs::read(&file) {
            Ok(bytes) => aggregate.restore(&bytes, rule).map_err(|damage| damage.to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = read {
            tracing::error!(code = "meter.saved_damaged", "{}: {error}: sums begin anew", file.display());
        }
    }

    /// Whether there is a copy of what is aggregated.
    pub fn has_sums(&self) -> bool {
        self.folder.join(SUMS).exists()
    }

    /// Keeps a copy of what is aggregated.
    ///
    /// # Errors
    /// Where it is not on disk now.
    pub fn put_sums(&self, bytes: &[u8]) -> Result<()> {
        self.put(SUMS, bytes)
    }

    /// Writes beside and puts it in its place, so that a file is whole or not there.
    pub fn write(&self, receiver: &Receiver, metrics: &Metrics) {
        let now = receiver.now();
        let bytes = format::write(&receiver.lock(), now);
        let budgets = serde_json::to_vec(&receiver.budgets().saved(receiver.rule())).map_err(anyhow::Error::from);
        match self.put(FILE, &bytes).and_then(|()| self.put(BUDGETS, &budgets?)) {
            Ok(()) => {
                metrics.saved_at.set(i64::try_from(now).unwrap_or(i64::MAX));
            }
            Err(error) => {
                metrics.save_failures.inc();
                tracing::error!(code = "meter.save_failed", "what is known was not saved: {error:#}");
            }
        }
    }

    /// At the end, when nothing is taken in any more: also what is aggregated.
    pub fn end(&self, receiver: &Receiver, metrics: &Metrics) {
        self.write(receiver, metrics);
        let sums = receiver.sums();
        if sums.is_empty() && !self.has_sums() {
            return;
        }
        if let Err(error) = self.put_sums(&sums.saved(receiver.rule())) {
            metrics.save_failures.inc();
            tracing::error!(code = "meter.save_failed", "what is aggregated was not saved: {error:#}");
        }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let beside = self.folder.join(format!("{name}.new"));
        let mut file = std::fs::File::create(&beside).with_context(|| format!("make {}", beside.display()))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("write {}", beside.display()))?;
        std::fs::rename(&beside, self.folder.join(name)).context("put it in its place")?;
        std::fs::File::open(&self.folder).and_then(|folder| folder.sync_all()).context("keep the folder's entry")
    }

    /// Saves each minute until the end.
    pub async fn keep(self: Arc<Self>, receiver: Arc<Receiver>, metrics: Arc<Metrics>, ending: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = ending.cancelled() => return,
            }
            let (save, receiver, metrics) = (self.clone(), receiver.clone(), metrics.clone());
            if let Err(error) = tokio::task::spawn_blocking(move || save.write(&receiver, &metrics)).await {
                tracing::error!(code = "meter.save_failed", "what is known was not saved: {error}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::Bounds;
    use crate::count::batch::Names;
    use crate::count::rule::{Meaning, Rule};
    use flagstaff_sketch::{Entry, Slot};

    const NOW: u64 = 1_795_000_000;

    fn count(cluster: &str) -> Count {
        let meaning = Meaning {
            cluster: cluster.into(),
            team_label: "namespace".into(),
            platform_jobs: vec![],
            replica_labels: vec![],
        };
        let bounds = Bounds {
            window_seconds: 300,
            max_series: 1000,
            max_scopes: 100,
            sketch_bytes: 1 << 20,
            labelled_metrics: 5,
        };
        Count::new(Arc::new(Rule::new(meaning)), bounds, NOW)
    }

    fn filled() -> Count {
        let mut count = count("here");
        let names = Names { metric: "up".into(), team: "t".into(), job: "j".into() };
        let scope = count.restore_scope(&names, NOW);
        for number in 0..100_u64 {
            let seen = Slot::at(NOW - number * 15);
            count.restore(Entry { key: number << 56 | number, scope, seen, active: number < 20 });
        }
        count
    }

    #[test]
    fn what_was_saved_is_known_again() {
        let (saved, mut back) = (filled(), count("here"));
        let bytes = format::write(&saved, NOW);
        assert_eq!(format::read(&bytes, &mut back, NOW + 60), Ok(NOW));
        assert_eq!((back.known().len(), back.scopes.len()), (100, 1));
        assert_eq!(back.windows(NOW + 60).total[0].value, 16.0, "four more slots are out of the window");
        let mut later = count("here");
        assert_eq!(format::read(&bytes, &mut later, NOW + 24 * 3600 - 60), Ok(NOW));
        assert_eq!(later.known().len(), 5, "the rest is older than a day by now");
    }

    #[test]
    fn what_is_damaged_is_said_and_leaves_nothing_behind() {
        let bytes = format::write(&filled(), NOW);
        let refused = |bytes: &[u8]| {
            let mut back = count("here");
            let damage = format::read(bytes, &mut back, NOW).expect_err("it is damaged");
            assert!(back.known().is_empty() && back.scopes.is_empty(), "{damage}");
            damage
        };
        assert_eq!(refused(&[]), reader::Damage::Short(0));
        for end in 1..bytes.len() {
            refused(&bytes[..end]);
        }
        for place in (0..bytes.len()).step_by(7) {
            let mut bytes = bytes.clone();
            bytes[place] ^= 0x10;
            refused(&bytes);
        }
        assert_eq!(format::read(&bytes, &mut count("elsewhere"), NOW), Err(reader::Damage::OtherRule));
    }

    #[test]
    fn one_folder_is_one_meters() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Save::open(folder.path()).expect("free");
        assert!(Save::open(folder.path()).is_err());
        drop(first);
        assert!(Save::open(folder.path()).is_ok());
    }
}
