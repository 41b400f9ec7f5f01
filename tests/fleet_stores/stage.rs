//! A hub with two clusters, and a Prometheus and a Loki that hold both of them.

use std::time::Duration;

use anyhow::{Context, Result};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Answer, Cluster, Person};
use flagstaff_tests::store::{Loki, Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{Hub, eventually};
use serde_json::{Value, json};

/// The cluster that is asked for, and the one that must not be read.
pub const OWN: &str = "stores-own";
pub const OTHER: &str = "stores-other";
pub const SOON: Duration = Duration::from_secs(60);

/// The time that a store has in these tests.
pub const STORE_SECONDS: &str = "2";

pub struct Stage {
    pub hub: Hub,
    cookie: String,
    pub id: String,
    pub prometheus: Prometheus,
    pub loki: Loki,
    _targets: Prometheus,
}

static STAGE: tokio::sync::OnceCell<Stage> = tokio::sync::OnceCell::const_new();

impl Stage {
    pub async fn get() -> Result<&'static Self> {
        STAGE.get_or_try_init(Self::open).await
    }

    async fn open() -> Result<Self> {
        let site = Site::loopback()?;
        let targets = Prometheus::start(&site).await?;
        let target = targets.url_inside().trim_start_matches("http://").to_owned();
        let job = |cluster: &str| json!({"job_name": cluster, "static_configs": [{"targets": [target], "labels": {"cluster": cluster, "namespace": "shop"}}]});
        let options = PrometheusOptions {
            name: "holds-both".into(),
            port: 9092,
            scrape: vec![job(OWN), job(OTHER)],
            ..PrometheusOptions::default()
        };
        let prometheus = Prometheus::with(&site, None, options).await?;
        let loki = Loki::start(&site).await?;
        for cluster in [OWN, OTHER] {
            for at in 0..3 {
                let labels = [("cluster", cluster), ("namespace", "shop"), ("level", "info")];
                loki.push(&labels, &format!("line {at} of {cluster}")).await?;
            }
        }
        let hub =
            Hub::start(&[&format!("--store-timeout-seconds={STORE_SECONDS}"), "--status-every-seconds=1"], &[]).await?;
        let admin = hub.admin().await?;
        let token = admin.join_token(json!({"uses": 3})).await?;
        let token = token["token"].as_str().context("a token")?.to_owned();
        let mut ids = vec![];
        for name in [OWN, OTHER] {
            let mut cluster = Cluster::new(name);
            cluster.enroll(&hub, &token).await?.good()?;
            cluster.report_healthy(&hub).await?;
            ids.push(admin.cluster(name).await?["id"].as_str().context("an id")?.to_owned());
        }
        for (kind, url) in [("prometheus", prometheus.url()), ("loki", loki.url())] {
            let draft = json!({"name": format!("both {kind}"), "kind": kind, "url": url, "authentication": "none"});
            admin.post("/api/v1/stores", &draft).await?.good()?;
        }
        eventually(SOON, "both clusters are in both stores", async || {
            let up = prometheus.value("count(up == 1)").await?;
            let lines = loki.lines("{namespace=\"shop\"}", Duration::from_secs(600)).await?.len();
            check(up == 2.0 && lines == 6, (up, lines))
        })
        .await?;
        let cookie = admin.cookie().to_owned();
        Ok(Self { cookie, id: ids.remove(0), prometheus, loki, _targets: targets, hub })
    }

    pub fn admin(&self) -> Person<'_> {
        Person::with_cookie(&self.hub, &self.cookie)
    }

    /// Asks about the own cluster.
    pub async fn query(&self, body: Value) -> Result<Answer> {
        self.admin().post(&format!("/api/v1/clusters/{}/query", self.id), &body).await
    }

    /// Asks a store of that id about the own cluster.
    pub async fn ask(&self, store: &Value, expression: &str) -> Result<Answer> {
        let kind = &store["kind"];
        self.query(json!({"kind": kind, "store": store["id"], "expression": expression})).await
    }

    /// A store for this test alone, at a URL that is asked for by its id only: others come before it in the order of names.
    pub async fn store(&self, name: &str, url: &str, mut more: Value) -> Result<Value> {
        let mut draft =
            json!({"name": format!("z {name}"), "kind": "prometheus", "url": url, "authentication": "none"});
        for (field, value) in more.as_object_mut().into_iter().flatten() {
            draft[field] = value.take();
        }
        self.admin().post("/api/v1/stores", &draft).await?.good()
    }
}
