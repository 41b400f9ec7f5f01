//! Telling problems to people and programs.

use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;
use flagstaff_model::Problem;

use crate::exit::Failure;

/// How problems and differences are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    Text,
    /// For programs: JSON on one line.
    Json,
}

/// Tells problems on standard error as text; paths in the pack are shown below `folder`.
pub fn tell(problems: Vec<Problem>, folder: Option<&Path>) -> Failure {
    let mut out = io::stderr().lock();
    match write_text(&mut out, &problems, folder) {
        Ok(()) => Failure::Problems,
        Err(error) => error.into(),
    }
}

/// Writes problems as `file:line:column: message (code)`, the fix on a line of its own.
pub fn write_text(out: &mut dyn Write, problems: &[Problem], folder: Option<&Path>) -> io::Result<()> {
    for problem in problems {
        let in_pack = !["values", "archive"].contains(&problem.place.file.as_str());
        match folder.filter(|_| in_pack) {
            Some(folder) => write!(out, "{}", folder.join(problem.place.to_string()).display())?,
            None => write!(out, "{}", problem.place)?,
        }
        writeln!(out, ": {} ({})", problem.message, problem.code)?;
        if let Some(fix) = &problem.fix {
            writeln!(out, "    fix: {fix}")?;
        }
    }
    Ok(())
}

/// `1 problem`, `2 problems`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
