//! The tables of a report.

use std::collections::BTreeSet;

use super::format::{number, value};
use crate::record::Results;
use crate::row::Chapter;

/// One line of the table of aims, and the sentence that names a miss.
pub struct Judged {
    /// The line.
    pub line: String,
    /// The miss.
    pub miss: Option<String>,
}

/// How the aims of a row were met.
pub fn judgements(chapter: &Chapter, results: Option<&Results>) -> Vec<Judged> {
    let judge = |aim: &crate::row::Aim| {
        let bound = format!("≤ {} ×", trimmed(aim.at_most));
        let judged = results.and_then(|results| aim.judge(results));
        let (measured, verdict) = match judged {
            None => ("–".to_owned(), "not measured"),
            Some((ratio, true)) => (format!("{} ×", number(ratio)), "met"),
            Some((ratio, false)) => (format!("{} ×", number(ratio)), "**missed**"),
        };
        let miss = judged.filter(|(_, met)| !met).map(|(ratio, _)| {
            format!(
                "{}, {}: {} × instead of at most {} ×",
                chapter.title,
                aim.what,
                number(ratio),
                trimmed(aim.at_most)
            )
        });
        Judged { line: format!("| {} | {} | {bound} | {measured} | {verdict} |\n", chapter.title, aim.what), miss }
    };
    chapter.aims.iter().map(judge).collect()
}

fn trimmed(bound: f64) -> String {
    if (bound - 1.0 / 3.0).abs() < 1e-9 { "1/3".to_owned() } else { format!("{bound}") }
}

/// Everything that was measured in a row.
pub fn measured(results: &Results) -> String {
    let mut text = "| What | Median | Smallest … largest | Values |\n|---|---|---|---|\n".to_owned();
    for (what, unit) in results.measured() {
        if let Some(spread) = results.spread(what) {
            let (median, min, max) = (value(spread.median, unit), number(spread.min), number(spread.max));
            text.push_str(&format!("| {what} | {median} | {min} … {max} | {} |\n", spread.count));
        }
    }
    text
}

/// Where, when and under which load a row was measured.
pub fn conditions(results: &Results) -> String {
    let (head, foot) = (&results.head, &results.foot);
    let machine = &head.machine;
    let busy = 100.0 * foot.machine_cpu_seconds / (foot.seconds * machine.cores.max(1) as f64).max(0.001);
    format!(
        "\nMeasured {} in {} s at commit `{}` by `{}`. Operator: profile `{}`, {} MB. Machine: {} × {}, {} GiB, Linux {}. Load (processes \
         that wanted to run): {} at the start, {} at the end; all programs together, the measured ones and those of others, kept the cores \
         {busy:.0} % busy.\n",
        head.begun,
        number(foot.seconds.round()),
        head.commit,
        head.command,
        head.operator.profile,
        head.operator.megabytes,
        machine.cores,
        machine.cpu,
        machine.memory_gib,
        machine.kernel,
        head.load,
        foot.load
    )
}

/// Versions of everything that took part in any row.
pub fn versions<'a>(all: impl Iterator<Item = &'a Results>) -> String {
    let known: BTreeSet<(&String, &String)> = all.flat_map(|results| &results.head.versions).collect();
    if known.is_empty() {
        return String::new();
    }
    let list: Vec<String> = known.into_iter().map(|(name, version)| format!("{name} {version}")).collect();
    format!("\n## Versions\n\n{}\n", list.join(" · "))
}
