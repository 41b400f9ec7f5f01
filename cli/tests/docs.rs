//! The documents say what is: codes, links, make targets, commands, and nothing that is nobody's business.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use flagstaff_model::Reason;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// Every file that git knows or would add, as text; other files are left out.
fn tracked() -> Vec<(String, String)> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let out = Command::new("git").current_dir(repository()).args(list).output().expect("run git");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let names = String::from_utf8(out.stdout).expect("names");
    let text = |name: &str| std::fs::read_to_string(repository().join(name)).ok();
    names.lines().filter_map(|name| Some((name.to_owned(), text(name)?))).collect()
}

fn pages() -> Vec<(String, String)> {
    tracked().into_iter().filter(|(name, _)| name.ends_with(".md")).collect()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

/// String literals of the sources that look like stable codes.
fn codes() -> BTreeSet<String> {
    let sources = [
        "model/src/",
        "template/src/",
        "survey/src/",
        "operator/src/",
        "cli/src/",
        "images/src/",
        "meter/src/",
        "remote-write/src/",
    ];
    let is_code = |word: &str| {
        let rest = ["operator.", "template.", "meter.", "image_"].iter().find_map(|prefix| word.strip_prefix(prefix));
        rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    let files = tracked().into_iter().filter(|(name, _)| sources.iter().any(|folder| name.starts_with(folder)));
    files
        .flat_map(|(_, text)| text.split('"').filter(|word| is_code(word)).map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !word.starts_with("image_") || word.matches('_').count() > 1)
        .collect()
}

#[test]
fn every_code_has_its_fix() {
    let page = read("docs/operate/errors.md");
    let codes = codes();
    assert!(codes.len() > 60 && codes.contains("operator.list_forbidden"), "{codes:?}");
    let missing: Vec<String> = codes.iter().filter(|code| !page.contains(&format!("| `{code}` |"))).cloned().collect();
    none("docs/operate/errors.md lacks", &missing);
    let listed = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let gone: Vec<String> = listed.filter(|code| !codes.contains(*code)).map(str::to_owned).collect();
    none("docs/operate/errors.md has what is in no source", &gone);
}

#[test]
fn every_code_of_the_hub_has_its_fix() {
    let source = read("api-server/src/app/error.rs");
    let (_, body) = source.split_once("pub fn code(").expect("the codes");
    let body = body.split("\n    }\n").next().unwrap_or_default();
    let codes: Vec<&str> = body.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(codes.len() > 10, "{codes:?}");
    let page = read("docs/operate/hub.md");
    let missing: Vec<String> =
        codes.iter().filter(|code| !page.contains(&format!("`{code}`"))).map(|code| (*code).to_owned()).collect();
    none("docs/operate/hub.md lacks", &missing);
}

#[test]
fn every_condition_and_reason_is_explained() {
    let page = read("docs/operate/conditions.md");
    let reasons = Reason::ALL.iter().filter(|reason| !page.contains(&format!("\n### {reason}\n")));
    none("docs/operate/conditions.md lacks", &reasons.map(ToString::to_string).collect::<Vec<_>>());
    let status = read("operator/src/status.rs");
    let quoted = status.split('"').skip(1).step_by(2);
    let types: BTreeSet<&str> = quoted
        .zip(status.split('"').step_by(2))
        .filter(|(_, before)| before.trim_end().ends_with("generation,"))
        .map(|(word, _)| word)
        .collect();
    assert!(types.contains("Ready") && types.len() > 5, "{types:?}");
    let missing = types.iter().filter(|type_| !page.contains(&format!("| `{type_}` |")));
    none("docs/operate/conditions.md lacks", &missing.map(ToString::to_string).collect::<Vec<_>>());
}

/// GitHub's name of a heading's anchor.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Text outside of fences.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Text outside of backticks: a regular expression is no link.
fn without_code(text: &str) -> String {
    text.lines().map(|line| line.split('`').step_by(2).collect::<Vec<_>>().join("`") + "\n").collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let name = anchor(line.trim_start_matches('#'));
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { format!("{name}-{}", *count - 1) }
        })
        .collect()
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            parts.pop();
        } else if part != Component::CurDir {
            parts.push(part);
        }
    }
    parts
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 50, "{}", pages.len());
    let mut broken = vec![];
    for (name, text) in &pages {
        for part in without_code(&prose(text)).split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            let folder = Path::new(name).parent().unwrap_or(Path::new(""));
            let path = if file.is_empty() { PathBuf::from(name) } else { normal(&folder.join(file)) };
            if !repository().join(&path).exists() {
                broken.push(format!("{name}: {target} does not exist"));
            } else if !fragment.is_empty() && !anchors(&read(&path.to_string_lossy())).contains(fragment) {
                broken.push(format!("{name}: {} has no heading {fragment}", path.display()));
            }
        }
    }
    none("broken links", &broken);
}

/// Every piece of code of a page: lines of fences, a line continued by `\` as one, and what is in backticks.
fn code(text: &str) -> Vec<String> {
    let mut pieces = vec![];
    let joined = text.replace("\\\n", " ");
    let mut fenced = false;
    for line in joined.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            pieces.push(line.split(" # ").next().unwrap_or_default().trim().to_owned());
        } else {
            pieces.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    pieces
}

#[test]
fn every_make_target_exists() {
    let makefile = read("Makefile");
    let targets: BTreeSet<&str> = makefile
        .lines()
        .filter(|line| !line.starts_with(['\t', '.', '#', ' ']))
        .filter_map(|line| line.split_once(':').map(|(name, _)| name.trim()))
        .collect();
    let mut wrong = vec![];
    for (name, text) in pages() {
        for piece in code(&text) {
            let at = piece.strip_prefix("make ").or_else(|| piece.split_once("$(make ").map(|(_, rest)| rest));
            let Some(target) = at.and_then(|rest| rest.split([' ', ')']).find(|word| !word.starts_with('-'))) else {
                continue;
            };
            if !targets.contains(target) {
                wrong.push(format!("{name}: make {target}"));
            }
        }
    }
    none("no such make target", &wrong);
}

fn flagstaff(arguments: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_flagstaff")).args(arguments).output().expect("run flagstaff");
    assert!(out.status.success(), "flagstaff {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("text")
}

/// Every command with its help.
fn commands() -> BTreeMap<String, String> {
    let mut commands = BTreeMap::from([("flagstaff reference".to_owned(), flagstaff(&["reference", "--help"]))]);
    for section in flagstaff(&["reference", "cli"]).split("\n## ").skip(1) {
        let (name, help) = section.split_once('\n').unwrap_or((section, ""));
        commands.insert(name.trim().to_owned(), help.to_owned());
    }
    commands
}

#[test]
fn every_command_and_flag_exists() {
    let commands = commands();
    assert!(commands.len() > 5, "{:?}", commands.keys());
    let mut wrong = vec![];
    for (name, text) in pages().iter().filter(|(name, _)| !name.starts_with("docs/reference/")) {
        for piece in code(text).iter().filter(|piece| piece.starts_with("flagstaff ")) {
            let words: Vec<&str> = piece.split_whitespace().collect();
            let known = (1..=words.len()).rev().find_map(|count| commands.get_key_value(&words[..count].join(" ")));
            let Some((command, help)) = known else { continue };
            let next = words.get(command.split(' ').count());
            if next.is_some_and(|next| {
                help.contains("<COMMAND>") && !next.starts_with(['-', '…']) && command != "flagstaff reference"
            }) {
                wrong.push(format!("{name}: {piece}: {command} has no such command"));
            }
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                let flag = flag.split(['=', ',', ';']).next().unwrap_or_default();
                if !help.contains(flag) {
                    wrong.push(format!("{name}: {piece}: {command} has no {flag}"));
                }
            }
        }
    }
    none("no such command", &wrong);
}

#[test]
fn nothing_is_told_that_is_nobodys_business() {
    // In pieces, so that this file does not find itself.
    let words: Vec<String> = [
        ["/wo", "rk/"],
        ["shared/", "product"],
        ["shared/", "design"],
        ["shared/", "console"],
        ["this ses", "sion"],
        ["earlier ses", "sion"],
        ["previous ses", "sion"],
        ["another ses", "sion"],
        ["sub", "agent"],
        ["helper ses", "sion"],
        ["index.cra", "tes.io"],
        ["static.cra", "tes.io"],
        ["proxy.gol", "ang.org"],
        ["sum.gol", "ang.org"],
        ["registry.np", "mjs.org"],
        ["py", "pi.org"],
        ["files.python", "hosted.org"],
        ["deb.deb", "ian.org"],
        ["/iss", "ues/"],
        ["issue ", "#"],
        ["closes ", "#"],
        ["fixes ", "#"],
    ]
    .iter()
    .map(|pieces| pieces.concat())
    .collect();
    let mut found = vec![];
    for (name, text) in tracked() {
        let locked = ["go.sum", "go.mod", "Cargo.lock", "LICENSE"].iter().any(|end| name.ends_with(end));
        if locked {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            found.extend(
                words.iter().filter(|word| line.contains(*word)).map(|word| format!("{name}:{}: {word}", number + 1)),
            );
        }
    }
    none("not for readers", &found);
}
