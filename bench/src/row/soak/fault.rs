//! What can be broken, and the choice of it by chance.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

/// The operator leaves a field alone that it lost twice within ten minutes.
const CONTEST: Duration = Duration::from_secs(11 * 60);

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// SIGKILL for the operator, and a new one.
    KillOperator,
    /// SIGKILL for the API server, and a new one on the same data.
    RestartApiServer,
    /// A person changes what the operator has written.
    Change {
        /// Which of the manifests.
        object: usize,
        /// A merge patch.
        patch: Value,
    },
    /// A person deletes an object.
    Delete {
        /// Which of the manifests.
        object: usize,
    },
    /// The flag is switched off, and on again when everything is gone.
    OffAndOn,
}

impl Fault {
    /// Its kind, for the report.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::KillOperator => "operator killed",
            Self::RestartApiServer => "API server restarted",
            Self::Change { .. } => "object changed by hand",
            Self::Delete { .. } => "object deleted by hand",
            Self::OffAndOn => "flag off and on",
        }
    }

    /// About how long it takes to be over.
    pub fn expected_seconds(&self) -> u64 {
        match self {
            Self::KillOperator => 20,
            Self::RestartApiServer | Self::OffAndOn => 4,
            Self::Change { .. } | Self::Delete { .. } => 1,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change { object, .. } | Self::Delete { object } => write!(out, "{} (number {object})", self.kind()),
            _ => out.write_str(self.kind()),
        }
    }
}

/// Chooses faults, and remembers what was changed when.
#[derive(Debug, Default)]
pub struct Faults {
    changed: BTreeMap<usize, Instant>,
}

impl Faults {
    /// The next one.
    pub fn choose(&mut self, chance: &mut StdRng, manifests: &[Value]) -> Fault {
        let object = chance.random_range(0..manifests.len());
        match chance.random_range(0..20) {
            0 => Fault::KillOperator,
            1 => Fault::RestartApiServer,
            2 | 3 => Fault::OffAndOn,
            4..12 => self.change(object, manifests).unwrap_or(Fault::Delete { object }),
            _ => Fault::Delete { object },
        }
    }

    fn change(&mut self, object: usize, manifests: &[Value]) -> Option<Fault> {
        if self.changed.get(&object).is_some_and(|at| at.elapsed() < CONTEST) {
            return None;
        }
        let patch = patch(&manifests[object])?;
        self.changed.insert(object, Instant::now());
        Some(Fault::Change { object, patch })
    }
}

/// A change of something that the operator has written; `None` for kinds whose content cannot be changed.
fn patch(manifest: &Value) -> Option<Value> {
    match manifest["kind"].as_str()? {
        "ConfigMap" => {
            let key = manifest["data"].as_object()?.keys().next()?;
            Some(json!({"data": {key: "changed by hand"}}))
        }
        "ClusterRole" | "Role" => Some(json!({"rules": []})),
        "Service" => Some(json!({"spec": {"selector": {"app.kubernetes.io/name": "changed-by-hand"}}})),
        // A merge patch would replace the whole list of containers; a field beside it that is ours does as well.
        "DaemonSet" | "Deployment" => {
            manifest.pointer("/spec/template/spec/serviceAccountName")?;
            Some(json!({"spec": {"template": {"spec": {"serviceAccountName": "changed-by-hand"}}}}))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn manifests() -> Vec<Value> {
        let map = json!({"kind": "ConfigMap", "data": {"a": "1"}});
        vec![map.clone(), map, json!({"kind": "ServiceAccount"}), json!({"kind": "ClusterRole", "rules": [{}]})]
    }

    fn chosen(seed: u64) -> Vec<Fault> {
        let (mut faults, mut chance) = (Faults::default(), StdRng::seed_from_u64(seed));
        (0..60).map(|_| faults.choose(&mut chance, &manifests())).collect()
    }

    #[test]
    fn the_same_seed_breaks_the_same_things() {
        assert_eq!(chosen(1), chosen(1));
        assert_ne!(chosen(1), chosen(2));
    }

    #[test]
    fn every_kind_comes_and_no_object_is_changed_twice_within_minutes() {
        let all = chosen(1);
        let kinds: std::collections::BTreeSet<&str> = all.iter().map(Fault::kind).collect();
        assert_eq!(kinds.len(), 5, "{kinds:?}");
        let mut changed: Vec<usize> = all
            .iter()
            .filter_map(|fault| if let Fault::Change { object, .. } = fault { Some(*object) } else { None })
            .collect();
        let count = changed.len();
        changed.sort_unstable();
        changed.dedup();
        assert_eq!((count, changed), (3, vec![0, 1, 3]), "the service account has nothing that could be changed");
    }
}
