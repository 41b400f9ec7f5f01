//! Files of a pack that are not templates.

#![allow(clippy::unwrap_used)]

use flagstaff_template::{Input, Pack, lint, render};

fn pack(manifest: &str, more: &[(&str, &str)]) -> Pack {
    let head = ("pack.yaml", "{name: tiny, version: 1.0.0, summary: One ConfigMap.}");
    let files = [head, ("manifests/a.yaml", manifest)].into_iter().chain(more.iter().copied());
    Pack::from_files(files.map(|(path, text)| (path.into(), text.into())).collect()).unwrap()
}

fn manifest(path: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  run.py: |\n    {{{{ file(\"{path}\") | indent(4) }}}}\n"
    )
}

#[test]
fn a_plain_file_is_taken_as_it_is() {
    let text = "a = {{1: \"{{ not a value }}\"}}\n{% no block %}\n";
    let pack = pack(&manifest("files/run.py"), &[("files/run.py", text), ("example/job.yaml", "{{ neither")]);
    let rendered = render(&pack, &Input::sample()).unwrap();
    assert_eq!(rendered.objects[0].value["data"]["run.py"].as_str().unwrap().trim_end(), text.trim_end());
    assert!(lint(&pack).is_empty(), "{:#?}", lint(&pack));
}

#[test]
fn a_plain_file_that_is_missing_or_unused_is_told() {
    let problems = render(&pack(&manifest("files/gone.py"), &[]), &Input::sample()).unwrap_err();
    assert!(problems[0].message.contains("files/gone.py"), "{problems:?}");
    // Only plain files are given out.
    let problems = render(&pack(&manifest("pack.yaml"), &[]), &Input::sample()).unwrap_err();
    assert!(problems[0].message.contains("pack.yaml"), "{problems:?}");
    let unused = pack(&manifest("files/run.py"), &[("files/run.py", "a\n"), ("files/other.py", "b\n")]);
    let told: Vec<String> = lint(&unused).iter().map(|problem| problem.place.file.clone()).collect();
    assert_eq!(told, ["files/other.py"]);
}
