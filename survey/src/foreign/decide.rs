//! Decides whether ours is installed, on which port, and what is said about it. Pure.

use std::collections::BTreeMap;

use flagstaff_model::ForeignWorkload;

use super::ports::choices;
use super::{Component, Foreign, describe};

/// What the flag says of a component.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Setting {
    /// Use what is there, install ours where nothing is.
    #[default]
    Auto,
    /// Install ours, beside what is there.
    On,
    /// Neither install ours nor use theirs.
    Off,
}

/// What the decision is made from.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Which component.
    pub component: Component,
    /// What the flag says of it.
    pub setting: Setting,
    /// Somebody else's, the best to use first.
    pub foreign: &'a [Foreign],
    /// Ports of nodes that others take, and who.
    pub host_ports: &'a BTreeMap<u16, String>,
    /// The port ours has now, where it is installed: kept while nobody else takes it.
    pub current: Option<u16>,
}

/// What a template is told about a component, and what a person is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentInput {
    /// Whether ours is installed.
    pub install: bool,
    /// Somebody else's that our agents scrape in place of ours.
    pub foreign: Option<ForeignWorkload>,
    /// The port that is scraped: ours or theirs.
    pub port: u16,
    /// One sentence on why.
    pub reason: String,
    /// Whether somebody else's had a say: theirs is used, or ours moved or stands beside it.
    pub beside_foreign: bool,
}

/// Makes the decision; never two on one port, never two without a word.
pub fn decide(question: &Question<'_>) -> ComponentInput {
    let (name, setting) = (question.component.name(), question.component.setting());
    let there = all(question.foreign);
    let usable = question.foreign.iter().find(|foreign| foreign.unusable.is_none());
    match (question.setting, question.foreign.first(), usable) {
        (Setting::Off, first, _) => {
            let left = first.map(|_| format!("; {there} is left alone and not scraped")).unwrap_or_default();
            ComponentInput {
                install: false,
                foreign: None,
                port: question.component.default_port(),
                reason: format!("{setting} is off: no {name} is installed{left}."),
                beside_foreign: false,
            }
        }
        (Setting::Auto, Some(_), Some(usable)) => {
            let further = question.foreign.len() - 1;
            let others = if further == 0 { String::new() } else { format!(" ({further} more of its kind were found)") };
            ComponentInput {
                install: false,
                port: usable.workload.port,
                reason: format!(
                    "{} is there already and is scraped on port {}{others}; set {setting} to `on` for one of ours.",
                    describe(&usable.workload),
                    usable.workload.port
                ),
                foreign: Some(usable.workload.clone()),
                beside_foreign: true,
            }
        }
        (Setting::Auto, Some(first), None) => {
            let why = first.unusable.unwrap_or_default();
            installed(question, &format!("; {there} is not used: it {why}"))
        }
        (Setting::On, Some(_), _) => {
            installed(question, &format!("; {there} stays beside it and is not scraped, as {setting} asks"))
        }
        (Setting::Auto | Setting::On, None, _) => installed(question, ""),
    }
}

/// Ours, on the first port that nobody else takes.
fn installed(question: &Question<'_>, beside: &str) -> ComponentInput {
    let preferred = question.component.default_port();
    let beside_foreign = !question.foreign.is_empty();
    let on_node = question.component == Component::NodeExporter;
    let free = |port: &u16| !on_node || !question.host_ports.contains_key(port);
    let kept = question.current.filter(|current| on_node && choices(preferred).any(|choice| choice == *current));
    let Some(port) = kept.into_iter().chain(choices(preferred)).find(free) else {
        return ComponentInput {
            install: false,
            foreign: None,
            port: preferred,
            reason: format!(
                "No {} is installed: port {preferred} and ports 19100 to 19199 of the nodes are all taken by others.",
                question.component.name()
            ),
            beside_foreign: true,
        };
    };
    let moved = match question.host_ports.get(&preferred) {
        Some(who) if port != preferred => format!(", because {who} takes port {preferred} of its nodes"),
        _ => String::new(),
    };
    let reason = format!("Ours is installed on port {port}{moved}{beside}.");
    ComponentInput { install: true, foreign: None, port, reason, beside_foreign: beside_foreign || port != preferred }
}

/// The first by name, the others by number.
fn all(foreign: &[Foreign]) -> String {
    match foreign {
        [] => String::new(),
        [one] => describe(&one.workload),
        [one, more @ ..] => format!("{} (and {} more)", describe(&one.workload), more.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn foreign(component: Component, name: &str, port: u16, unusable: Option<&'static str>) -> Foreign {
        let host_port = component == Component::NodeExporter;
        Foreign {
            workload: ForeignWorkload {
                kind: "DaemonSet".into(),
                namespace: "monitoring".into(),
                name: name.into(),
                selector: BTreeMap::new(),
                port,
                host_port,
            },
            unusable,
            on_nodes: None,
        }
    }

    fn node_exporter(name: &str, port: u16) -> Foreign {
        foreign(Component::NodeExporter, name, port, None)
    }

    fn ask(setting: Setting, foreign: &[Foreign], taken: &[u16], current: Option<u16>) -> ComponentInput {
        let host_ports = taken.iter().map(|port| (*port, format!("Pod x/on-{port}"))).collect();
        decide(&Question { component: Component::NodeExporter, setting, foreign, host_ports: &host_ports, current })
    }

    #[rstest]
    #[case(Setting::Auto)]
    #[case(Setting::On)]
    fn nothing_there_means_ours_on_its_own_port(#[case] setting: Setting) {
        let decided = ask(setting, &[], &[], None);
        assert_eq!((decided.install, decided.port, decided.beside_foreign), (true, 9100, false));
        assert_eq!(decided.reason, "Ours is installed on port 9100.");
    }

    #[test]
    fn theirs_is_used() {
        let decided = ask(Setting::Auto, &[node_exporter("ne", 9101)], &[9101], None);
        assert_eq!((decided.install, decided.port, decided.beside_foreign), (false, 9101, true));
        assert_eq!(decided.foreign.map(|foreign| foreign.name).as_deref(), Some("ne"));
        assert_eq!(
            decided.reason,
            "DaemonSet monitoring/ne is there already and is scraped on port 9101; set components.nodeExporter to `on` for one of ours."
        );
    }

    #[test]
    fn several_of_theirs_one_is_used_and_the_number_said() {
        let decided = ask(Setting::Auto, &[node_exporter("a", 9100), node_exporter("b", 9101)], &[9100, 9101], None);
        assert_eq!(decided.foreign.map(|foreign| foreign.name).as_deref(), Some("a"));
        assert!(decided.reason.contains("(1 more of its kind were found)"), "{}", decided.reason);
    }

    #[test]
    fn asked_for_ours_stands_beside_theirs_and_says_so() {
        let decided = ask(Setting::On, &[node_exporter("ne", 9100)], &[9100], None);
        assert_eq!((decided.install, decided.port, decided.foreign), (true, 19100, None));
        assert!(decided.beside_foreign);
        assert_eq!(
            decided.reason,
            "Ours is installed on port 19100, because Pod x/on-9100 takes port 9100 of its nodes; DaemonSet monitoring/ne stays beside it and is not scraped, as components.nodeExporter asks."
        );
    }

    #[test]
    fn theirs_behind_a_proxy_is_not_used_and_its_port_is_left() {
        let guarded = foreign(Component::NodeExporter, "ne", 9100, Some("asks for TLS or credentials"));
        let decided = ask(Setting::Auto, std::slice::from_ref(&guarded), &[9100], None);
        assert_eq!((decided.install, decided.port), (true, 19100));
        assert!(decided.reason.ends_with("ne is not used: it asks for TLS or credentials."), "{}", decided.reason);
        let decided = ask(Setting::Auto, &[guarded, node_exporter("open", 9101)], &[9100, 9101], None);
        assert_eq!(decided.foreign.map(|foreign| foreign.name).as_deref(), Some("open"), "a usable one is preferred");
    }

    #[test]
    fn off_is_off_whatever_is_there() {
        let decided = ask(Setting::Off, &[node_exporter("ne", 9100)], &[9100], Some(9100));
        assert_eq!((decided.install, decided.foreign, decided.beside_foreign), (false, None, false));
        assert!(decided.reason.contains("DaemonSet monitoring/ne is left alone"), "{}", decided.reason);
        assert_eq!(
            ask(Setting::Off, &[], &[], None).reason,
            "components.nodeExporter is off: no node-exporter is installed."
        );
    }

    #[rstest]
    #[case(&[9100], 19100)]
    #[case(&[9100, 19100], 19101)]
    #[case(&[9100, 19100, 19101, 19103], 19102)]
    #[case(&[19100], 9100)]
    fn the_first_free_port_is_taken(#[case] taken: &[u16], #[case] wanted: u16) {
        let decided = ask(Setting::Auto, &[], taken, None);
        assert_eq!((decided.install, decided.port), (true, wanted));
        assert_eq!(decided.beside_foreign, wanted != 9100);
    }

    #[rstest]
    #[case(Some(19100), &[], 19100)]
    #[case(Some(19100), &[19100], 9100)]
    #[case(Some(9100), &[9100], 19100)]
    #[case(Some(12345), &[], 9100)]
    fn the_present_port_is_kept_while_it_is_free(
        #[case] current: Option<u16>,
        #[case] taken: &[u16],
        #[case] wanted: u16,
    ) {
        assert_eq!(ask(Setting::Auto, &[], taken, current).port, wanted);
    }

    #[test]
    fn no_port_left_is_said_and_nothing_installed() {
        let taken: Vec<u16> = choices(9100).collect();
        let decided = ask(Setting::On, &[], &taken, Some(9100));
        assert!(!decided.install);
        assert!(decided.reason.contains("all taken"), "{}", decided.reason);
    }

    #[test]
    fn kube_state_metrics_takes_no_port_of_a_node() {
        let host_ports = BTreeMap::from([(8080, "Pod x/y".to_owned())]);
        let question = Question {
            component: Component::KubeStateMetrics,
            setting: Setting::Auto,
            foreign: &[],
            host_ports: &host_ports,
            current: Some(19100),
        };
        let decided = decide(&question);
        assert_eq!((decided.install, decided.port, decided.beside_foreign), (true, 8080, false));
        let theirs = [foreign(Component::KubeStateMetrics, "ksm", 8081, None)];
        let decided = decide(&Question { foreign: &theirs, ..question });
        assert_eq!((decided.install, decided.port), (false, 8081));
        let decided = decide(&Question { foreign: &theirs, setting: Setting::On, ..question });
        assert_eq!((decided.install, decided.port, decided.foreign), (true, 8080, None));
    }
}
