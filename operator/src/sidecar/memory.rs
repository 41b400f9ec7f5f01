//! What the sidecar remembers when its own container starts again: what was refused, what crashed, what was half tried.

use serde::{Deserialize, Serialize};

use super::SidecarError;
use super::status::Outcome;
use super::target::Target;

/// How many crashes are remembered.
const REMEMBERED: usize = 8;

/// Why a configuration is not tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Digest of the configuration.
    pub sha: String,
    /// What the agent, or we, said of it.
    pub message: String,
}

/// Kept in a file beside the agent's configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The last one that the agent refused.
    pub refused: Option<Verdict>,
    /// The last ones that the agent died of, the newest last.
    pub crashed: Vec<Verdict>,
    /// The one that is written to the agent's file and not judged yet.
    pub trying: Option<String>,
    /// The one whose judgement was lost, and how often.
    pub lost: Option<(String, u32)>,
}

impl Memory {
    /// What is remembered; a file that is empty, cut off or no JSON is as good as none.
    pub fn load(target: &Target) -> Self {
        let text = match target.read_memory() {
            Ok(Some(text)) => text,
            Ok(None) => return Self::default(),
            Err(error) => {
                tracing::warn!(code = error.code(), "nothing is remembered: {error}");
                return Self::default();
            }
        };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!("nothing is remembered, the memory is damaged: {error}");
            Self::default()
        })
    }

    /// Remembers it.
    pub fn save(&self, target: &Target) -> Result<(), SidecarError> {
        // Plain strings and numbers always become JSON.
        target.write_memory(&serde_json::to_string(self).unwrap_or_default())
    }

    /// What is held against this configuration.
    pub fn verdict(&self, sha: &str) -> Option<(Outcome, &str)> {
        let of = |verdict: &Verdict| verdict.sha == sha;
        let crashed = self.crashed.iter().find(|verdict| of(verdict)).map(|verdict| (Outcome::Crashed, verdict));
        let refused = self.refused.as_ref().filter(|verdict| of(verdict)).map(|verdict| (Outcome::Refused, verdict));
        crashed.or(refused).map(|(outcome, verdict)| (outcome, verdict.message.as_str()))
    }

    /// The agent died of this one.
    pub fn crash(&mut self, sha: &str, message: String) {
        self.pardon(sha);
        self.crashed.push(Verdict { sha: sha.to_owned(), message });
        let more = self.crashed.len().saturating_sub(REMEMBERED);
        self.crashed.drain(..more);
    }

    /// Whether the agent died of this one.
    pub fn has_crashed(&self, sha: &str) -> bool {
        self.crashed.iter().any(|verdict| verdict.sha == sha)
    }

    /// Nothing is held against this one any more.
    pub fn pardon(&mut self, sha: &str) {
        self.crashed.retain(|verdict| verdict.sha != sha);
    }

    /// Once more no judgement came for this one; says how often now.
    pub fn lose(&mut self, sha: &str) -> u32 {
        let before = self.lost.as_ref().filter(|(lost, _)| lost == sha).map_or(0, |(_, times)| *times);
        self.lost = Some((sha.to_owned(), before + 1));
        before + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_memory_is_no_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = Target::new(&folder.path().join("config.alloy"));
        let memory = Memory {
            refused: Some(Verdict { sha: "a".into(), message: "3:1 no".into() }),
            crashed: vec![Verdict { sha: "b".into(), message: "died".into() }],
            ..Memory::default()
        };
        memory.save(&target).expect("writable");
        assert_eq!(Memory::load(&target), memory);
        assert_eq!(memory.verdict("a"), Some((Outcome::Refused, "3:1 no")));
        assert_eq!(memory.verdict("b"), Some((Outcome::Crashed, "died")));
        assert_eq!(memory.verdict("c"), None);
        for damaged in ["", "{\"refused\":{\"sha\":", "[1]"] {
            target.write_memory(damaged).expect("writable");
            assert_eq!(Memory::load(&target), Memory::default());
        }
    }

    #[test]
    fn crashes_are_remembered_within_bounds() {
        let mut memory = Memory::default();
        (0..20).for_each(|number| memory.crash(&number.to_string(), String::new()));
        memory.crash("19", "again".into());
        assert_eq!(memory.crashed.len(), REMEMBERED);
        assert_eq!(memory.verdict("19"), Some((Outcome::Crashed, "again")));
        memory.pardon("19");
        assert!(!memory.has_crashed("19") && memory.has_crashed("18"));
    }

    #[test]
    fn losses_are_counted_for_one_configuration() {
        let mut memory = Memory::default();
        assert_eq!((memory.lose("a"), memory.lose("a"), memory.lose("b")), (1, 2, 1));
    }
}
