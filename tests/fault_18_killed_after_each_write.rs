//! The operator is killed after its first write, after its second, and so on to the last: it always comes to the same end.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{SOON, ready_spec, ready_spec_with};
use flagstaff_tests::{ApiProxy, Cluster, ControlPlane, ControlPlaneOptions, Flag, Operator, eventually, turn};
use serde_json::{Value, json};

type State = BTreeMap<String, Value>;

struct Scene {
    flag: Flag,
    proxy: ApiProxy,
    operator: Operator,
}

impl Scene {
    /// Lets the operator do what this spec asks for, and kills it after the n-th write; whether it came so far.
    async fn killed_after(&self, writes: Option<usize>, spec: &Value) -> Result<bool> {
        self.proxy.forget();
        match writes {
            Some(writes) => self.proxy.stop_after(writes),
            None => self.proxy.go_on(),
        }
        self.flag.raise(spec.clone()).await?;
        if self.operator.pid().is_none() {
            self.operator.start_again().await?;
        }
        eventually(SOON, "the end of the work, or of the operator", async || {
            let done = self.done().await?;
            check(done || self.proxy.has_stopped(), done)
        })
        .await?;
        // The proxy passes nothing on from its last write: killed now is killed right after it.
        let killed = self.proxy.has_stopped();
        self.operator.kill()?;
        self.proxy.go_on();
        Ok(killed)
    }

    /// The status is the last that is written: without controllers the workloads are waited for, for ever.
    async fn done(&self) -> Result<bool> {
        Ok(self
            .flag
            .conditions_now()
            .await
            .is_ok_and(|conditions| conditions.get("Ready").is_some_and(|ready| ready.reason == "Waiting")))
    }

    /// Starts it again, and waits until the cluster is as it is when nobody is killed.
    async fn converges_to(&self, wanted: &State, after: usize) -> Result<()> {
        self.operator.start_again().await?;
        eventually(SOON, format!("the same end after a kill at write {after}"), async || {
            ensure!(self.done().await?, "it is not done");
            let now = self.flag.canonical().await?;
            let names: Vec<_> =
                wanted.keys().chain(now.keys()).filter(|name| wanted.get(*name) != now.get(*name)).collect();
            check(names.is_empty(), names)
        })
        .await
    }

    async fn annotations(&self) -> Result<BTreeMap<String, String>> {
        self.flag.get().await?.metadata.annotations.context("annotations")
    }
}

#[tokio::test]
async fn fault_18_a_kill_after_any_write_leads_to_the_same_end() -> Result<()> {
    let options = ControlPlaneOptions { controllers: false, ..ControlPlaneOptions::default() };
    let cluster = ControlPlane::with(options).await?;
    let flag = Flag::install(&cluster).await?;
    let proxy = ApiProxy::start(cluster.kubeconfig()).await?;
    let operator = turn::operator(proxy.kubeconfig(), &["--health-seconds=3600", "--resync-seconds=3600"]).await?;
    let scene = Scene { flag, proxy, operator };
    // First everything is made; then a part of it is removed and another one changed.
    let more = ready_spec();
    let less = ready_spec_with(json!({
        "components": {"kubeStateMetrics": "off"}, "dashboards": {"target": "off"}, "cluster": {"environment": "less"},
    }));
    ensure!(!scene.killed_after(None, &more).await?);
    let made = (scene.flag.canonical().await?, scene.annotations().await?);
    ensure!(!scene.killed_after(None, &less).await?);
    let changed = (scene.flag.canonical().await?, scene.annotations().await?);
    ensure!(made.0.len() > 30 && changed.0.len() < made.0.len() - 10, "{} and {}", made.0.len(), changed.0.len());

    let (mut while_making, mut while_changing) = (0, 0);
    for write in 1.. {
        if scene.operator.pid().is_some() {
            scene.operator.kill()?;
        }
        scene.flag.clear().await?;
        let first = scene.killed_after(Some(write), &more).await?;
        scene.converges_to(&made.0, write).await?;
        assert_eq!(scene.annotations().await?, made.1, "after a kill at write {write}");
        let second = scene.killed_after(Some(write), &less).await?;
        scene.converges_to(&changed.0, write).await?;
        assert_eq!(scene.annotations().await?, changed.1, "after a kill at write {write}");
        while_making += usize::from(first);
        while_changing += usize::from(second);
        if !first && !second {
            break;
        }
    }
    println!("killed {while_making} times while everything was made, {while_changing} times while a part was removed");
    ensure!(while_making > made.0.len(), "each object and the status are a write: {while_making} for {}", made.0.len());
    ensure!(while_changing > made.0.len() - changed.0.len(), "{while_changing}");
    Ok(())
}
