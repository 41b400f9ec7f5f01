//! Versions of the template: what is applied stays through upgrades of the operator, until another version is asked for.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_template::Pack;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{SOON, ready_spec, ready_spec_with};
use flagstaff_tests::older_template::{older_pack, pin_template};
use flagstaff_tests::{Flag, Turn, eventually};
use serde_json::json;

/// The version in the label of the archive that the cluster keeps, and whether the older pack's own dashboard is there.
async fn installed(flag: &Flag) -> Result<(String, bool, String)> {
    let members = flag.members().await?;
    let version = members
        .iter()
        .find_map(|member| member.metadata.labels.as_ref()?.get("flagstaff.dev/template-version").cloned());
    let older = members.iter().any(|member| member.metadata.name.as_deref() == Some("flagstaff-dashboard-former"));
    let cluster = members.iter().find(|member| member.metadata.name.as_deref() == Some("flagstaff-dashboard-cluster"));
    let text = cluster.and_then(|map| map.data["data"]["cluster.json"].as_str()).unwrap_or_default();
    let dashboard: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    Ok((version.unwrap_or_default(), older, dashboard["title"].as_str().unwrap_or_default().to_owned()))
}

#[tokio::test]
async fn the_applied_template_stays_until_another_is_asked_for() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let older = older_pack(BTreeMap::new())?;
    // As an operator that had 0.9.0 compiled in has left it.
    flag.raise(ready_spec()).await?;
    pin_template(flag, &older, &older.archive()).await?;

    let operator = turn.operator().await?;
    flag.wait_until_ready().await?;
    assert_eq!(installed(flag).await?, ("0.9.0".into(), true, "Cluster, as it was".into()));
    let said = flag.wait_for("UpdateAvailable", "UpdateAvailable").await?;
    assert_eq!(said.status, ConditionStatus::True);
    ensure!(said.message.contains("1.0.0") && said.message.contains("spec.template.version"), "{}", said.message);
    let before = flag.canonical().await?;

    // The operator is upgraded again, and a person changes something else.
    operator.stop()?;
    operator.start_again().await?;
    flag.raise(ready_spec_with(json!({"cluster": {"environment": "stage"}}))).await?;
    flag.wait_until_ready().await?;
    assert_eq!(installed(flag).await?.0, "0.9.0");
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    assert_eq!(flag.canonical().await?, before);
    let status = flag.get().await?.status.context("a status")?.template.context("a template")?;
    assert_eq!((status.version.as_str(), status.digest.as_str()), ("0.9.0", older.digest.as_str()));

    flag.raise(ready_spec_with(json!({"template": {"version": "0.8.0"}}))).await?;
    let unknown = flag.wait_for("Ready", "TemplateUnknown").await?;
    ensure!(
        unknown.message.contains("/spec/template/version") && unknown.message.contains("0.8.0"),
        "{}",
        unknown.message
    );
    assert_eq!(flag.canonical().await?, before, "what runs is left as it is");

    flag.raise(ready_spec_with(json!({"template": {"version": "newest"}}))).await?;
    flag.wait_until_ready().await?;
    flag.wait_for("UpdateAvailable", "UpToDate").await?;
    let newest = Pack::builtin("base").context("the compiled-in pack")?;
    eventually(SOON, "the newest template", async || {
        let now = installed(flag).await?;
        check(now.0 == newest.manifest.version && !now.1 && now.2 != "Cluster, as it was", now)
    })
    .await?;
    let status = flag.get().await?.status.context("a status")?.template.context("a template")?;
    assert_eq!(status.digest, newest.digest);
    let archives = flag
        .members()
        .await?
        .iter()
        .filter(|member| member.metadata.name.as_deref().is_some_and(|name| name.starts_with("flagstaff-template-")))
        .count();
    assert_eq!(archives, 1, "the former archive is removed");
    Ok(())
}
