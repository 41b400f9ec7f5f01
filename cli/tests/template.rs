//! `flagstaff template` as people call it: output, exit codes, what is told about problems.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../template/tests/packs/small")
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output: Output =
        Command::new(env!("CARGO_BIN_EXE_flagstaff")).args(arguments).env("COLUMNS", "100").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A copy of the small pack with one file replaced.
fn changed(path: &str, from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let pack = flagstaff_template::Pack::from_dir(&small()).unwrap();
    for (name, bytes) in pack.files() {
        let at = folder.path().join(name);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        let mut text = String::from_utf8(bytes.clone()).unwrap();
        if name == path {
            assert!(text.contains(from));
            text = text.replace(from, to);
        }
        std::fs::write(at, text).unwrap();
    }
    folder
}

#[test]
fn lint_says_that_all_is_well() {
    let (code, out, err) = run(&["template", "lint", small().to_str().unwrap()]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "no problems\n", ""));
    let (code, out, _) = run(&["template", "lint", small().to_str().unwrap(), "--output", "json"]);
    assert_eq!((code, out.as_str()), (0, "[]\n"));
}

#[test]
fn lint_tells_problems_by_file_line_and_column() {
    let folder = changed("rules/node.yaml", "labels: {severity: warning}", "labels: {severity: No}");
    let (code, out, _) = run(&["template", "lint", folder.path().to_str().unwrap()]);
    let expected = format!(
        "{}/rules/node.yaml:11:28 /groups/0/rules/1/labels/severity: `severity: No` is not a string for every reader of YAML (template.rule_string)\n    fix: Write severity: \"No\".\n1 problem\n",
        folder.path().display()
    );
    assert_eq!((code, out), (1, expected));
    let (code, out, _) = run(&["template", "lint", folder.path().to_str().unwrap(), "--output", "json"]);
    let problems: Vec<flagstaff_model::Problem> = serde_json::from_str(&out).unwrap();
    assert_eq!((code, problems[0].place.line, problems[0].code.as_str()), (1, Some(11), "template.rule_string"));
}

#[test]
fn a_folder_without_a_pack_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = run(&["template", "lint", folder.path().to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(out.contains("the pack has no pack.yaml (template.manifest)"), "{out}");
}

#[test]
fn arguments_that_cannot_be_used_end_with_2() {
    let pack = small();
    let pack = pack.to_str().unwrap();
    for (arguments, reason) in [
        (vec!["template", "lint", "/nonexistent"], "no such folder"),
        (vec!["template", "lint", "builtin:nothing"], "compiled in are"),
        (vec!["template", "lint"], "<PACK>"),
        (vec!["template", "render", pack, "--values", "/nonexistent.yaml"], "/nonexistent.yaml"),
        (vec!["template", "render", pack, "--values", "planet=x.yaml"], "`planet` is no layer"),
        (vec!["template", "render", pack, "--set", "a"], "PATH=VALUE"),
        (vec!["template", "explain", pack, "logs"], "no JSON pointer"),
        (vec!["template", "explain", pack, "/nothing"], "has no value"),
        (vec!["template", "diff", pack], "<NEW_PACK>"),
        (vec!["template", "fly"], "unrecognized subcommand"),
    ] {
        let (code, _, err) = run(&arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
        assert!(err.contains(reason), "{arguments:?}: {err}");
    }
}

#[test]
fn render_prints_objects_as_yaml() {
    let (code, out, err) = run(&["template", "render", small().to_str().unwrap(), "--set", "labels={on: yes}"]);
    assert_eq!(code, 0, "{err}");
    let documents = flagstaff_template::yaml::documents(&out, "out").unwrap();
    assert_eq!(documents.len(), 3);
    assert_eq!(documents[0].value["metadata"]["labels"]["on"], "yes");
    assert!(out.contains("\"on\": \"yes\"") || out.contains("'on': 'yes'"), "quoted for kubectl: {out}");
    assert!(out.starts_with("---\n# manifests/agent.yaml:2\n"), "{out}");
    assert_eq!(err, "not shown: 1 agent configuration, 1 dashboard, 1 rule file (see --output json and --out-dir)\n");
}

#[test]
fn render_refuses_values_and_names_the_layer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eu.yaml");
    std::fs::write(&file, "logs: {rate: many}\n").unwrap();
    let values = format!("region:eu={}", file.display());
    let (code, out, err) = run(&["template", "render", small().to_str().unwrap(), "--values", &values]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(err, "values /logs/rate: \"many\" is not of type \"integer\", set by region eu (template.value)\n");
}

#[test]
fn render_takes_an_input_and_writes_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.yaml");
    std::fs::write(&file, "namespace: observe\nfacts: {cluster: {name: other}}\n").unwrap();
    let out_dir = folder.path().join("out");
    let arguments = [
        "template",
        "render",
        &small().display().to_string(),
        "--input",
        file.to_str().unwrap(),
        "--out-dir",
        out_dir.to_str().unwrap(),
    ];
    let (code, out, err) = run(&arguments);
    assert_eq!(code, 0, "{err}");
    assert!(out.ends_with("3 objects, 1 agent configuration, 1 dashboard, 1 rule file\n"), "{out}");
    for name in [
        "objects/DaemonSet_apps_observe_flagstaff-agent-node.yaml",
        "agents/node.alloy",
        "dashboards/node.json",
        "rules/node.yaml",
    ] {
        assert!(out_dir.join(name).is_file(), "{name}");
    }
    let agent = std::fs::read_to_string(out_dir.join("agents/node.alloy")).unwrap();
    assert!(agent.contains("cluster = \"other\""), "{agent}");
    std::fs::write(&file, "nameSpace: observe\n").unwrap();
    let (code, _, err) = run(&arguments);
    assert!(code == 2 && err.contains("unknown field `nameSpace`"), "{err}");
}

#[test]
fn explain_tells_layers_and_what_would_be_without_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet.yaml");
    std::fs::write(&file, "logs: {rate: 7}\n").unwrap();
    let values = format!("fleet={}", file.display());
    let pack = small();
    let arguments =
        ["template", "explain", pack.to_str().unwrap(), "/logs", "--values", &values, "--set", "logs.rate=9"];
    let (code, out, err) = run(&arguments);
    assert_eq!(code, 0, "{err}");
    let lines: Vec<String> = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "VALUE IS SET BY WITHOUT IT",
            "/logs/drop [] pack default -",
            "/logs/note null pack default -",
            "/logs/rate 9 flag 7",
        ]
    );
    let (_, out, _) = run(&[&arguments[..], &["--output", "json"]].concat());
    let rows: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(rows[2]["settings"][1]["layer"], "fleet");
    assert_eq!(rows[2]["without"], 7);
}

#[test]
fn diff_shows_what_changes() {
    let pack = small();
    let pack = pack.to_str().unwrap();
    let folder = changed(
        "manifests/agent.yaml",
        "kind: ServiceAccount",
        "kind: ServiceAccount\nautomountServiceAccountToken: false",
    );
    let new = folder.path().to_str().unwrap();
    let (code, out, _) = run(&["template", "diff", pack, new]);
    assert_eq!(code, 0);
    assert!(out.contains("+automountServiceAccountToken: false\n"), "{out}");
    assert!(out.ends_with("0 added, 1 changed, 0 removed\n"), "{out}");
    assert_eq!(run(&["template", "diff", pack, new, "--exit-code"]).0, 1);

    let rendered = folder.path().join("rendered.yaml");
    std::fs::write(&rendered, run(&["template", "render", pack]).1).unwrap();
    let against = ["template", "diff", pack, "--against", rendered.to_str().unwrap(), "--exit-code"];
    assert_eq!(run(&against), (0, "nothing differs\n".into(), String::new()));
}

#[test]
fn the_reference_holds_every_command() {
    let (code, out, _) = run(&["reference", "cli"]);
    assert_eq!(code, 0);
    for heading in ["## flagstaff\n", "## flagstaff template lint\n", "## flagstaff template diff\n"] {
        assert!(out.contains(heading), "{heading}");
    }
    assert!(!out.contains("flagstaff reference\n") && out.contains("Examples:"));
    for (name, line) in [
        ("problems", "| `template.rule_string` |"),
        ("conditions", "| `NoDestination` |"),
        ("crds", "### spec\n"),
        ("pack", "# The pack base\n"),
    ] {
        let (code, out, _) = run(&["reference", name]);
        assert_eq!(code, 0);
        assert!(out.contains(line), "{name}: {out}");
    }
}

#[test]
fn help_and_version() {
    let (code, out, _) = run(&["--version"]);
    assert_eq!((code, out), (0, format!("flagstaff {}\n", env!("CARGO_PKG_VERSION"))));
    let (code, out, _) = run(&["template", "render", "--help"]);
    assert!(code == 0 && out.contains("Examples:") && out.contains("--out-dir"), "{out}");
}
