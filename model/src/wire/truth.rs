//! The status of a condition: true, false, unknown, or a word of a newer peer.

use serde::{Deserialize, Serialize};

/// `True`, `False` or `Unknown` as Kubernetes writes them; any other word is kept and means unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Truth {
    /// It is so.
    True,
    /// It is not so.
    False,
    /// Nobody knows.
    #[default]
    Unknown,
    /// A word that this version does not know.
    Other(String),
}

impl Truth {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for Truth {
    fn from(word: String) -> Self {
        match word.as_str() {
            "True" => Self::True,
            "False" => Self::False,
            "Unknown" => Self::Unknown,
            _ => Self::Other(word),
        }
    }
}

impl From<Truth> for String {
    fn from(truth: Truth) -> Self {
        truth.as_str().to_owned()
    }
}
