//! What of a flag lies outside of its cluster, as recorded on the flag itself, with the finalizer that holds it.

use kube::api::{Api, Patch, PatchParams};
use kube::{Client, ResourceExt};
use serde::{Deserialize, Serialize};
use serde_json::json;

use flagstaff_crds::{ClusterObservability, RulerSetting};

use crate::error::{OperatorError, code};

/// Holds a flag for as long as something of it lies outside.
const FINALIZER: &str = "flagstaff.dev/outside";
/// Annotation with the records as JSON; it names Secrets and never holds one.
const ANNOTATION: &str = "flagstaff.dev/outside";
/// Field manager of both, apart from that of objects, so that they can be taken off alone.
const MANAGER: &str = "flagstaff-outside";

/// A namespace of a ruler that holds rules of this flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The ruler, and how it is reached.
    pub ruler: RulerSetting,
    /// The namespace within it.
    pub namespace: String,
}

impl Record {
    /// Whether both name one namespace of one tenant of one ruler, whatever the credentials.
    pub fn is_same_place(&self, other: &Record) -> bool {
        let place = |record: &Record| {
            (record.ruler.url.trim_end_matches('/').to_owned(), record.ruler.tenant.clone(), record.namespace.clone())
        };
        place(self) == place(other)
    }
}

/// What the flag says of itself. A record that cannot be read is said in the log and taken for none.
pub fn read(flag: &ClusterObservability) -> Vec<Record> {
    let Some(text) = flag.annotations().get(ANNOTATION) else { return vec![] };
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::error!(%error, annotation = ANNOTATION, "the record of what lies outside cannot be read; look there by hand");
        vec![]
    })
}

/// Whether the finalizer is on the flag.
pub fn is_held(flag: &ClusterObservability) -> bool {
    flag.finalizers().iter().any(|finalizer| finalizer == FINALIZER)
}

/// Writes the records and the finalizer; without records both are taken off.
///
/// # Errors
/// [`OperatorError`] when the API server refuses it. That the flag is gone is no error.
pub async fn write(client: &Client, flag: &ClusterObservability, records: &[Record]) -> Result<(), OperatorError> {
    let name = flag.name_any();
    // The UID keeps a flag that was deleted meanwhile from being made anew.
    let mut metadata = json!({"name": name, "uid": flag.uid()});
    if !records.is_empty() {
        let text = serde_json::to_string(records).unwrap_or_default();
        metadata["annotations"] = json!({ANNOTATION: text});
        metadata["finalizers"] = json!([FINALIZER]);
    }
    let patch = json!({"apiVersion": "flagstaff.dev/v1alpha1", "kind": "ClusterObservability", "metadata": metadata});
    let api: Api<ClusterObservability> = Api::all(client.clone());
    let params = PatchParams { force: true, ..PatchParams::apply(MANAGER) };
    match api.patch(&name, &params, &Patch::Apply(&patch)).await {
        Ok(_) => Ok(()),
        Err(error) if matches!(code(&error), Some(404 | 409)) && records.is_empty() => Ok(()),
        Err(error) => Err(OperatorError::api("record on the flag what lies outside of the cluster")(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(url: &str, tenant: Option<&str>) -> Record {
        let ruler =
            RulerSetting { url: url.into(), tenant: tenant.map(Into::into), basic: None, bearer: None, tls: None };
        Record { ruler, namespace: "flagstaff-1".into() }
    }

    #[test]
    fn a_place_is_url_tenant_and_namespace() {
        let here = record("http://a/rules", Some("t"));
        assert!(here.is_same_place(&record("http://a/rules/", Some("t"))));
        assert!(!here.is_same_place(&record("http://a/rules", Some("u"))));
        assert!(!here.is_same_place(&record("http://b/rules", Some("t"))));
    }

    #[test]
    fn a_record_is_read_back_as_written() {
        let mut flag = ClusterObservability::new("cluster", Default::default());
        assert!(read(&flag).is_empty());
        let text = serde_json::to_string(&[record("http://a", None)]).expect("JSON");
        flag.annotations_mut().insert(ANNOTATION.into(), text);
        assert_eq!(read(&flag), vec![record("http://a", None)]);
        flag.annotations_mut().insert(ANNOTATION.into(), "{".into());
        assert!(read(&flag).is_empty(), "a broken record is said and stops nothing");
    }
}
