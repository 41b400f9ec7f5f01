//! One thing that is wrong with what a person or a peer gave us: where, what, and what to do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where in the input a problem lies. Lines and columns count from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Path inside the pack, or a name such as `values`.
    pub file: String,
    /// Line, where known.
    pub line: Option<usize>,
    /// Column, where known.
    pub column: Option<usize>,
    /// A path within the document, such as `/components/logs`, where that says more.
    pub pointer: Option<String>,
}

impl Place {
    /// A place that is a whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// A line of a file.
    pub fn line(file: impl Into<String>, line: usize) -> Self {
        Self { file: file.into(), line: Some(line), ..Self::default() }
    }

    /// A line and column of a file.
    pub fn at(file: impl Into<String>, line: usize, column: usize) -> Self {
        Self { file: file.into(), line: Some(line), column: Some(column), ..Self::default() }
    }

    /// A JSON pointer within a document.
    pub fn pointer(file: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self { file: file.into(), pointer: Some(pointer.into()), ..Self::default() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        if let Some(pointer) = &self.pointer {
            write!(f, " {pointer}")?;
        }
        Ok(())
    }
}

/// Something wrong with an input; shown to people as `place: message (code)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// Stable code such as `template.alloy_syntax`.
    pub code: String,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What a person can do about it, where we know.
    pub fix: Option<String>,
}

impl Problem {
    /// A problem without a proposed fix.
    pub fn new(place: Place, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place, code: code.into(), message: message.into(), fix: None }
    }

    /// The same problem with what a person can do about it.
    pub fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.place, self.message, self.code)?;
        if let Some(fix) = &self.fix {
            write!(f, ". {fix}")?;
        }
        Ok(())
    }
}
