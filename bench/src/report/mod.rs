//! The report: `bench/RESULTS.md` and the figures in README.md, from raw results alone.

pub mod format;
mod readme;
mod table;

use std::fs;

use anyhow::{Context, Result};
use flagstaff_tests::programs;

use crate::record::Results;
use crate::row::{Chapter, chapters};
use table::{conditions, judgements, measured, versions};

/// Writes both from what is in `bench/results`.
pub fn write() -> Result<()> {
    let mut found = vec![];
    for chapter in chapters() {
        let results = Results::read(chapter.row)?;
        found.push((chapter, results));
    }
    let path = programs::repository().join("bench/RESULTS.md");
    fs::write(&path, results_text(&found)).with_context(|| format!("write {}", path.display()))?;
    println!("written: {}", path.display());
    let path = programs::repository().join("README.md");
    let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    match readme::fill(&text, &readme::figures(&found)) {
        Some(filled) => {
            fs::write(&path, filled).with_context(|| format!("write {}", path.display()))?;
            println!("written: the figures in {}", path.display());
        }
        None => {
            println!("{} has no place for figures (<!-- bench --> … <!-- /bench -->): left as it is", path.display())
        }
    }
    Ok(())
}

/// The whole of RESULTS.md.
fn results_text(found: &[(Chapter, Option<Results>)]) -> String {
    let mut text = "# Measured\n\nWritten by `flagstaff-bench report` from the raw values in `bench/results/`; no figure is typed in. \
                    `make bench` measures everything again, `make bench ROWS=apply,memory` some rows. Each value is the median of its runs, with \
                    the smallest and the largest beside it. A ratio is shown only where both sides ran in the same run.\n\n"
        .to_owned();
    text.push_str("## Aims\n\n| Row | Compared | Aim | Measured | |\n|---|---|---|---|---|\n");
    let mut misses = vec![];
    for (chapter, results) in found {
        for judged in judgements(chapter, results.as_ref()) {
            text.push_str(&judged.line);
            misses.extend(judged.miss);
        }
    }
    text.push('\n');
    if misses.is_empty() {
        text.push_str("No aim that was measured is missed.\n");
    } else {
        text.push_str("Missed:\n\n");
        for miss in misses {
            text.push_str(&format!("- {miss}\n"));
        }
    }
    for (chapter, results) in found {
        text.push_str(&format!("\n## {}\n\n{}\n\n", chapter.title, squeezed(chapter.about)));
        match results {
            None => text.push_str(&format!("Not measured yet: `flagstaff-bench {}`.\n", chapter.row)),
            Some(results) => {
                text.push_str(&measured(results));
                text.push_str(&conditions(results));
            }
        }
        for published in &chapter.context {
            text.push_str(&format!("\nPublished by others, as context: {}\n", squeezed(published)));
        }
    }
    text.push_str(&versions(found.iter().filter_map(|(_, results)| results.as_ref())));
    text
}

/// The report of one row that has a file of its own.
pub fn alone(chapter: &Chapter, results: &Results) -> String {
    format!("# {}\n\n{}\n\n{}{}", chapter.title, squeezed(chapter.about), measured(results), conditions(results))
}

/// Text that was broken into lines for the source.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Foot, Head, Sample};
    use crate::row::{Aim, Headline};

    fn chapter(at_most: f64) -> Chapter {
        Chapter {
            row: "apply",
            title: "A title",
            about: "How it was\n      measured.",
            aims: vec![Aim::at_most("all of it", "ours", "theirs", at_most)],
            headlines: vec![Headline {
                work: "The work",
                text: |results| Some(format!("{}", results.median("ours")?)),
            }],
            context: vec!["7 s elsewhere."],
        }
    }

    fn results() -> Results {
        let sample = |what: &str, run, value| Sample { run, what: what.into(), unit: "s".into(), value };
        Results {
            head: Head {
                row: "apply".into(),
                commit: "abc+".into(),
                command: "flagstaff-bench apply".into(),
                ..Head::default()
            },
            samples: vec![sample("ours", 1, 1.0), sample("ours", 2, 3.0), sample("theirs", 1, 4.0)],
            foot: Foot { seconds: 10.0, load: 2.5, ..Foot::default() },
        }
    }

    #[test]
    fn a_met_aim_and_a_miss_are_named() {
        let met = results_text(&[(chapter(0.5), Some(results()))]);
        assert!(met.contains("| A title | all of it | ≤ 0.5 × | 0.500 × | met |"), "{met}");
        assert!(met.contains("No aim that was measured is missed."), "{met}");
        let missed = results_text(&[(chapter(0.4), Some(results()))]);
        assert!(
            missed.contains("| 0.500 × | **missed** |") && missed.contains("- A title, all of it: 0.500 × instead of"),
            "{missed}"
        );
    }

    #[test]
    fn values_are_shown_with_their_spread_and_conditions() {
        let text = results_text(&[(chapter(0.5), Some(results()))]);
        assert!(text.contains("How it was measured."), "{text}");
        assert!(text.contains("| ours | 2 s | 1 … 3 | 2 |"), "{text}");
        assert!(text.contains("`abc+`") && text.contains("`flagstaff-bench apply`"), "{text}");
        assert!(text.contains("as context: 7 s elsewhere."), "{text}");
    }

    #[test]
    fn what_was_not_measured_says_so() {
        let text = results_text(&[(chapter(0.5), None)]);
        assert!(text.contains("Not measured yet") && text.contains("| not measured |"), "{text}");
    }
}
