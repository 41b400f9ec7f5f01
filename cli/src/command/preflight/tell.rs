//! Tells the findings to people and to programs.

use std::io::{self, Write};

use serde_json::json;

use super::check::{Check, Level};
use crate::report::counted;

fn count(checks: &[Check], level: Level) -> usize {
    checks.iter().filter(|check| check.level == level).count()
}

/// One line each, the fix below it.
pub fn text(checks: &[Check]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for check in checks {
        writeln!(out, "{:<8} {:<20} {}", check.level.word(), check.check, check.message)?;
        if let Some(fix) = &check.fix {
            writeln!(out, "{:<29} fix: {fix}", "")?;
        }
    }
    let (problems, warnings) = (count(checks, Level::Problem), count(checks, Level::Warning));
    writeln!(out, "\n{}, {}", counted(problems, "problem"), counted(warnings, "warning"))
}

/// One object on one line.
pub fn json(checks: &[Check]) -> io::Result<()> {
    let (problems, warnings) = (count(checks, Level::Problem), count(checks, Level::Warning));
    writeln!(io::stdout().lock(), "{}", json!({"problems": problems, "warnings": warnings, "checks": checks}))
}
