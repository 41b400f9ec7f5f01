//! Rights: those that whoever installs lacks, and those that the installed operator lacks.

mod chart;
mod review;

use std::collections::BTreeMap;

use chart::{OPERATOR, Right};
use review::Reviewer;

use super::Cluster;
use super::check::{Check, sentence};

/// What the two charts create, and Helm's record of it.
const CREATED: [(&str, &str, bool); 11] = [
    ("apiextensions.k8s.io", "customresourcedefinitions", false),
    ("", "namespaces", false),
    ("rbac.authorization.k8s.io", "clusterroles", false),
    ("rbac.authorization.k8s.io", "clusterrolebindings", false),
    ("rbac.authorization.k8s.io", "roles", true),
    ("rbac.authorization.k8s.io", "rolebindings", true),
    ("", "serviceaccounts", true),
    ("", "services", true),
    ("", "configmaps", true),
    ("apps", "deployments", true),
    ("policy", "poddisruptionbudgets", true),
];
/// Helm 4 applies and Helm 3 creates or patches; both look first.
const HELM_VERBS: [&str; 3] = ["get", "create", "patch"];
const RECORD_VERBS: [&str; 5] = ["get", "list", "create", "update", "delete"];

/// Every right that an installation needs but those that are granted on.
fn to_install(namespace: &str) -> Vec<Right> {
    let place = |namespaced: bool| namespaced.then(|| namespace.to_owned());
    let mut rights: Vec<Right> = CREATED
        .iter()
        .flat_map(|(group, resource, namespaced)| {
            HELM_VERBS.iter().map(move |verb| Right::resource(group, resource, verb, place(*namespaced)))
        })
        .collect();
    rights.extend(RECORD_VERBS.iter().map(|verb| Right::resource("", "secrets", verb, place(true))));
    rights.extend(HELM_VERBS.iter().map(|verb| Right::resource("flagstaff.dev", "clusterobservabilities", verb, None)));
    rights
}

/// What the current user lacks for the installation.
pub async fn mine(cluster: &Cluster) -> Vec<Check> {
    const CHECK: &str = "rights to install";
    let reviewer = Reviewer::myself(&cluster.client);
    let unknown = |error: &kube::Error| {
        vec![Check::unknown(CHECK, sentence(error), "Ask `kubectl auth can-i --list`, or an administrator.")]
    };
    match reviewer.may(&Right::everything()).await {
        Ok(true) => return vec![Check::ok(CHECK, format!("{} may do everything", review::who(&cluster.client).await))],
        Ok(false) => {}
        Err(error) => return unknown(&error),
    }
    let lacking = match reviewer.lacking(to_install(&cluster.namespace)).await {
        Ok(lacking) => lacking,
        Err(error) => return unknown(&error),
    };
    let ungrantable = match ungrantable(&reviewer, &cluster.namespace).await {
        Ok(rights) => rights,
        Err(error) => return unknown(&error),
    };
    let user = review::who(&cluster.client).await;
    let mut checks = vec![];
    if !lacking.is_empty() {
        let fix = "Let an administrator install both charts, or give you these rights for the installation.";
        checks.push(Check::problem(CHECK, format!("{user} may not {}", summary(&lacking)), fix));
    }
    if !ungrantable.is_empty() {
        checks.push(Check::problem(
            CHECK,
            format!(
                "the chart gives the operator rights that {user} does not have, and nobody can give on what they lack: {}",
                summary(&ungrantable)
            ),
            "Let somebody with the role cluster-admin install the chart flagstaff-operator.",
        ));
    }
    if checks.is_empty() {
        checks.push(Check::ok(CHECK, format!("{user} has every right that the charts need")));
    }
    checks
}

/// Rights that the chart grants and the user may not grant on: not held, and no leave to escalate and bind.
async fn ungrantable(reviewer: &Reviewer, namespace: &str) -> Result<Vec<Right>, kube::Error> {
    let group = "rbac.authorization.k8s.io";
    let leave = ["escalate", "bind"].iter().flat_map(|verb| {
        [
            Right::resource(group, "clusterroles", verb, None),
            Right::resource(group, "roles", verb, Some(namespace.to_owned())),
        ]
    });
    if reviewer.lacking(leave.collect()).await?.is_empty() {
        return Ok(vec![]);
    }
    reviewer.lacking(chart::rights(namespace)).await
}

/// What the operator's service account lacks, where it is installed.
pub async fn operators(cluster: &Cluster, installed: bool) -> Vec<Check> {
    const CHECK: &str = "rights of operator";
    let rights = chart::rights(&cluster.namespace);
    if !installed {
        let message =
            format!("not installed yet; the chart gives it {} rights, and these are looked at then", rights.len());
        return vec![Check::ok(CHECK, message)];
    }
    let account = format!("system:serviceaccount:{}:{OPERATOR}", cluster.namespace);
    let reviewer = Reviewer::of_account(&cluster.client, &cluster.namespace, OPERATOR);
    vec![match reviewer.lacking(rights).await {
        Ok(lacking) if lacking.is_empty() => Check::ok(CHECK, format!("{account} has every right of the chart")),
        Ok(lacking) => Check::problem(
            CHECK,
            format!("{account} may not {}", summary(&lacking)),
            format!(
                "helm upgrade {OPERATOR} charts/{OPERATOR} --namespace {} --reset-then-reuse-values",
                cluster.namespace
            ),
        ),
        Err(error) => Check::unknown(
            CHECK,
            sentence(&error),
            "Ask as somebody who may create subjectaccessreviews.authorization.k8s.io.",
        ),
    }]
}

/// `create, patch clusterroles.rbac.authorization.k8s.io; get secrets in flagstaff`, at most sixteen.
fn summary(rights: &[Right]) -> String {
    let mut verbs: BTreeMap<(String, Option<&str>), Vec<&str>> = BTreeMap::new();
    for right in rights {
        verbs.entry((right.object(), right.namespace.as_deref())).or_default().push(&right.verb);
    }
    let mut parts: Vec<String> = verbs
        .iter()
        .take(16)
        .map(|((object, namespace), verbs)| {
            let place = namespace.map(|namespace| format!(" in {namespace}")).unwrap_or_default();
            format!("{} {object}{place}", verbs.join(", "))
        })
        .collect();
    if verbs.len() > parts.len() {
        parts.push(format!("and more on {} further kinds", verbs.len() - parts.len()));
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_told_by_kind() {
        let place = Some("flagstaff".to_owned());
        let rights = [
            Right::resource("apps", "deployments", "create", place.clone()),
            Right::resource("apps", "deployments", "patch", place),
            Right::resource("", "namespaces", "get", None),
        ];
        assert_eq!(summary(&rights), "create, patch deployments.apps in flagstaff; get namespaces");
    }
}
