//! A real operator's cluster that joins a hub: its token, and a spec that names the hub.

use anyhow::{Context, Result};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams};
use serde_json::{Value, json};

use super::{Hub, Person};
use crate::flag::{Flag, NAMESPACE};

const TOKEN: &str = "hub-join";

/// Forgets whatever hub an earlier test left, and gives the cluster a token to join with.
pub async fn give_token(flag: &Flag, admin: &Person<'_>) -> Result<()> {
    let secrets: Api<Secret> = Api::namespaced(flag.client.clone(), NAMESPACE);
    for name in ["flagstaff-hub", TOKEN] {
        if secrets.get_opt(name).await?.is_some() {
            secrets.delete(name, &DeleteParams::default()).await?;
        }
    }
    let token = admin.join_token(json!({"uses": 5})).await?;
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": TOKEN, "namespace": NAMESPACE},
        "stringData": {"token": token["token"].as_str().context("a token")?},
    });
    flag.apply(secret).await.map(drop)
}

/// A spec that leaves all but its name to the hub, with more fields.
pub fn left_to(hub: &Hub, name: &str, more: Value) -> Value {
    let mut spec = json!({
        "cluster": {"name": name, "region": "eu-west-1", "provider": "aws"},
        "hub": {"url": hub.url(), "joinTokenSecret": {"name": TOKEN}},
    });
    if let (Some(spec), Value::Object(more)) = (spec.as_object_mut(), more) {
        spec.extend(more);
    }
    spec
}
