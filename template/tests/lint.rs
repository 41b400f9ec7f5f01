//! What lint finds: one thing at a time is made wrong in a pack that is right.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use flagstaff_template::{Pack, lint};

fn small() -> Pack {
    Pack::from_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packs/small")).unwrap()
}

/// What lint says of the small pack after one text is replaced in one file.
fn told(path: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = small().files().clone();
    let text = String::from_utf8(files.get(path).cloned().unwrap_or_default()).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    let text = if from.is_empty() { to.to_owned() } else { text.replace(from, to) };
    files.insert(path.into(), text.into());
    let problems = match Pack::from_files(files) {
        Ok(pack) => lint(&pack),
        Err(problems) => problems,
    };
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn one_thing_wrong_is_one_thing_told() {
    let mut missed = vec![];
    for (path, from, to, expected) in [
        (
            "pack.yaml",
            "          description: Most lines a second and node.\n",
            "",
            "pack.yaml:24:11 /parameters/properties/logs/properties/rate: the parameter /logs/rate has no description (template.schema_style)",
        ),
        (
            "pack.yaml",
            "          default: 1000\n",
            "",
            "the parameter /logs/rate has no default (template.schema_style)",
        ),
        ("pack.yaml", "default: 1000", "default: 0", "the default does not fit: 0 is less than the minimum of 1"),
        ("pack.yaml", "default: 30s", "default: often", "the default does not fit"),
        (
            "pack.yaml",
            "      additionalProperties: false\n      properties:\n        rate",
            "      properties:\n        rate",
            "does not say whether it may have other properties",
        ),
        ("pack.yaml", "type: integer", "type: intger", "(template.schema)"),
        (
            "pack.yaml",
            "\"#/$defs/interval\"",
            "\"https://example.com/x\"",
            "`https://example.com/x` is not in this schema (template.schema)",
        ),
        ("pack.yaml", "\"#/$defs/interval\"", "\"#\"", "refers to itself"),
        (
            "pack.yaml",
            "when: components.logs",
            "when: components.log",
            "pack.yaml:46:11 /agents/0/when: `components.log`: there is no such name (template.condition)",
        ),
        ("pack.yaml", "when: node_exporter.install", "when: node_exporter.instal or false", "(template.condition)"),
        ("pack.yaml", "when: node_exporter.install", "when: \"(\"", "(template.condition)"),
        (
            "pack.yaml",
            "configuration: alloy/node.alloy",
            "configuration: alloy/gone.alloy",
            "the pack has no file `alloy/gone.alloy` (template.file_missing)",
        ),
        ("pack.yaml", "summary:", "sumary:", "unknown field `sumary`"),
        (
            "manifests/_unused.yaml",
            "",
            "a: 1\n",
            "manifests/_unused.yaml: no agent names the file and no template includes it (template.unused)",
        ),
        ("alloy/other.alloy", "", "a = 1\n", "alloy/other.alloy: no agent names the file"),
        ("notes.txt", "", "hello", "notes.txt: the file lies in no folder of a pack (template.unused)"),
        (
            "manifests/node-exporter.yaml",
            "flagstaff-node-exporter",
            "flagstaff-agent-node",
            "DaemonSet.apps flagstaff/flagstaff-agent-node is rendered here and at manifests/agent.yaml:10 (template.object_duplicate)",
        ),
        (
            "manifests/agent.yaml",
            "value: \"on\"",
            "value: on}, {{ nothing }",
            "manifests/agent.yaml:32:49: undefined value: `nothing` is undefined, with every component on (template.undefined)",
        ),
        (
            "alloy/_write.alloy",
            "{{ destination.tenant | alloy }}",
            "{{ destination.tenant }}",
            "alloy/_write.alloy:6: a block cannot stand as an expression, rendered: `tenant_id = team \"a\"`, with every kind of destination (template.alloy_syntax)",
        ),
        (
            "alloy/node.alloy",
            "[loki.process.pods.receiver]",
            "[loki.process.pod.receiver]",
            "alloy/node.alloy:12:17: `loki.process.pod.receiver` refers to a component that is not declared (template.alloy_reference)",
        ),
        (
            "alloy/node.alloy",
            "  role = \"pod\"",
            "  role = \"pod\"\n  role = \"node\"",
            "alloy/node.alloy:8:3: `role` is set here and on line 7 (template.alloy_duplicate)",
        ),
        ("dashboards/node.json", "mode!=", "mode!", "(template.promql_syntax)"),
        (
            "dashboards/node.json",
            "cluster=\\\"$cluster\\\", mode",
            "cluster=\\\"$clustre\\\", mode",
            "the variable `$clustre` is not declared in templating.list (template.dashboard_variable)",
        ),
        (
            "dashboards/node.json",
            "\"title\": \"CPU\",",
            "",
            "dashboards/node.json /panels/0: the panel has no title (template.dashboard)",
        ),
        ("dashboards/node.json", "label_values(up{job=", "label_values(up{job", "(template.promql_syntax)"),
        ("dashboards/node.json", "\"uid\": \"flagstaff-node\",", "\"uid\": \"a b\", \"id\": 5,", "the uid `a b`"),
        (
            "rules/node.yaml",
            "labels: {severity: warning}",
            "labels: {severity: bad}",
            "the alert AgentDown has the severity `bad`, known are critical, warning, info, none (template.alert_style)",
        ),
        (
            "rules/node.yaml",
            "labels: {severity: warning}",
            "labels: {team: a}",
            "the alert AgentDown has no severity among its labels (template.alert_style)",
        ),
        ("rules/node.yaml", "https://example.com", "http://example.com", "is no https URL (template.alert_style)"),
        (
            "rules/node.yaml",
            "up{job=\"alloy\"} == 0",
            "up{job=\"alloy\"} = 0",
            "rules/node.yaml:9:15 /groups/0/rules/1/expr",
        ),
        (
            "rules/node.yaml",
            "- name: flagstaff-node",
            "- nam: flagstaff-node",
            "`nam` is not known here (template.rule)",
        ),
    ] {
        let said = told(path, from, to);
        if !said.iter().any(|line| line.contains(expected)) {
            missed.push(format!("{path}: {expected}, told was {said:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join(", "));
}

#[test]
fn a_problem_that_every_sample_shows_is_told_once() {
    let said = told("manifests/agent.yaml", "kind: ServiceAccount", "kind: serviceAccount");
    assert_eq!(said.len(), 1, "{said:#?}");
    assert_eq!(said[0], "manifests/agent.yaml:3:7 /kind: `serviceAccount` is not a kind (template.object)");
}

#[test]
fn every_compiled_in_pack_is_sound() {
    for name in Pack::builtin_names() {
        let problems = lint(&Pack::builtin(&name).unwrap());
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(said.is_empty(), "{name}: {said:#?}");
    }
}

#[test]
fn compiled_in_packs_are_those_of_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
    for name in Pack::builtin_names() {
        assert_eq!(Pack::builtin(&name).unwrap().digest, Pack::from_dir(&folder.join(&name)).unwrap().digest);
    }
    assert!(Pack::builtin("nothing").is_none() && Pack::builtin("../templates").is_none());
}
