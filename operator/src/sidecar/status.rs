//! What the sidecar reports of its agent; the operator reads it from `/status`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::load::Load;
use super::sending::Sending;

/// What became of the newest configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The agent runs it.
    Accepted,
    /// The agent refused it and runs the one before.
    Refused,
    /// It is not tried yet: the agent does not answer, or it cannot be written.
    Pending,
    /// The agent died of it and was brought back to the last good one.
    Crashed,
    /// There is none.
    #[default]
    None,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [Self::Accepted, Self::Refused, Self::Pending, Self::Crashed, Self::None];

    /// The word that stands for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Pending => "pending",
            Self::Crashed => "crashed",
            Self::None => "none",
        }
    }
}

/// The report. Digests are SHA-256 of the whole text in hexadecimal digits; fields may be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Name of the agent.
    pub agent: String,
    /// Digest of the newest configuration.
    pub candidate_sha: Option<String>,
    /// Digest of the configuration that the agent runs, and starts with.
    pub running_sha: Option<String>,
    /// Digest of the last good one.
    pub good_sha: Option<String>,
    /// What became of the newest.
    pub outcome: Outcome,
    /// What the agent, or we, say about it; at most 4 KiB.
    pub message: String,
    /// Since when this is so.
    pub since: Timestamp,
    /// Whether the agent runs some configuration and answers.
    pub agent_ready: bool,
    /// What the agent sends, as of its metrics a few seconds ago.
    #[serde(default)]
    pub sending: Sending,
    /// What the agent uses, as of the same look.
    #[serde(default)]
    pub load: Load,
}

impl Status {
    /// Nothing known yet.
    pub fn new(agent: String) -> Self {
        Self {
            agent,
            candidate_sha: None,
            running_sha: None,
            good_sha: None,
            outcome: Outcome::None,
            message: "The sidecar has only just started.".to_owned(),
            since: Timestamp::now(),
            agent_ready: false,
            sending: Sending::default(),
            load: Load::default(),
        }
    }
}

/// Shortens a text to what a report may hold, at a character's border.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 4096;
    let text = text.trim();
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(LONGEST - '…'.len_utf8())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let short = shortened(&"ä".repeat(5000));
        assert!(short.len() <= 4096 && short.ends_with('…'));
        assert_eq!(shortened(" fine \n"), "fine");
    }

    #[test]
    fn the_report_is_read_back_as_it_was_written() {
        let status = Status::new("node".into());
        let text = serde_json::to_string(&status).expect("JSON");
        assert!(text.contains(r#""outcome":"none""#), "{text}");
        assert_eq!(serde_json::from_str::<Status>(&text).expect("a report"), status);
    }
}
