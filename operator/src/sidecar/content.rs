//! What an agent's ConfigMap holds, and how a configuration is named by its digest.

use sha2::{Digest, Sha256};

/// Key of the newest configuration.
pub const CANDIDATE: &str = "candidate.alloy";
/// Key of the last configuration that was healthy.
pub const GOOD: &str = "good.alloy";
/// The largest configuration: a ConfigMap holds one mebibyte at most.
pub const LARGEST_BYTES: usize = 1 << 20;

/// One configuration and its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The configuration.
    pub text: String,
    /// Its digest.
    pub sha: String,
}

impl Text {
    /// None for a text that holds nothing but white space: an empty configuration is a mistake, never a wish.
    pub fn new(text: String) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self { sha: digest(&text), text })
    }
}

/// What was found in the ConfigMap at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The newest configuration, where there is one.
    pub candidate: Option<Text>,
    /// The last one that was healthy, where there is one.
    pub good: Option<Text>,
}

impl Content {
    /// From the values of the two keys.
    pub fn new(candidate: Option<String>, good: Option<String>) -> Self {
        Self { candidate: candidate.and_then(Text::new), good: good.and_then(Text::new) }
    }
}

/// SHA-256 of a configuration in hexadecimal digits.
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_what_sha256sum_says() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn nothing_but_white_space_is_no_configuration() {
        assert_eq!(Content::new(Some(" \n".into()), Some(String::new())), Content::default());
    }
}
