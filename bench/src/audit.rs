//! The API server's own account of its requests: who asked for what, and when it was answered, to the microsecond.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use k8s_openapi::jiff::Timestamp;
use serde::Deserialize;
use tempfile::TempDir;

const POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules: [{level: Metadata}]
";

/// The audit log of one API server.
pub struct Audit {
    folder: TempDir,
}

/// One answered request.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// `get`, `list`, `watch`, `create`, `patch`, …
    pub verb: String,
    /// Who asked.
    pub user: User,
    /// When the request came.
    pub request_received_timestamp: Timestamp,
    /// When its answer was complete.
    pub stage_timestamp: Timestamp,
    /// What it was about, where it was about an object.
    #[serde(default)]
    pub object_ref: Option<ObjectRef>,
    /// How it was answered.
    #[serde(default)]
    pub response_status: Option<Status>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct User {
    /// Their name.
    pub username: String,
}

/// An object or a collection.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ObjectRef {
    /// The plural of its kind.
    pub resource: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// As in `status`.
    pub subresource: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Status {
    /// HTTP.
    #[serde(default)]
    pub code: u16,
}

impl Event {
    /// Whether it wrote an object itself, and not a part such as its status.
    pub fn wrote_object(&self) -> bool {
        let about = self.object_ref.as_ref().is_some_and(|object| object.subresource.is_empty());
        let done = self.response_status.as_ref().is_some_and(|status| (200..300).contains(&status.code));
        about && done && matches!(self.verb.as_str(), "create" | "update" | "patch")
    }

    /// `resource namespace/name`.
    pub fn object(&self) -> String {
        let ObjectRef { resource, namespace, name, .. } = self.object_ref.clone().unwrap_or_default();
        format!("{resource} {namespace}/{name}")
    }
}

impl Audit {
    /// A new one; give its arguments to the API server.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("bench-audit-").tempdir().context("make a folder")?;
        fs::write(folder.path().join("policy.yaml"), POLICY).context("write the audit policy")?;
        Ok(Self { folder })
    }

    /// Arguments for the API server.
    pub fn args(&self) -> Vec<String> {
        vec![
            format!("--audit-policy-file={}", self.folder.path().join("policy.yaml").display()),
            format!("--audit-log-path={}", self.path().display()),
        ]
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("audit.log")
    }

    /// A place in the log: what comes from now on.
    pub fn mark(&self) -> u64 {
        fs::metadata(self.path()).map_or(0, |about| about.len())
    }

    /// What was answered since a mark.
    pub fn since(&self, mark: u64) -> Result<Vec<Event>> {
        parse(&read_from(&self.path(), mark)?)
    }
}

fn read_from(path: &Path, start: u64) -> Result<String> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = fs::File::open(path).with_context(|| format!("open {}", path.display()))?;
    file.seek(SeekFrom::Start(start)).context("find a place in the audit log")?;
    let mut text = String::new();
    file.read_to_string(&mut text).context("read the audit log")?;
    Ok(text)
}

/// Whole lines only: the last one may be under way.
fn parse(text: &str) -> Result<Vec<Event>> {
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    whole.lines().map(|line| serde_json::from_str(line).with_context(|| format!("the audit line {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"kind":"Event","stage":"ResponseComplete","verb":"patch","user":{"username":"operator","groups":[]},"objectRef":{"resource":"configmaps","namespace":"a","name":"b","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":201},"requestReceivedTimestamp":"2026-01-01T00:00:00.000100Z","stageTimestamp":"2026-01-01T00:00:00.250100Z"}"#;

    #[test]
    fn a_write_is_told_from_a_failed_one_and_from_a_status() -> Result<()> {
        let events = parse(&format!("{LINE}\n{LINE}\n{{\"half"))?;
        assert_eq!(events.len(), 2, "a line under way waits");
        let event = &events[0];
        assert!(event.wrote_object());
        assert_eq!((event.object().as_str(), event.user.username.as_str()), ("configmaps a/b", "operator"));
        let took = event.stage_timestamp.duration_since(event.request_received_timestamp).as_secs_f64();
        assert!((took - 0.25).abs() < 1e-9);
        let failed = parse(&(LINE.replace("201", "409") + "\n"))?;
        let status = parse(&(LINE.replace("\"name\":\"b\"", "\"name\":\"b\",\"subresource\":\"status\"") + "\n"))?;
        assert!(!failed[0].wrote_object() && !status[0].wrote_object());
        Ok(())
    }
}
