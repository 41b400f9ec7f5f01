//! Clusters that follow the settings of their hub, as an operator does: they ask, take in, and report what became of it.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Cluster, Hub, Person};

/// What a cluster makes of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It holds whatever it is given.
    Holds,
    /// It takes it in and is not at rest yet.
    Works,
    /// It turns degraded by anything but what it had first.
    Degrades,
    /// It refuses anything but what it had first.
    Refuses,
    /// It says and asks nothing.
    Silent,
    /// It is of a version that knows no settings.
    Older,
}

/// A cluster that follows.
pub struct Follower {
    /// The cluster.
    pub cluster: Cluster,
    /// The hub's name for it.
    pub id: String,
    /// How it behaves.
    pub manner: Manner,
    /// The revisions it was given, in their order.
    pub given: Vec<String>,
    /// The last answer to what is desired.
    pub seen: Value,
}

/// A fleet of them.
pub struct Fleet {
    /// In the order in which they joined.
    pub followers: Vec<Follower>,
}

impl Follower {
    /// The last revision it was given; empty before the first.
    pub fn revision(&self) -> &str {
        self.given.last().map_or("", String::as_str)
    }

    /// Asks, without being held, and reports.
    pub async fn tick(&mut self, hub: &Hub) -> Result<()> {
        if self.manner == Manner::Silent {
            return Ok(());
        }
        let answer = self.cluster.desired(hub, &self.seen, 0).await?;
        if answer.status == 200 {
            self.seen = answer.json()?;
            let revision = self.seen["settings"]["revision"].as_str().unwrap_or_default();
            if !revision.is_empty() && revision != self.revision() {
                self.given.push(revision.to_owned());
            }
        }
        let report = self.report();
        self.cluster.report(hub, &report).await?.good().map(drop)
    }

    fn report(&mut self) -> Value {
        let mut report = self.cluster.healthy();
        let first = self.given.len() < 2;
        let (refused, held) = match self.manner {
            Manner::Refuses if !first => (Some("values /packs/base/logs: no number, set by fleet"), false),
            Manner::Works if !first => (None, false),
            _ => (None, true),
        };
        if self.manner == Manner::Degrades && !first {
            report["flag"]["ready"] = json!("False");
            report["flag"]["reason"] = json!("NotReady");
            report["flag"]["message"] = json!("DaemonSet/flagstaff-agent-node: 1 of 3 pods are ready");
        }
        if self.manner != Manner::Older {
            report["settings"] = json!({"revision": self.revision(), "held": held && self.manner != Manner::Degrades, "refused": refused,
                "overridden": [], "effective": {"enabled": true, "enabled_by": "flag", "suspended": false, "suspended_by": "",
                    "destinations": 1, "destinations_by": "flag"}});
        }
        report
    }
}

impl Fleet {
    /// So many clusters, joined, with what the hub sets for them at first.
    pub async fn join(hub: &Hub, admin: &Person<'_>, name: &str, count: usize) -> Result<Self> {
        let token = admin.join_token(json!({"uses": count})).await?;
        let token = token["token"].as_str().context("a token")?;
        let mut fleet = Self { followers: vec![] };
        for index in 0..count {
            let cluster = Cluster::new(&format!("{name}-{index:02}"));
            let joined = cluster.enroll(hub, token).await?.good()?;
            let id = joined["cluster_id"].as_str().context("an id")?.to_owned();
            fleet.followers.push(Follower { cluster, id, manner: Manner::Holds, given: vec![], seen: Value::Null });
        }
        fleet
            .until(hub, "each has what the hub sets first", async |fleet| {
                Ok(fleet.followers.iter().all(|one| !one.given.is_empty()))
            })
            .await?;
        Ok(fleet)
    }

    /// Each asks and reports once.
    pub async fn tick(&mut self, hub: &Hub) -> Result<()> {
        for follower in &mut self.followers {
            follower.tick(hub).await?;
        }
        Ok(())
    }

    /// Asks and reports until something holds; its failure shows what each was given.
    pub async fn until(
        &mut self,
        hub: &Hub,
        what: &str,
        mut holds: impl AsyncFnMut(&Self) -> Result<bool>,
    ) -> Result<()> {
        let end = tokio::time::Instant::now() + Duration::from_secs(90);
        loop {
            self.tick(hub).await?;
            if holds(self).await? {
                return Ok(());
            }
            let given: Vec<&[String]> = self.followers.iter().map(|one| one.given.as_slice()).collect();
            anyhow::ensure!(tokio::time::Instant::now() < end, "{what}: it did not come to that; given: {given:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How many were given more than the first.
    pub fn changed(&self, before: usize) -> usize {
        self.followers.iter().filter(|one| one.given.len() > before).count()
    }

    /// The one that was last given more than `before` alone, by its index.
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.followers.iter().position(|one| one.id == id)
    }
}
