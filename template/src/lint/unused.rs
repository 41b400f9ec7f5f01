//! Files that nothing uses.

use std::collections::BTreeSet;

use flagstaff_model::{Place, Problem};

use crate::code::Code;
use crate::manifest::MANIFEST;
use crate::pack::{FOLDERS, PLAIN, Pack, is_part};

/// Files beside the folders that a pack may have.
const BESIDE: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE", "NOTICE"];
/// A folder for people to read, likewise.
const EXAMPLE: &str = "example/";

pub(super) fn check(pack: &Pack) -> Vec<Problem> {
    let named: BTreeSet<&str> = pack.manifest.agents.iter().map(|agent| agent.configuration.as_str()).collect();
    let mut problems = vec![];
    for path in pack.files().keys() {
        let in_folder = FOLDERS.iter().any(|(folder, _)| path.starts_with(folder));
        if !in_folder {
            if path != MANIFEST && !BESIDE.contains(&path.as_str()) && !path.starts_with(EXAMPLE) {
                problems.push(Code::Unused.at(Place::file(path), "the file lies in no folder of a pack"));
            }
            continue;
        }
        let by_itself = !is_part(path) && !path.starts_with("alloy/") && !path.starts_with(PLAIN);
        if by_itself || named.contains(path.as_str()) || is_included(pack, path) {
            continue;
        }
        problems.push(
            Code::Unused
                .at(Place::file(path), "no agent names the file and no template includes it")
                .with_fix("Remove it, or use it."),
        );
    }
    problems
}

/// Whether another file names it in quotes, as `include`, `import` and `file` do.
fn is_included(pack: &Pack, path: &str) -> bool {
    let quoted = [format!("\"{path}\""), format!("'{path}'")];
    pack.files()
        .keys()
        .filter(|other| *other != path)
        .any(|other| pack.text(other).is_some_and(|text| quoted.iter().any(|name| text.contains(name))))
}
