//! The ApplySet of a flag (KEP-3659): labels by which its objects are found, and annotations that bound where to look.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, ResourceExt};
use serde_json::json;
use sha2::{Digest, Sha256};

use flagstaff_crds::ClusterObservability;

use crate::kind::Kind;

/// Label on every member.
pub const PART_OF: &str = "applyset.kubernetes.io/part-of";
/// Label on the parent.
const ID: &str = "applyset.kubernetes.io/id";
const TOOLING: &str = "applyset.kubernetes.io/tooling";
const GROUP_KINDS: &str = "applyset.kubernetes.io/contains-group-kinds";
const NAMESPACES: &str = "applyset.kubernetes.io/additional-namespaces";

/// Field manager of everything the operator applies.
pub const FIELD_MANAGER: &str = "flagstaff";

/// Where members of the set may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// Their kinds.
    pub kinds: BTreeSet<&'static Kind>,
    /// Their namespaces.
    pub namespaces: BTreeSet<String>,
}

impl Extent {
    /// Both extents together.
    pub fn union(&self, other: &Extent) -> Extent {
        Extent {
            kinds: self.kinds.union(&other.kinds).copied().collect(),
            namespaces: self.namespaces.union(&other.namespaces).cloned().collect(),
        }
    }

    /// Reads what the parent says; kinds that are not on the allow list are passed over.
    pub fn of(flag: &ClusterObservability) -> Extent {
        let annotation = |key: &str| flag.annotations().get(key).map(String::as_str).unwrap_or_default();
        let parts = |text: &str| {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        Extent {
            kinds: parts(annotation(GROUP_KINDS)).iter().filter_map(|name| Kind::from_group_kind(name)).collect(),
            namespaces: parts(annotation(NAMESPACES)).into_iter().collect(),
        }
    }
}

/// The id of the set whose parent is the flag `name`.
pub fn id(name: &str) -> String {
    let digest = Sha256::digest(format!("{name}..ClusterObservability.flagstaff.dev"));
    format!("applyset-{}-v1", URL_SAFE_NO_PAD.encode(digest))
}

/// Writes the extent onto the parent, where it differs from what stands there.
///
/// # Errors
/// Whatever the API server answers.
pub async fn write(client: &Client, flag: &ClusterObservability, extent: &Extent) -> Result<(), kube::Error> {
    let name = flag.name_any();
    let id = id(&name);
    let same_id = flag.labels().get(ID) == Some(&id);
    if same_id && &Extent::of(flag) == extent && flag.annotations().contains_key(TOOLING) {
        return Ok(());
    }
    let kinds: Vec<String> =
        extent.kinds.iter().map(|kind| kind.group_kind()).collect::<BTreeSet<_>>().into_iter().collect();
    let namespaces: Vec<String> = extent.namespaces.iter().cloned().collect();
    let annotations = BTreeMap::from([
        (TOOLING, concat!("flagstaff/", env!("CARGO_PKG_VERSION")).to_owned()),
        (GROUP_KINDS, kinds.join(",")),
        (NAMESPACES, namespaces.join(",")),
    ]);
    let patch = json!({"metadata": {"labels": {ID: id}, "annotations": annotations}});
    let api: Api<ClusterObservability> = Api::all(client.clone());
    api.patch_metadata(
        &name,
        &PatchParams { field_manager: Some(FIELD_MANAGER.into()), ..PatchParams::default() },
        &Patch::Merge(patch),
    )
    .await
    .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_follows_the_specification() {
        // base64url(sha256("<name>.<namespace>.<kind>.<group>")), namespace empty for a cluster-scoped parent.
        let id = id("cluster");
        assert!(id.starts_with("applyset-") && id.ends_with("-v1"));
        assert_eq!(id.len(), "applyset-".len() + 43 + "-v1".len());
        assert!(id.len() <= 63, "it is a label value");
    }

    #[test]
    fn the_extent_is_read_back_as_written() {
        let mut flag = ClusterObservability::new("cluster", Default::default());
        flag.annotations_mut().insert(GROUP_KINDS.into(), "ConfigMap,DaemonSet.apps,Secret, ".into());
        flag.annotations_mut().insert(NAMESPACES.into(), "a,b".into());
        let extent = Extent::of(&flag);
        assert_eq!(
            extent.kinds.iter().map(|k| k.kind).collect::<BTreeSet<_>>(),
            BTreeSet::from(["ConfigMap", "DaemonSet"])
        );
        assert_eq!(extent.namespaces, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    }
}
