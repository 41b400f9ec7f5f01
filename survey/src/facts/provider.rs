//! Tells a provider by what it writes into a node's `providerID` and labels.

use std::collections::BTreeMap;

/// The provider of one node; none where nothing tells.
pub fn provider(provider_id: Option<&str>, labels: &BTreeMap<String, String>) -> Option<String> {
    by_scheme(provider_id.unwrap_or_default()).or_else(|| by_label(labels))
}

/// The name that the tool which made the cluster gave it, where a node tells.
pub fn cluster_name(provider_id: Option<&str>, labels: &BTreeMap<String, String>) -> Option<String> {
    // kind://docker/<cluster>/<node>
    let kind = provider_id.and_then(|id| id.strip_prefix("kind://")).and_then(|rest| rest.split('/').nth(1));
    let label = || NAME_LABELS.iter().find_map(|label| labels.get(*label)).map(String::as_str);
    kind.or_else(label).filter(|name| !name.is_empty()).map(str::to_owned)
}

const NAME_LABELS: [&str; 3] =
    ["alpha.eksctl.io/cluster-name", "minikube.k8s.io/name", "cluster.x-k8s.io/cluster-name"];

const PROVIDER_LABELS: [(&str, &str); 4] = [
    ("minikube.k8s.io/name", "minikube"),
    ("microk8s.io/cluster", "microk8s"),
    ("node.openshift.io/os_id", "openshift"),
    ("k0sproject.io/control-plane", "k0s"),
];

fn by_scheme(provider_id: &str) -> Option<String> {
    // Oracle's identifiers have no scheme.
    if provider_id.starts_with("ocid1.") {
        return Some("oci".to_owned());
    }
    let (scheme, _) = provider_id.split_once("://")?;
    let valid = !scheme.is_empty()
        && scheme.len() <= 63
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
    valid.then(|| scheme.to_ascii_lowercase())
}

fn by_label(labels: &BTreeMap<String, String>) -> Option<String> {
    PROVIDER_LABELS.iter().find(|(label, _)| labels.contains_key(*label)).map(|(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("aws:///eu-central-1a/i-0123", Some("aws"))]
    #[case("gce://project/europe-west3-a/node", Some("gce"))]
    #[case("azure:///subscriptions/x/vm", Some("azure"))]
    #[case("kind://docker/kind/kind-control-plane", Some("kind"))]
    #[case("k3s://node", Some("k3s"))]
    #[case("openstack://RegionOne/uuid", Some("openstack"))]
    #[case("digitalocean://123", Some("digitalocean"))]
    #[case("hcloud://5", Some("hcloud"))]
    #[case("ocid1.instance.oc1.eu-frankfurt-1.x", Some("oci"))]
    #[case("OpenStack:///x", Some("openstack"))]
    #[case("", None)]
    #[case("i-0123", None)]
    #[case("://x", None)]
    #[case("a b://x", None)]
    fn schemes(#[case] provider_id: &str, #[case] wanted: Option<&str>) {
        assert_eq!(provider(Some(provider_id), &BTreeMap::new()).as_deref(), wanted);
    }

    #[test]
    fn labels_tell_where_the_id_does_not() {
        let labels = BTreeMap::from([("minikube.k8s.io/name".to_owned(), "dev".to_owned())]);
        assert_eq!(provider(None, &labels).as_deref(), Some("minikube"));
        assert_eq!(cluster_name(None, &labels).as_deref(), Some("dev"));
        assert_eq!(cluster_name(Some("kind://docker/blue/blue-worker"), &labels).as_deref(), Some("blue"));
        assert_eq!(cluster_name(Some("kind://"), &BTreeMap::new()), None);
    }
}
