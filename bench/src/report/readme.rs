//! The figures in README.md, between two marks.

use super::format::number;
use crate::record::Results;
use crate::row::Chapter;

const BEGIN: &str = "<!-- bench -->";
const END: &str = "<!-- /bench -->";

/// The text for the README.
pub fn figures(found: &[(Chapter, Option<Results>)]) -> String {
    let mut text = "| Work | Measured |\n|---|---|\n".to_owned();
    for (chapter, results) in found {
        let Some(results) = results else { continue };
        for headline in &chapter.headlines {
            if let Some(figure) = (headline.text)(results) {
                text.push_str(&format!("| {} | {figure} |\n", headline.work));
            }
        }
    }
    let Some(results) = found.iter().find_map(|(_, results)| results.as_ref()) else {
        return "Nothing is measured yet: `make bench`.\n".to_owned();
    };
    let machine = &results.head.machine;
    text.push_str(&format!(
        "\nMedians, measured by `make bench` on {} × {}, {} GiB (load {} at the start). Spread, conditions and misses: \
         [bench/RESULTS.md](bench/RESULTS.md).\n",
        machine.cores,
        machine.cpu,
        machine.memory_gib,
        number(results.head.load)
    ));
    text
}

/// The README with the figures between its marks; `None` when it has none.
pub fn fill(readme: &str, figures: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{figures}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let readme = format!("# Name\n{BEGIN}\nold\n{END}\nmore\n");
        let filled = fill(&readme, "new\n");
        assert_eq!(filled.as_deref(), Some("# Name\n<!-- bench -->\nnew\n<!-- /bench -->\nmore\n"));
        assert_eq!(filled.and_then(|again| fill(&again, "new\n")), fill(&readme, "new\n"), "again is the same");
        assert_eq!(fill("no marks", "new"), None);
    }
}
