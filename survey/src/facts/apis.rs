//! Which resources of interest the API server serves, as `group/version/Kind`.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{APIGroupList, APIResourceList};

use super::FactsError;

/// Groups whose resources a template may ask for.
const GROUPS: [&str; 3] = ["monitoring.coreos.com", "grafana.integreatly.org", "flagstaff.dev"];

/// Discovers the groups of interest: one call, and one more for each version that is served.
pub async fn find(client: &kube::Client) -> Result<BTreeSet<String>, FactsError> {
    let failed = |group: &str, source| FactsError::Discovery { group: group.to_owned(), source: Box::new(source) };
    let groups = client.list_api_groups().await.map_err(|source| failed("the API server", source))?;
    let resources = try_join_all(of_interest(&groups).into_iter().map(|version| async move {
        let list = client.list_api_group_resources(&version).await.map_err(|source| failed(&version, source))?;
        Ok::<_, FactsError>(kinds(&version, &list))
    }))
    .await?;
    Ok(resources.into_iter().flatten().collect())
}

fn of_interest(groups: &APIGroupList) -> Vec<String> {
    let wanted = groups.groups.iter().filter(|group| GROUPS.contains(&group.name.as_str()));
    wanted.flat_map(|group| &group.versions).map(|version| version.group_version.clone()).collect()
}

fn kinds(version: &str, list: &APIResourceList) -> Vec<String> {
    // `alertmanagers/status` is part of a resource, none of its own.
    let whole = list.resources.iter().filter(|resource| !resource.name.contains('/'));
    whole.map(|resource| format!("{version}/{}", resource.kind)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_groups_of_interest_and_whole_resources() {
        let groups: APIGroupList = serde_json::from_value(json!({"groups": [
            {"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}]},
            {"name": "monitoring.coreos.com", "versions": [
                {"groupVersion": "monitoring.coreos.com/v1", "version": "v1"},
                {"groupVersion": "monitoring.coreos.com/v1alpha1", "version": "v1alpha1"}]},
        ]}))
        .expect("groups");
        assert_eq!(of_interest(&groups), ["monitoring.coreos.com/v1", "monitoring.coreos.com/v1alpha1"]);
        let list: APIResourceList = serde_json::from_value(json!({
            "groupVersion": "monitoring.coreos.com/v1",
            "resources": [
                {"name": "servicemonitors", "kind": "ServiceMonitor", "namespaced": true, "singularName": "", "verbs": []},
                {"name": "prometheuses/status", "kind": "Prometheus", "namespaced": true, "singularName": "", "verbs": []},
            ],
        }))
        .expect("resources");
        assert_eq!(kinds("monitoring.coreos.com/v1", &list), ["monitoring.coreos.com/v1/ServiceMonitor"]);
    }
}
