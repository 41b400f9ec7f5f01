//! `flagstaff template render`

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use flagstaff_template::{Input, Pack, yaml};

use crate::exit::Failure;
use crate::open::{self, PackArgument, SetArgument, ValuesArgument};
use crate::report::{counted, tell};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff template render templates/base | kubectl diff -f -
  flagstaff template render builtin:base --values region:eu=eu.yaml --set logs.rate=500
  flagstaff template render templates/base --input cluster.yaml --out-dir rendered")]
pub struct Render {
    /// Folder of the pack, or builtin:NAME.
    #[arg(value_name = "PACK")]
    pack: PackArgument,
    #[command(flatten)]
    given: Given,
    /// YAML holds the objects only, JSON everything.
    #[arg(long, value_enum, default_value = "yaml")]
    output: Output,
    /// Write everything below this folder instead: objects/, agents/, dashboards/, rules/.
    #[arg(long, value_name = "FOLDER")]
    out_dir: Option<PathBuf>,
}

/// What a pack is rendered for.
#[derive(Debug, Args)]
pub struct Given {
    /// File of values, with the layer it stands for: fleet, provider:NAME, region:NAME, group:NAME, cluster (default)
    /// or flag. May be given many times.
    #[arg(long, value_name = "[LAYER=]FILE")]
    values: Vec<ValuesArgument>,
    /// One value, as YAML, for the layer flag; `\.` stands for a dot within a key. May be given many times.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<SetArgument>,
    /// What the pack is rendered for, as YAML or JSON; what the file leaves out is taken from a sample cluster.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// The objects as YAML documents.
    Yaml,
    /// Objects, agents, dashboards and rules as one JSON object.
    Json,
}

impl Given {
    /// Renders a pack; its problems are told.
    pub fn render(&self, pack: &Pack, folder: Option<&Path>) -> Result<flagstaff_template::Render, Failure> {
        let mut input: Input = open::input(self.input.as_deref())?;
        if !self.values.is_empty() || !self.set.is_empty() || input.values.settings.is_empty() {
            input.values = open::layers(pack, &self.values, &self.set)?;
        }
        flagstaff_template::render(pack, &input).map_err(|problems| tell(problems, folder))
    }
}

pub fn run(command: Render) -> Result<(), Failure> {
    let pack = command.pack.open()?;
    let render = command.given.render(&pack, command.pack.folder())?;
    if let Some(folder) = &command.out_dir {
        return write_folder(&render, folder);
    }
    let mut out = io::stdout().lock();
    match command.output {
        Output::Json => {
            serde_json::to_writer(&mut out, &render).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Output::Yaml => {
            for object in &render.objects {
                writeln!(out, "---\n# {}", object.source)?;
                out.write_all(to_yaml(&object.value)?.as_bytes())?;
            }
            let rest = [
                counted(render.agents.len(), "agent configuration"),
                counted(render.dashboards.len(), "dashboard"),
                counted(render.rules.len(), "rule file"),
            ];
            eprintln!("not shown: {} (see --output json and --out-dir)", rest.join(", "));
        }
    }
    Ok(())
}

fn to_yaml(value: &serde_json::Value) -> Result<String, Failure> {
    yaml::to_yaml(value).map_err(|reason| Failure::Output(io::Error::other(reason)))
}

fn write_folder(render: &flagstaff_template::Render, folder: &Path) -> Result<(), Failure> {
    let write = |kind: &str, name: String, text: String| {
        let folder = folder.join(kind);
        let file = folder.join(name);
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, text));
        written.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
    };
    for object in &render.objects {
        let group = object.id().group;
        let parts = [object.kind(), &group, object.namespace().unwrap_or_default(), object.name()];
        let parts: Vec<String> = parts.iter().filter(|part| !part.is_empty()).map(|part| file_name(part)).collect();
        write("objects", format!("{}.yaml", parts.join("_")), to_yaml(&object.value)?)?;
    }
    for agent in &render.agents {
        write("agents", format!("{}.alloy", agent.name), agent.text.clone())?;
    }
    for dashboard in &render.dashboards {
        write("dashboards", format!("{}.json", dashboard.name), format!("{:#}\n", dashboard.json))?;
    }
    for rules in &render.rules {
        write("rules", format!("{}.yaml", rules.name), to_yaml(&serde_json::json!({ "groups": rules.groups }))?)?;
    }
    let counts = [
        counted(render.objects.len(), "object"),
        counted(render.agents.len(), "agent configuration"),
        counted(render.dashboards.len(), "dashboard"),
        counted(render.rules.len(), "rule file"),
    ];
    println!("written to {}: {}", folder.display(), counts.join(", "));
    Ok(())
}

/// A name as a part of a file's name; `:` is allowed in names of roles, and not in file names everywhere.
fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "-.".contains(c) { c } else { '-' }).collect()
}
