//! `flagstaff template explain`

use std::io::{self, Write};

use clap::Args;
use flagstaff_model::{LayeredValues, Setting};
use serde::Serialize;
use serde_json::Value;

use crate::exit::Failure;
use crate::open::{self, PackArgument, SetArgument, ValuesArgument};
use crate::report::{Form, tell};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff template explain templates/base
  flagstaff template explain builtin:base /logs --values fleet=fleet.yaml --values region:eu=eu.yaml")]
pub struct Explain {
    /// Folder of the pack, or builtin:NAME.
    #[arg(value_name = "PACK")]
    pack: PackArgument,
    /// JSON pointer of a value, such as /logs/rate; what lies below it is told too.
    #[arg(default_value = "")]
    pointer: String,
    /// File of values, with the layer it stands for: fleet, provider:NAME, region:NAME, group:NAME, cluster (default)
    /// or flag. May be given many times.
    #[arg(long, value_name = "[LAYER=]FILE")]
    values: Vec<ValuesArgument>,
    /// One value, as YAML, for the layer flag. May be given many times.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<SetArgument>,
    /// How values are told.
    #[arg(long, value_enum, default_value = "text")]
    output: Form,
}

/// One value: what it is, who says so, and what it would be otherwise.
#[derive(Debug, Serialize)]
struct Row<'a> {
    pointer: &'a str,
    value: &'a Value,
    layer: String,
    without: Option<&'a Value>,
    settings: &'a [Setting],
}

pub fn run(command: Explain) -> Result<(), Failure> {
    if !command.pointer.is_empty() && !command.pointer.starts_with('/') {
        return Err(Failure::Usage(format!("`{}` is no JSON pointer, it has to begin with /", command.pointer)));
    }
    let pack = command.pack.open()?;
    let values = pack.effective(&open::layers(&pack, &command.values, &command.set)?);
    let problems = pack.validate(&values);
    if !problems.is_empty() {
        return Err(tell(problems, command.pack.folder()));
    }
    let rows = rows(&values, &command.pointer);
    if rows.is_empty() {
        return Err(Failure::Usage(format!("the pack has no value at `{}`", command.pointer)));
    }
    let mut out = io::stdout().lock();
    match command.output {
        Form::Json => {
            serde_json::to_writer(&mut out, &rows).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Form::Text => table(&mut out, &rows)?,
    }
    Ok(())
}

fn rows<'a>(values: &'a LayeredValues, pointer: &str) -> Vec<Row<'a>> {
    let settings = values.explain(pointer).into_iter();
    let row = |(pointer, settings): (&'a str, &'a [Setting])| {
        let (last, before) = settings.split_last()?;
        // A word on a value that a later layer replaced by something of another shape no longer holds.
        if values.merged.pointer(pointer).unwrap_or(&Value::Null) != &last.value {
            return None;
        }
        let without = before.last().map(|setting| &setting.value);
        Some(Row { pointer, value: &last.value, layer: last.layer.to_string(), without, settings })
    };
    settings.filter_map(row).collect()
}

fn table(out: &mut dyn Write, rows: &[Row<'_>]) -> io::Result<()> {
    let mut lines = vec![["VALUE".to_owned(), "IS".into(), "SET BY".into(), "WITHOUT IT".into()]];
    for row in rows {
        let without = row.without.map_or_else(|| "-".to_owned(), Value::to_string);
        lines.push([row.pointer.to_owned(), row.value.to_string(), row.layer.clone(), without]);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count().min(60)).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    for line in &lines {
        let [pointer, value, layer, without] = line;
        let text = format!("{pointer:<0$}  {value:<1$}  {layer:<2$}  {without}", widths[0], widths[1], widths[2]);
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}
