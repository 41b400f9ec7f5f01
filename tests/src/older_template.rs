//! A template as an operator before this one had it compiled in, left in a cluster as that operator leaves it.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flagstaff_template::Pack;
use kube::ResourceExt;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::flag::{APPLYSET, Flag, NAMESPACE, PART_OF};

/// The compiled-in pack as version 0.9.0, with these files besides.
pub fn older_pack(more: BTreeMap<String, Vec<u8>>) -> Result<Pack> {
    other_pack("0.9.0", more)
}

/// The compiled-in pack as another version: another title of a dashboard, a dashboard that there is no more, and these files.
pub fn other_pack(version: &str, more: BTreeMap<String, Vec<u8>>) -> Result<Pack> {
    let pack = Pack::builtin("base").context("the compiled-in pack")?;
    let mut files = pack.files().clone();
    let newest = format!("version: {}\n", pack.manifest.version);
    let manifest = pack.text("pack.yaml").context("pack.yaml")?.replacen(&newest, &format!("version: {version}\n"), 1);
    files.insert("pack.yaml".into(), manifest.into_bytes());
    let mut dashboard: Value = serde_json::from_str(pack.text("dashboards/cluster.json").context("a dashboard")?)?;
    dashboard["title"] = json!("Cluster, as it was");
    files.insert("dashboards/cluster.json".into(), serde_json::to_vec(&dashboard)?);
    dashboard["title"] = json!("Former");
    dashboard["uid"] = json!("flagstaff-former");
    files.insert("dashboards/former.json".into(), serde_json::to_vec(&dashboard)?);
    files.extend(more);
    Pack::from_files(files).map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

/// Leaves the flag as an operator does that has applied this template: its archive in a ConfigMap, its digest in the status.
pub async fn pin_template(flag: &Flag, pack: &Pack, archive: &[u8]) -> Result<String> {
    let digest = pack.digest.strip_prefix("sha256:").unwrap_or(&pack.digest);
    let name = format!("flagstaff-template-{}", &digest[..12]);
    let uid = flag.get().await?.uid().unwrap_or_default();
    let map = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {
            "name": name, "namespace": NAMESPACE,
            "labels": {
                "app.kubernetes.io/managed-by": "flagstaff", "flagstaff.dev/template": "base", "flagstaff.dev/template-version": pack.manifest.version,
                PART_OF: APPLYSET,
            },
            "ownerReferences": [{"apiVersion": "flagstaff.dev/v1alpha1", "kind": "ClusterObservability", "name": "cluster", "uid": uid, "controller": true, "blockOwnerDeletion": false}],
        },
        "binaryData": {"pack.tar.gz": STANDARD.encode(archive)},
    });
    flag.apply_as("flagstaff", true, map).await?;
    let template = json!({"pack": "base", "version": pack.manifest.version, "digest": pack.digest});
    let status = json!({"apiVersion": "flagstaff.dev/v1alpha1", "kind": "ClusterObservability", "status": {"template": template}});
    let params = PatchParams::apply("flagstaff-status").force();
    flag.api().patch_status("cluster", &params, &Patch::Apply(&status)).await.context("write the status")?;
    Ok(name)
}
