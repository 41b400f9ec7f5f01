//! Everything that can be said about a pack without a cluster: it is rendered for many inputs and looked at.

mod dashboards;
mod rules;
mod samples;
mod schema;
mod unused;

use std::collections::BTreeSet;

use flagstaff_model::Problem;

use crate::pack::Pack;
use crate::render::{Render, render};

/// Every problem of a pack, ordered by place, each once. None means that it renders soundly for every sample input.
pub fn lint(pack: &Pack) -> Vec<Problem> {
    let mut problems = schema::check(pack);
    problems.extend(unused::check(pack));
    let mut renders: Vec<Render> = vec![];
    for (name, input) in samples::inputs(pack) {
        match render(pack, &input) {
            Ok(render) => renders.push(render),
            Err(found) => problems.extend(found.into_iter().map(|problem| seen_with(problem, &name))),
        }
    }
    for render in &renders {
        problems.extend(dashboards::check(render));
        problems.extend(rules::check(render));
    }
    once(problems)
}

/// Says which sample showed a problem, unless it shows with the first one too.
fn seen_with(mut problem: Problem, sample: &str) -> Problem {
    problem.message.push_str(&format!("\u{1f}{sample}"));
    problem
}

/// Puts problems in order and names with each the first sample that showed it.
fn once(problems: Vec<Problem>) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut kept = vec![];
    for mut problem in problems {
        let (message, sample) = match problem.message.split_once('\u{1f}') {
            Some((message, sample)) => (message.to_owned(), Some(sample.to_owned())),
            None => (problem.message.clone(), None),
        };
        if !seen.insert((problem.place.clone(), problem.code.clone(), message.clone())) {
            continue;
        }
        problem.message = match sample {
            Some(sample) if sample != samples::PLAIN => format!("{message}, with {sample}"),
            _ => message,
        };
        kept.push(problem);
    }
    kept.sort_by(|a, b| a.place.cmp(&b.place));
    kept
}
