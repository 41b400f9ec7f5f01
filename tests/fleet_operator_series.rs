//! What a real meter counted is carried to a real hub by a real operator, whole hours and the one that lasts, also past a hub that was away.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, ready_spec_with};
use flagstaff_tests::hub::Hub;
use flagstaff_tests::{Meter, Turn, eventually, ports};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams};
use serde_json::json;

use crate::writer::{self, series};

const SOON: Duration = Duration::from_secs(60);
const HEADERS: [(&str, &str); 2] = [("content-type", "application/x-protobuf"), ("content-encoding", "snappy")];

async fn send(meter: &Meter, count: u32) -> Result<()> {
    let all: Vec<_> = (0..count)
        .map(|n| series(&[("__name__", "calls"), ("job", "j"), ("namespace", "shop"), ("n", &n.to_string())]))
        .collect();
    let answer = meter.write("/api/v1/write", &HEADERS, writer::snappy(Version::One, &all)).await?;
    ensure!(answer.status() == 204, "{}", answer.status());
    Ok(())
}

/// What the hub has of the cluster: the newest report's instance and active series.
fn kept(hub: &Hub) -> Result<String> {
    hub.sql("SELECT instance, active FROM series_report ORDER BY at DESC, looked_at DESC LIMIT 1")
}

#[tokio::test]
async fn what_the_meter_counted_reaches_the_hub() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    let meter = Meter::start(&["--cluster=counted"]).await?;
    send(&meter, 700).await?;
    let token = admin.join_token(json!({"uses": 2})).await?;
    flag.apply(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "series-join", "namespace": NAMESPACE},
        "stringData": {"token": token["token"]},
    }))
    .await?;
    let named = format!("--meter={}", meter.url());
    // Another one that is away holds nobody up.
    let away = format!("--meter=http://127.0.0.1:{}", ports::free()?);
    let operator = turn.operator_with(&[&away, &named, "--series-seconds=1"]).await?;
    flag.raise(ready_spec_with(json!({
        "cluster": {"name": "counted"}, "hub": {"url": hub.url(), "joinTokenSecret": {"name": "series-join"}},
    })))
    .await?;
    let hours = meter.json("/api/v1/hours").await?;
    let instance = hours["hours"][0]["instance"].as_str().context("an instance")?.to_owned();
    eventually(SOON, "the hub has the meter's report", async || {
        let kept = kept(&hub)?;
        check(kept == format!("{instance}|700"), kept)
    })
    .await?;

    // The hub is away while there are more: nothing is lost, and the operator lives.
    hub.kill()?;
    send(&meter, 900).await?;
    hub.start_again().await?;
    eventually(SOON, "the hub has the later look", async || {
        let kept = kept(&hub)?;
        check(kept == format!("{instance}|900"), kept)
    })
    .await?;
    ensure!(operator.exited().is_none());
    let log = operator.log()?;
    ensure!(log.matches("operator.meter_unreachable").count() == 1, "a meter that is away is said once:\n{log}");
    flag.clear().await?;
    let secrets: Api<Secret> = Api::namespaced(flag.client.clone(), NAMESPACE);
    for name in ["flagstaff-hub", "series-join"] {
        if secrets.get_opt(name).await?.is_some() {
            secrets.delete(name, &DeleteParams::default()).await?;
        }
    }
    Ok(())
}
