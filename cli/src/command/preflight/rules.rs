//! Who would evaluate the rules: agents do not.

use std::collections::BTreeSet;

use flagstaff_crds::{ClusterObservability, RulerSetting, RulesTarget};
use flagstaff_survey::evaluators::{self, Evaluator, Takes};

use super::Cluster;
use super::check::Check;

const CHECK: &str = "rules";

/// Looks for an evaluator.
pub async fn check(
    cluster: &Cluster,
    apis: &Result<BTreeSet<String>, Check>,
    flag: Option<&ClusterObservability>,
) -> Vec<Check> {
    // A failed discovery is told once, with the collectors.
    let Ok(apis) = apis else { return vec![] };
    let setting = flag.map(|flag| flag.spec.rules.clone()).unwrap_or_default();
    let has_crd = apis.contains("monitoring.coreos.com/v1/PrometheusRule");
    let as_objects = match setting.target {
        RulesTarget::Off => return vec![Check::ok(CHECK, "switched off by spec.rules.target")],
        RulesTarget::Ruler => return vec![to_ruler(setting.ruler.as_ref())],
        RulesTarget::Configmap => false,
        RulesTarget::Auto => has_crd,
        RulesTarget::Prometheusrule if has_crd => true,
        RulesTarget::Prometheusrule => {
            let message = "spec.rules.target is prometheusrule, and there is no PrometheusRule in this cluster";
            return vec![Check::problem(
                CHECK,
                message,
                "Install its definition, or set spec.rules.target: configmap.",
            )];
        }
    };
    if !as_objects {
        return vec![as_config_maps(setting.evaluated)];
    }
    match evaluators::find(&cluster.client, apis).await {
        Err(error) => vec![Check::unknown(CHECK, &error, error.fix())],
        Ok(found) if found.is_empty() => vec![Check::warning(
            CHECK,
            "PrometheusRules would be written, and there is no Prometheus resource that would load them",
            "Let a Prometheus or ruler load them, or set spec.rules.target: configmap.",
        )],
        Ok(found) => found.iter().map(|evaluator| judge(evaluator, &setting.labels)).collect(),
    }
}

fn as_config_maps(evaluated: bool) -> Check {
    if evaluated {
        return Check::ok(CHECK, "ConfigMaps are loaded by a Prometheus of yours, as spec.rules.evaluated says");
    }
    Check::warning(
        CHECK,
        "rules would be written as ConfigMaps with the label flagstaff.dev/rules, and nobody here loads those by itself",
        "Load them into a Prometheus or ruler, then set spec.rules.evaluated: true.",
    )
}

/// Whether a ruler answers is seen from inside the cluster only; the flag's condition says it.
fn to_ruler(ruler: Option<&RulerSetting>) -> Check {
    match ruler {
        Some(ruler) => Check::ok(CHECK, format!("written to the ruler {}, bound to this cluster's series", ruler.url)),
        None => Check::problem(CHECK, "spec.rules.target is ruler, and no ruler is named", "Set spec.rules.ruler.url."),
    }
}

fn judge(evaluator: &Evaluator, labels: &std::collections::BTreeMap<String, String>) -> Check {
    let name = &evaluator.name;
    let missing: Vec<String> = evaluator
        .labels
        .iter()
        .filter(|(key, value)| labels.get(*key) != Some(value))
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    match evaluator.takes {
        Takes::Nothing => Check::warning(
            CHECK,
            format!("Prometheus {name} has no ruleSelector and loads no PrometheusRule"),
            "Give it a ruleSelector and a ruleNamespaceSelector.",
        ),
        Takes::OwnNamespace => Check::warning(
            CHECK,
            format!("Prometheus {name} loads rules of its own namespace only"),
            "Give it a ruleNamespaceSelector, such as {} for every namespace.",
        ),
        Takes::Elsewhere if !missing.is_empty() => Check::warning(
            CHECK,
            format!("Prometheus {name} loads only rules with labels that ours would not have: {}", missing.join(", ")),
            format!("Set spec.rules.labels: {{{}}}.", missing.join(", ")),
        ),
        Takes::Elsewhere => Check::ok(CHECK, format!("Prometheus {name} would load our PrometheusRules")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::preflight::check::Level;
    use std::collections::BTreeMap;

    #[test]
    fn the_label_that_is_missing_is_named() {
        let label = BTreeMap::from([("release".to_owned(), "kps".to_owned())]);
        let it = Evaluator { name: "monitoring/k8s".into(), labels: label.clone(), takes: Takes::Elsewhere };
        let told = judge(&it, &BTreeMap::new());
        assert_eq!(told.level, Level::Warning);
        assert_eq!(told.fix.as_deref(), Some("Set spec.rules.labels: {release: kps}."));
        assert_eq!(judge(&it, &label).level, Level::Ok);
    }
}
