//! Full image references: registry, repository and tag, as a kubelet asks for them.

use std::fmt;
use std::str::FromStr;

/// A reference that leaves nothing to a default: `registry/repository:tag`.
///
/// Short names are refused because each tool completes them in its own way, and an image that was
/// imported under one completion is not found under the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    text: String,
    repository_end: usize,
}

/// Why a text is no full reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no full image reference: {reason}")]
pub struct ReferenceError {
    text: String,
    reason: &'static str,
}

impl Reference {
    /// Registry and repository, without the tag.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[..self.repository_end]
    }

    /// The tag, without its colon.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.text[self.repository_end + 1..]
    }

    /// The whole reference.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| ReferenceError { text: text.to_owned(), reason };
        if text.contains('@') {
            return Err(refuse("an archive is named by a tag; its digest follows from its content"));
        }
        let (registry, rest) = text
            .split_once('/')
            .ok_or_else(|| refuse("the registry is missing (write `docker.io/library/name:tag` in full)"))?;
        if !is_registry(registry) {
            return Err(refuse("the part before the first `/` is no registry (a host name, or host:port)"));
        }
        let (repository, tag) = rest.rsplit_once(':').ok_or_else(|| refuse("the tag is missing (`:version`)"))?;
        if !repository.split('/').all(is_component) {
            return Err(refuse("the repository may hold lower-case letters, digits and single separators only"));
        }
        if !is_tag(tag) {
            return Err(refuse(
                "the tag may hold up to 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two",
            ));
        }
        let repository_end = registry.len() + 1 + repository.len();
        if repository_end > 255 {
            return Err(refuse("registry and repository are longer than 255 characters"));
        }
        Ok(Self { text: text.to_owned(), repository_end })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// A registry is told from a repository's first component by a dot, a port or the name `localhost`.
fn is_registry(text: &str) -> bool {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let host_is_sound = host.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    let port_is_sound = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    host_is_sound && port_is_sound && (host.contains('.') || port.is_some() || host == "localhost")
}

/// One part of a repository path: alphanumerics joined by `.`, `_`, `__` or any number of `-`.
fn is_component(text: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let separators_are_sound = text
        .split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .all(|between| matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'));
    separators_are_sound
        && text.bytes().next().is_some_and(alphanumeric)
        && text.bytes().last().is_some_and(alphanumeric)
}

fn is_tag(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_references_are_taken_apart() {
        for (text, name, tag) in [
            ("ghcr.io/flagstaff-dev/flagstaff:0.1.0", "ghcr.io/flagstaff-dev/flagstaff", "0.1.0"),
            ("localhost:5000/a/b__c:v1", "localhost:5000/a/b__c", "v1"),
            (
                "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0",
                "registry.k8s.io/kube-state-metrics/kube-state-metrics",
                "v2.15.0",
            ),
        ] {
            let reference: Reference = text.parse().expect(text);
            assert_eq!((reference.name(), reference.tag()), (name, tag));
            assert_eq!(reference.to_string(), text);
        }
    }

    #[test]
    fn what_leaves_something_open_is_refused() {
        for text in [
            "",
            "alloy",
            "alloy:v1",
            "grafana/alloy:v1",
            "docker.io/grafana/alloy",
            "docker.io/Grafana/alloy:v1",
            "docker.io/grafana//alloy:v1",
            "docker.io/grafana/alloy:",
            "docker.io/grafana/alloy:-v1",
            "docker.io/grafana/alloy:v1@sha256:00",
            "docker.io/grafana/al loy:v1",
            "host:port/grafana/alloy:v1",
            "docker.io/grafana/a___b:v1",
            "-host.io/a:v1",
        ] {
            assert!(text.parse::<Reference>().is_err(), "`{text}` was taken");
        }
    }
}
