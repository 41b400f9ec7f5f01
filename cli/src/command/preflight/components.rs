//! kube-state-metrics and node-exporter: whether ours would be installed, beside or in place of what is there.

use flagstaff_crds::{ClusterObservability, Component as Wish, Profile};
use flagstaff_survey::foreign::{self, Component, ComponentInput, Question, Setting};

use super::Cluster;
use super::check::Check;

/// What the operator would decide, by the same rules.
pub async fn check(cluster: &Cluster, flag: Option<&ClusterObservability>) -> Vec<Check> {
    let found = match foreign::find(&cluster.client).await {
        Ok(found) => found,
        Err(error) => return vec![Check::unknown("components", &error, error.fix())],
    };
    [Component::KubeStateMetrics, Component::NodeExporter]
        .into_iter()
        .map(|component| {
            let question = Question {
                component,
                setting: setting(component, flag),
                foreign: found.of(component),
                host_ports: &found.host_ports,
                current: None,
            };
            judge(&question, &foreign::decide(&question))
        })
        .collect()
}

fn setting(component: Component, flag: Option<&ClusterObservability>) -> Setting {
    let Some(spec) = flag.map(|flag| &flag.spec) else { return Setting::Auto };
    let wish = match component {
        Component::NodeExporter if spec.profile == Profile::NoHost => Wish::Off,
        Component::NodeExporter => spec.components.node_exporter,
        Component::KubeStateMetrics => spec.components.kube_state_metrics,
    };
    match wish {
        Wish::Auto => Setting::Auto,
        Wish::On => Setting::On,
        Wish::Off => Setting::Off,
    }
}

fn judge(question: &Question<'_>, decided: &ComponentInput) -> Check {
    let name = question.component.name();
    let setting = question.component.setting();
    let said = format!("with the flag: {}", decided.reason);
    let twice = decided.install && !question.foreign.is_empty();
    if !decided.install && decided.foreign.is_none() && question.setting != Setting::Off {
        let fix = format!("Free one of these ports, or set spec.{setting}: off.");
        return Check::problem(name, said, fix);
    }
    if twice {
        let fix = format!("Two of them run then. Make theirs readable by plain HTTP, or set spec.{setting}: off.");
        return Check::warning(name, said, fix);
    }
    Check::ok(name, said)
}
