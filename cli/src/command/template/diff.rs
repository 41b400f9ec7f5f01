//! `flagstaff template diff`

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use flagstaff_model::Place;
use flagstaff_template::{Change, ChangeKind, Object, yaml};

use super::render::Given;
use crate::exit::Failure;
use crate::open::{PackArgument, read_text};
use crate::report::{Form, tell};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff template diff builtin:base templates/base
  flagstaff template diff templates/base --against rendered.yaml --exit-code")]
pub struct Diff {
    /// The pack to compare: folder, or builtin:NAME. The old one where two are given, the new one with --against.
    #[arg(value_name = "PACK")]
    first: PackArgument,
    /// The new pack.
    #[arg(value_name = "NEW_PACK", required_unless_present = "against", conflicts_with = "against")]
    second: Option<PackArgument>,
    /// File of objects as YAML documents, taken as the old state.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    #[command(flatten)]
    given: Given,
    /// How differences are told.
    #[arg(long, value_enum, default_value = "text")]
    output: Form,
    /// End with 1 where anything differs.
    #[arg(long)]
    exit_code: bool,
}

pub fn run(command: Diff) -> Result<(), Failure> {
    let objects = |pack: &PackArgument| -> Result<Vec<Object>, Failure> {
        Ok(command.given.render(&pack.open()?, pack.folder())?.objects)
    };
    let (old, new) = match (&command.second, &command.against) {
        (Some(second), _) => (objects(&command.first)?, objects(second)?),
        (None, Some(file)) => (read_objects(file)?, objects(&command.first)?),
        (None, None) => return Err(Failure::Usage("give a second pack or --against".into())),
    };
    let changes = flagstaff_template::diff(&old, &new);
    let mut out = io::stdout().lock();
    match command.output {
        Form::Json => {
            serde_json::to_writer(&mut out, &changes).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Form::Text => {
            for change in &changes {
                write!(out, "{}", change.text)?;
            }
            writeln!(out, "{}", summary(&changes))?;
        }
    }
    if command.exit_code && !changes.is_empty() { Err(Failure::Problems) } else { Ok(()) }
}

fn summary(changes: &[Change]) -> String {
    let count = |kind| changes.iter().filter(|change| change.kind == kind).count();
    match changes {
        [] => "nothing differs".into(),
        _ => format!(
            "{} added, {} changed, {} removed",
            count(ChangeKind::Added),
            count(ChangeKind::Changed),
            count(ChangeKind::Removed)
        ),
    }
}

fn read_objects(file: &Path) -> Result<Vec<Object>, Failure> {
    let text = read_text(file)?;
    let name = file.display().to_string();
    let documents = yaml::documents(&text, &name).map_err(|problem| tell(vec![problem], None))?;
    let objects = documents.into_iter().map(|document| {
        Object::new(document.value, Place::line(&name, document.line)).map_err(|problem| tell(vec![problem], None))
    });
    objects.collect()
}
