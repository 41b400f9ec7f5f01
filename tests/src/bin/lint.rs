//! Checks dependencies with cargo's own metadata: what each part may use, banned crates, licences, sources.

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The 'may use' table of ARCHITECTURE.md: a part, and which of our parts it may depend on. `*` means all.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("flagstaff-model", &[]),
    ("flagstaff-template", &["flagstaff-model"]),
    ("flagstaff-sketch", &[]),
    ("flagstaff-remote-write", &[]),
    ("flagstaff-meter", &["flagstaff-model", "flagstaff-sketch", "flagstaff-remote-write"]),
    ("flagstaff-crds", &["flagstaff-model"]),
    ("flagstaff-survey", &["flagstaff-model", "flagstaff-crds"]),
    ("flagstaff-operator", &["flagstaff-model", "flagstaff-template", "flagstaff-crds", "flagstaff-survey"]),
    ("flagstaff-hub", &["flagstaff-model", "flagstaff-sketch", "flagstaff-template"]),
    ("flagstaff-cli", &["flagstaff-model", "flagstaff-template", "flagstaff-crds", "flagstaff-survey"]),
    ("flagstaff-images", &[]),
    ("flagstaff-tests", &["*"]),
    ("flagstaff-demo", &["flagstaff-tests", "flagstaff-crds"]),
    ("flagstaff-bench", &["flagstaff-tests"]),
];

/// What the tests and the images are built for.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// One TLS provider: a second one panics at its first use.
const BANNED: [&str; 4] = ["ring", "openssl", "openssl-sys", "native-tls"];

/// Each alternative of a licence expression has to be one of these in all of its parts.
const LICENCES: [&str; 15] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "MIT",
    "MIT-0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Zlib",
    "CC0-1.0",
    "0BSD",
    "Unlicense",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
];

fn main() -> ExitCode {
    match problems() {
        Ok(problems) if problems.is_empty() => {
            println!("dependencies are as ARCHITECTURE.md says");
            ExitCode::SUCCESS
        }
        Ok(problems) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("lint: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn problems() -> Result<Vec<String>> {
    let out = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET])
        .output()
        .context("run cargo metadata")?;
    ensure!(out.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&out.stderr));
    let metadata: Value = serde_json::from_slice(&out.stdout).context("read cargo's metadata")?;
    let used = used()?;
    let mut problems = vec![];
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = text(package, "name");
        let id = format!("{name} v{}", text(package, "version"));
        if name.starts_with("flagstaff-") {
            problems.extend(table(package, name));
        } else if used.contains(&id) {
            problems.extend(foreign(package, name));
        }
    }
    Ok(problems)
}

/// What is really compiled, as `name vVERSION`; the metadata's own graph also names optional crates that nothing switches on.
fn used() -> Result<BTreeSet<String>> {
    let tree = ["tree", "--workspace", "--locked", "--prefix", "none", "--format", "{p}", "--edges", "all"];
    let out = Command::new("cargo").args(tree).args(["--target", TARGET]).output().context("run cargo tree")?;
    ensure!(out.status.success(), "cargo tree: {}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).context("read cargo's tree")?;
    Ok(text.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect())
}

fn table(package: &Value, name: &str) -> Vec<String> {
    let Some((_, allowed)) = MAY_USE.iter().find(|(part, _)| *part == name) else {
        return vec![format!("{name}: is not in the 'may use' table (tests/src/bin/lint.rs and ARCHITECTURE.md)")];
    };
    if allowed.contains(&"*") {
        return vec![];
    }
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    dependencies
        // A test may use more than the part it tests.
        .filter(|dependency| dependency["kind"] != "dev")
        .map(|dependency| text(dependency, "name"))
        .filter(|dependency| dependency.starts_with("flagstaff-") && !allowed.contains(dependency))
        .map(|dependency| format!("{name}: may not use {dependency}"))
        .collect()
}

fn foreign(package: &Value, name: &str) -> Vec<String> {
    let mut problems = vec![];
    if BANNED.contains(&name) {
        problems.push(format!("{name}: is banned, because there is one TLS provider"));
    }
    if !text(package, "source").starts_with("registry+") {
        problems.push(format!("{name}: comes from {} and not from a registry", text(package, "source")));
    }
    let licence = text(package, "license").replace('/', " OR ");
    let allowed = |part: &str| part.split(" AND ").all(|one| LICENCES.contains(&one.trim_matches(['(', ')', ' '])));
    // `(A OR B) AND C` has to hold in both of its parts; everything else is a list of alternatives.
    let any = if licence.contains(") AND") || licence.contains("AND (") {
        licence.split(" AND ").all(|part| part.split(" OR ").any(allowed))
    } else {
        licence.split(" OR ").any(allowed)
    };
    if !any {
        problems.push(format!("{name}: its licence `{licence}` is not among those allowed"));
    }
    problems
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
