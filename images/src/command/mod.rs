//! The subcommands, one a file.

pub(crate) mod build;
pub(crate) mod write;
