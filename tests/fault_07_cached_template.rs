//! The archive of the applied template is cut off, empty or gone: no crash, and nothing is removed.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flagstaff_crds::ConditionStatus;
use flagstaff_template::Pack;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, ready_spec, ready_spec_with};
use flagstaff_tests::older_template::{older_pack, other_pack, pin_template};
use flagstaff_tests::{Flag, Turn, eventually};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

#[derive(Clone, Copy, Debug)]
enum Damage {
    CutOff,
    Empty,
    NoKey,
    Gone,
}

const ALL: [Damage; 4] = [Damage::CutOff, Damage::Empty, Damage::NoKey, Damage::Gone];

async fn damage(flag: &Flag, name: &str, whole: &[u8], how: Damage) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    let data = match how {
        Damage::CutOff => json!({"binaryData": {"pack.tar.gz": STANDARD.encode(&whole[..whole.len() / 2])}}),
        Damage::Empty => json!({"binaryData": {"pack.tar.gz": ""}}),
        Damage::NoKey => json!({"binaryData": null}),
        Damage::Gone => return maps.delete(name, &Default::default()).await.map(drop).context("remove the archive"),
    };
    maps.patch(name, &PatchParams::default(), &Patch::Merge(&data)).await.map(drop).context("damage the archive")
}

#[tokio::test]
async fn fault_07_a_damaged_archive_of_the_operators_own_version_is_written_anew() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let operator = turn.operator_with(&["--health-seconds=300"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_for("Ready", "Waiting").await?;
    let before = flag.canonical().await?;
    let pack = Pack::builtin("base").context("the compiled-in pack")?;
    let name = format!("flagstaff-template-{}", &pack.digest["sha256:".len()..][..12]);
    ensure!(before.contains_key(&format!("ConfigMap {NAMESPACE}/{name}")), "{name}");
    for how in ALL {
        // An operator that has just started knows nothing but what the cluster holds.
        operator.kill()?;
        damage(flag, &name, &pack.archive(), how).await?;
        operator.start_again().await?;
        eventually(SOON, format!("everything is as before it was {how:?}"), async || {
            let now = flag.canonical().await?;
            let differing: Vec<_> =
                before.iter().filter(|(name, object)| now.get(*name) != Some(object)).map(|(name, _)| name).collect();
            check(differing.is_empty() && now.len() == before.len(), differing)
        })
        .await?;
        ensure!(operator.exited().is_none(), "{how:?}: {:?}", operator.exited());
    }
    Ok(())
}

#[tokio::test]
async fn fault_07_a_damaged_archive_of_another_version_stops_changes_and_removes_nothing() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let older = older_pack(BTreeMap::new())?;
    for how in ALL {
        flag.clear().await?;
        flag.raise(ready_spec()).await?;
        let name = pin_template(flag, &older, &older.archive()).await?;
        let operator = turn.operator_with(&["--health-seconds=300"]).await?;
        flag.wait_for("Ready", "Waiting").await?;
        let mut before = flag.canonical().await?;
        let archive = format!("ConfigMap {NAMESPACE}/{name}");
        ensure!(before.remove(&archive).is_some(), "{archive}");

        operator.kill()?;
        damage(flag, &name, &older.archive(), how).await?;
        operator.start_again().await?;
        // A person asks for a change meanwhile: it cannot be made, and nothing is lost either.
        flag.raise(ready_spec_with(json!({"components": {"kubeStateMetrics": "off"}}))).await?;
        let refused = flag.wait_for("Ready", "TemplateUnknown").await?;
        assert_eq!(refused.status, ConditionStatus::False);
        for words in ["base 0.9.0", "What runs is left as it is", "Set spec.template.version to 1.0.0"] {
            ensure!(refused.message.contains(words), "{how:?}: no `{words}` in: {}", refused.message);
        }
        let mut now = flag.canonical().await?;
        now.remove(&archive);
        assert_eq!(now.len(), before.len(), "{how:?}");
        ensure!(now == before, "{how:?}: something was changed");
        ensure!(operator.exited().is_none(), "{how:?}: {:?}", operator.exited());

        // The way out that the condition names.
        flag.raise(ready_spec_with(json!({"template": {"version": "1.0.0"}}))).await?;
        flag.wait_for("Ready", "Waiting").await?;
        assert_eq!(flag.get().await?.status.context("a status")?.template.context("a template")?.version, "1.0.0");
    }
    Ok(())
}

#[tokio::test]
async fn fault_07_of_the_same_version_the_operators_own_files_take_the_place_of_lost_ones() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let newest = Pack::builtin("base").context("the compiled-in pack")?;
    // A development build has left the same version with other bytes.
    let other = other_pack(&newest.manifest.version, BTreeMap::new())?;
    ensure!(other.digest != newest.digest);
    flag.raise(ready_spec()).await?;
    let name = pin_template(flag, &other, &other.archive()).await?;
    damage(flag, &name, &other.archive(), Damage::CutOff).await?;
    let operator = turn.operator_with(&["--health-seconds=300"]).await?;
    flag.wait_for("Ready", "Waiting").await?;
    let template = flag.get().await?.status.context("a status")?.template.context("a template")?;
    assert_eq!(template.digest, newest.digest);
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    eventually(SOON, "the damaged archive is removed", async || check(maps.get_opt(&name).await?.is_none(), &name))
        .await?;
    ensure!(operator.exited().is_none());
    Ok(())
}
