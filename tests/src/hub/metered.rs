//! A cluster whose meter is played by its reports, made by hand: what it counts, what it says of budgets, and what it is ordered.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Cluster, Counted, Hub, Person, hour};

/// A cluster whose meter reports on one hour, again and again.
pub struct Metered {
    /// The cluster.
    pub cluster: Cluster,
    /// What names it in the hub.
    pub id: String,
    /// The beginning of the hour, in seconds.
    pub hour: i64,
    revision: u64,
    /// What was desired of it last.
    pub seen: Value,
}

impl Metered {
    /// Joins the hub and is healthy.
    pub async fn join(hub: &Hub, admin: &Person<'_>, name: &str, region: &str) -> Result<Self> {
        let token = admin.join_token(json!({})).await?;
        let mut cluster = Cluster::new(name);
        cluster.region = region.to_owned();
        let joined = cluster.enroll(hub, token["token"].as_str().context("a token")?).await?.good()?;
        cluster.report_healthy(hub).await?;
        let seen = cluster.desired(hub, &Value::Null, 0).await?.good()?;
        let id = joined["cluster_id"].as_str().with_context(|| format!("no cluster_id in {joined}"))?.to_owned();
        Ok(Self { id, cluster, hour: hour(0), revision: 0, seen })
    }

    /// Its meter counts so many series of the team `shop`, and says this of budgets.
    pub async fn counts(&mut self, hub: &Hub, active: f64, budgets: &[Value]) -> Result<()> {
        self.revision += 1;
        let mut counted = Counted::in_hour(self.hour).revision(self.revision).scope("http", "shop", "web", active);
        for budget in budgets {
            counted = counted.budget(budget.clone());
        }
        ensure!(self.cluster.is_kept(hub, &counted).await?, "the report was not kept");
        Ok(())
    }

    /// What is desired of it now: the newest answer that there is within a moment.
    pub async fn orders(&mut self, hub: &Hub) -> Result<Value> {
        let answer = self.cluster.desired(hub, &self.seen, 0).await?;
        if answer.status != 304 {
            self.seen = answer.good()?;
        }
        Ok(self.seen["budgets"].clone())
    }

    /// Holds its question until there are other orders. What joining brought may come before.
    pub async fn next_orders(&mut self, hub: &Hub) -> Result<()> {
        let before = self.seen["budgets"].clone();
        for _ in 0..4 {
            let answer = self.cluster.desired(hub, &self.seen, 25).await?;
            ensure!(answer.status != 304, "held for 25 s, and no other orders than {before}");
            self.seen = answer.good()?;
            if self.seen["budgets"] != before {
                return Ok(());
            }
        }
        anyhow::bail!("other answers and no other orders: {}", self.seen)
    }

    /// Its limit of the only budget that there is.
    pub async fn limit(&mut self, hub: &Hub) -> Result<u64> {
        let orders = self.orders(hub).await?;
        orders[0]["limit"].as_u64().with_context(|| format!("no limit in {orders}"))
    }

    /// What it reported is an hour old.
    pub fn falls_silent(&self, hub: &Hub) -> Result<()> {
        hub.sql(&format!(
            "UPDATE series_report SET received_at = received_at - interval '1 hour' WHERE cluster_id = '{}'",
            self.id
        ))?;
        Ok(())
    }
}
