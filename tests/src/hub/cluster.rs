//! A cluster as the hub sees one: it speaks the protocol, with nothing behind it.

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Hub};

/// A cluster that joins and reports.
#[derive(Clone)]
pub struct Cluster {
    /// UID of its `kube-system` namespace.
    pub uid: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The value of its label `team`.
    pub team: String,
    /// Who leads in it.
    pub instance: String,
    /// The number of its last report.
    pub sequence: u64,
    /// The credential in use.
    pub credential: String,
}

/// A new credential.
pub fn credential() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What the hub knows of a credential.
pub fn sha256(credential: &str) -> String {
    use std::fmt::Write;
    let digest = sha2::Sha256::digest(credential.as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

use sha2::Digest;

impl Cluster {
    /// One that has not joined yet.
    pub fn new(name: &str) -> Self {
        Self {
            uid: format!("uid-{name}-{:08x}", rand::random::<u32>()),
            name: name.to_owned(),
            region: "eu-west-1".to_owned(),
            team: "a".to_owned(),
            instance: "leader-a".to_owned(),
            sequence: 0,
            credential: credential(),
        }
    }

    fn identity(&self) -> Value {
        json!({"uid": self.uid, "name": self.name, "region": self.region, "provider": "aws", "environment": "prod", "labels": {"team": self.team}})
    }

    fn facts() -> Value {
        json!({"kubernetes_version": "v1.36.3", "node_count": 3, "architectures": ["amd64"], "simulated_nodes": true,
            "capacity": {"cpu_cores": 12, "memory_bytes": 1_000_000}})
    }

    /// What it enrolls with.
    pub fn enrollment(&self, join_token: &str) -> Value {
        json!({"join_token": join_token, "cluster": self.identity(), "facts": Self::facts(), "instance": self.instance,
            "operator_version": "0.1.0", "credential_sha256": sha256(&self.credential)})
    }

    /// Joins.
    pub async fn enroll(&self, hub: &Hub, join_token: &str) -> Result<Answer> {
        Answer::of(hub.request(Method::POST, "/agent/v1/enroll").json(&self.enrollment(join_token))).await
    }

    /// A report on which all is well.
    pub fn healthy(&mut self) -> Value {
        self.sequence += 1;
        json!({"instance": self.instance, "sequence": self.sequence, "sent_at": "2026-11-22T03:00:00Z", "cluster": self.identity(),
            "facts": Self::facts(), "operator_version": "0.1.0",
            "flag": {"enabled": true, "suspended": false, "set_by": "kubectl", "ready": "True", "reason": "Healthy", "message": "",
                "since": "2026-11-22T02:00:00Z", "observed_generation": 1,
                "conditions": [{"type": "Ready", "status": "True", "reason": "Healthy", "message": "", "since": "2026-11-22T02:00:00Z"}]},
            "template": {"pack": "base", "version": "1.0.0"}, "objects": {"applied": 36, "contested": 0}, "problems": [],
            "gauges": {"agents_ready": 2, "agents_wanted": 2, "series": 838, "samples_per_second": 14.5, "last_sample_at": "2026-11-22T02:59:50Z"}})
    }

    /// Reports.
    pub async fn report(&self, hub: &Hub, report: &Value) -> Result<Answer> {
        Answer::of(hub.request(Method::POST, "/agent/v1/status").bearer_auth(&self.credential).json(report)).await
    }

    /// Reports that all is well.
    pub async fn report_healthy(&mut self, hub: &Hub) -> Result<Value> {
        let report = self.healthy();
        self.report(hub, &report).await?.good()
    }

    /// Asks what is desired; `seen` is the last answer, or null.
    pub async fn desired(&self, hub: &Hub, seen: &Value, wait_seconds: u64) -> Result<Answer> {
        let (epoch, generation) =
            (seen["epoch"].as_str().unwrap_or_default(), seen["generation"].as_u64().unwrap_or_default());
        let path = format!("/agent/v1/desired?epoch={epoch}&generation={generation}&wait_seconds={wait_seconds}");
        Answer::of(hub.request(Method::GET, &path).bearer_auth(&self.credential)).await
    }
}
