//! Nothing carries the annotation of client-side apply, so that nothing is limited to the 262,144 bytes that fit into it; and the
//! API server keeps a rolled-back definition from orphaning what is stored.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::flag::{NAMESPACE, name_of, ready_spec};
use flagstaff_tests::older_template::{older_pack, pin_template};
use flagstaff_tests::{Cluster, ControlPlane, Flag, Turn};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

/// The most bytes that all annotations of an object may have together.
const ANNOTATIONS: usize = 262_144;

#[tokio::test]
async fn fault_13_a_dashboard_larger_than_an_annotation_is_applied() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let text: String = (0..9000).map(|line| format!("Line {line} of a long explanation.\n")).collect();
    let place = json!({"x": 0, "y": 0, "w": 24, "h": 8});
    let panel = json!({"id": 1, "type": "text", "title": "Text", "gridPos": place, "options": {"content": text}});
    let large = json!({"uid": "flagstaff-large", "title": "Large", "panels": [panel]});
    let pack = older_pack(BTreeMap::from([("dashboards/large.json".to_owned(), large.to_string().into_bytes())]))?;
    flag.raise(ready_spec()).await?;
    pin_template(flag, &pack, &pack.archive()).await?;
    let _operator = turn.operator_with(&["--health-seconds=300"]).await?;
    flag.wait_for("Ready", "Waiting").await?;

    let members = flag.members().await?;
    let large = members
        .iter()
        .find(|member| member.metadata.name.as_deref() == Some("flagstaff-dashboard-large"))
        .context("the large dashboard")?;
    let bytes = large.data["data"]["large.json"].as_str().context("a dashboard")?.len();
    ensure!(bytes > ANNOTATIONS, "{bytes} bytes are not large");
    for member in &members {
        let annotations = member.metadata.annotations.clone().unwrap_or_default();
        ensure!(!annotations.contains_key("kubectl.kubernetes.io/last-applied-configuration"), "{}", name_of(member));
        let entries = member.metadata.managed_fields.clone().unwrap_or_default();
        let ours: Vec<_> = entries
            .iter()
            .filter(|entry| entry.manager.as_deref() == Some("flagstaff"))
            .map(|entry| entry.operation.as_deref())
            .collect();
        assert_eq!(ours, [Some("Apply")], "{}", name_of(member));
    }
    // What a client-side apply of it comes to.
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("dashboard.json");
    let copy = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "copy", "namespace": NAMESPACE}, "data": large.data["data"]});
    std::fs::write(&file, copy.to_string())?;
    let refused = turn.cluster.kubectl(&["apply", "-f", file.to_str().context("a path")?]);
    let refused = format!("{:#}", refused.err().context("it was taken")?);
    ensure!(refused.contains("Too long") && refused.contains("262144"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn fault_14_a_definition_that_forgets_a_stored_version_is_refused() -> Result<()> {
    // Of its own: what is done to the definitions would stay.
    let cluster = ControlPlane::lease().await?;
    let flag = Flag::install(&cluster).await?;
    let definitions: Api<CustomResourceDefinition> = Api::all(flag.client.clone());
    let name = "clusterobservabilities.flagstaff.dev";
    let params = PatchParams::apply("person").force();
    let path = flagstaff_tests::programs::repository().join(format!("crds/{name}.yaml"));
    let present: Value = serde_yaml::from_str(&std::fs::read_to_string(path)?)?;

    // A later release stores v1beta1, and serves what there is as well.
    let mut later = present.clone();
    let mut version = present["spec"]["versions"][0].clone();
    version["name"] = json!("v1beta1");
    later["spec"]["versions"][0]["storage"] = json!(false);
    later["spec"]["versions"].as_array_mut().context("versions")?.push(version);
    definitions.patch(name, &params, &Patch::Apply(&later)).await.context("the later release")?;
    let _operator = flagstaff_tests::turn::operator(cluster.kubeconfig(), &["--health-seconds=300"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_for("Ready", "Waiting").await?;
    let before = flag.canonical().await?;

    // Back to this release by applying its definition, as a rollback does.
    let refused = definitions.patch(name, &params, &Patch::Apply(&present)).await;
    let Err(kube::Error::Api(status)) = refused else { anyhow::bail!("it was taken: {refused:?}") };
    ensure!(
        status.code == 422 && status.message.contains("status.storedVersions") && status.message.contains("v1beta1"),
        "{status:?}"
    );
    flag.get().await.context("the flag is still served")?;
    assert_eq!(flag.canonical().await?, before, "and nothing was removed");
    // The operator goes on with the flag as it did before.
    flag.raise(json!({"enabled": false})).await?;
    flag.wait_for("Ready", "Disabled").await?;
    Ok(())
}
