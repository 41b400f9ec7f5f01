//! The whole way of a small pack: read, render, lint.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use flagstaff_model::{Layer, LayeredValues, ValueLayer};
use flagstaff_template::{Input, Pack, lint, render};
use serde_json::json;

fn pack() -> Pack {
    Pack::from_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packs/small")).unwrap()
}

/// The small pack with one file replaced; `None` takes it out.
fn pack_with(path: &str, content: Option<&str>) -> Result<Pack, Vec<flagstaff_model::Problem>> {
    let mut files: BTreeMap<String, Vec<u8>> = pack().files().clone();
    match content {
        Some(content) => files.insert(path.into(), content.into()),
        None => files.remove(path),
    };
    Pack::from_files(files)
}

fn told(problems: &[flagstaff_model::Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{} {}", problem.place, problem.code)).collect()
}

#[test]
fn the_small_pack_is_sound() {
    let problems = lint(&pack());
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn a_pack_renders_to_objects_agents_dashboards_and_rules() {
    let render = render(&pack(), &Input::sample()).unwrap();
    let objects: Vec<String> = render.objects.iter().map(|o| format!("{} {}", o.id(), o.source)).collect();
    assert_eq!(
        objects,
        [
            "ServiceAccount flagstaff/flagstaff-agent-node manifests/agent.yaml:2",
            "DaemonSet.apps flagstaff/flagstaff-agent-node manifests/agent.yaml:10",
            "DaemonSet.apps flagstaff/flagstaff-node-exporter manifests/node-exporter.yaml:1",
        ]
    );
    assert_eq!(render.objects[0].value["metadata"]["labels"]["team"], "platform");
    assert_eq!(render.agents.len(), 1);
    assert!(render.agents[0].text.contains("loki.write \"logs\" {"));
    assert_eq!(render.dashboards[0].title, "Nodes of prod");
    assert_eq!(render.rules[0].groups[0]["interval"], "30s");
    assert_eq!(
        render.rules[0].groups[0]["rules"][1]["annotations"]["summary"],
        "The agent on {{ $labels.node }} is down"
    );
}

#[test]
fn rendering_again_gives_the_same() {
    assert_eq!(render(&pack(), &Input::sample()).unwrap(), render(&pack(), &Input::sample()).unwrap());
}

#[test]
fn a_value_that_does_not_fit_names_its_layer() {
    let layer = |layer, values| ValueLayer { layer, values };
    let pack = pack();
    let values = LayeredValues::merge(&[
        pack.defaults(),
        layer(Layer::Region("eu".into()), json!({"logs": {"rate": "many"}, "intervall": "1s"})),
        layer(Layer::Flag, json!({"interval": null, "logs": {"drop": [1]}})),
    ]);
    let said: Vec<String> = pack.validate(&values).iter().map(|problem| problem.to_string()).collect();
    assert_eq!(
        said,
        [
            "values /interval: the pack needs this value, set to null by flag (template.value_missing). Leave it out to have the pack's default, instead of setting it to null.",
            "values /intervall: the pack has no parameter of this name, set by region eu (template.value). Did you mean /interval?",
            "values /logs/drop/0: 1 is not of type \"string\", set by flag (template.value)",
            "values /logs/rate: \"many\" is not of type \"integer\", set by region eu (template.value)",
        ]
    );
}

#[test]
fn a_broken_template_names_its_line() {
    let cases = [
        ("manifests/agent.yaml", "a: 1\nb: {{ values.nothing }}\n", "manifests/agent.yaml:2:7 template.undefined"),
        ("manifests/agent.yaml", "a: 1\nb: {% if %}\n", "manifests/agent.yaml:2:10 template.syntax"),
        ("manifests/agent.yaml", "{% if true %}\na: 1\nb: [\n{% endif %}\n", "manifests/agent.yaml:3 template.yaml"),
        (
            "manifests/agent.yaml",
            "{% for x in range(3) %}\n- {{ x }}\n{% endfor %}\n",
            "manifests/agent.yaml:2  template.object",
        ),
        (
            "manifests/agent.yaml",
            "{% for x in range(100000) %}{% for y in range(100000) %}.{% endfor %}{% endfor %}",
            "manifests/agent.yaml:1 template.fuel",
        ),
        ("alloy/node.alloy", "a {\n  b = {{ namespace | alloy }} c\n}\n", "alloy/node.alloy:2 template.alloy_syntax"),
        ("alloy/_write.alloy", "// x\nbad {\n", "alloy/_write.alloy:2 template.alloy_syntax"),
        (
            "rules/node.yaml",
            "groups:\n<% if true %>\n- name: << namespace >>\n  rules:\n  - record: a\n    expr: sum(\n<% endif %>",
            "rules/node.yaml:6:11 /groups/0/rules/0/expr template.promql_syntax",
        ),
        ("dashboards/node.json", "{\n \"uid\": << 1 >>,\n", "dashboards/node.json:2 template.json"),
    ];
    for (path, content, expected) in cases {
        let pack = pack_with(path, Some(content)).unwrap();
        let problems = render(&pack, &Input::sample()).unwrap_err();
        assert!(told(&problems).iter().any(|line| line == expected), "{expected}: {problems:#?}");
    }
}
