//! `flagstaff template lint`

use std::io::{self, Write};

use clap::Args;

use crate::exit::Failure;
use crate::open::PackArgument;
use crate::report::{Form, counted, write_text};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff template lint templates/base
  flagstaff template lint builtin:base --output json")]
pub struct Lint {
    /// Folder of the pack, or builtin:NAME.
    #[arg(value_name = "PACK")]
    pack: PackArgument,
    /// How problems are told.
    #[arg(long, value_enum, default_value = "text")]
    output: Form,
}

pub fn run(command: Lint) -> Result<(), Failure> {
    let problems = match &command.pack {
        // A pack that cannot be read is told like one that does not render.
        PackArgument::Folder(folder) => match flagstaff_template::Pack::from_dir(folder) {
            Ok(pack) => flagstaff_template::lint(&pack),
            Err(problems) => problems,
        },
        builtin => flagstaff_template::lint(&builtin.open()?),
    };
    let mut out = io::stdout().lock();
    match command.output {
        Form::Json => {
            serde_json::to_writer(&mut out, &problems).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Form::Text => {
            write_text(&mut out, &problems, command.pack.folder())?;
            match problems.len() {
                0 => writeln!(out, "no problems")?,
                count => writeln!(out, "{}", counted(count, "problem"))?,
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Problems) }
}
