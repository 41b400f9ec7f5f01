//! From a pack and an input to objects, agent configurations, dashboards and rules, all of them checked.

mod agent;
mod dashboard;
mod object;
mod rule;

use std::collections::BTreeMap;

use flagstaff_model::{Place, Problem};
use serde::Serialize;
use serde_json::Value;

pub use agent::AgentConfiguration;
pub use dashboard::{Dashboard, dashboard_metrics};
pub use object::{Object, ObjectId};
pub use rule::{RuleFile, check_groups, rule_metrics};

use crate::code::Code;
use crate::engine::{Engine, Rendered};
use crate::input::Input;
use crate::manifest::{Conditional, MANIFEST};
use crate::pack::Pack;
use crate::yaml;

pub(crate) use dashboard::queries;

/// What a pack became for one input.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Render {
    /// Kubernetes objects in the order of files and documents; no object twice.
    pub objects: Vec<Object>,
    /// Agent configurations whose condition holds.
    pub agents: Vec<AgentConfiguration>,
    /// Dashboards.
    pub dashboards: Vec<Dashboard>,
    /// Files of rule groups that hold at least one group.
    pub rules: Vec<RuleFile>,
}

/// Renders a pack and checks what came of it. The same pack and input give the same result.
///
/// # Errors
/// Every problem of the values and of each file, with its place in the pack.
pub fn render(pack: &Pack, input: &Input) -> Result<Render, Vec<Problem>> {
    let problems = pack.validate(&input.values);
    if !problems.is_empty() {
        return Err(problems);
    }
    let values = pack.effective(&input.values);
    let engine = Engine::new(pack, input, &values.merged)?;
    let mut work = Work { pack, engine: &engine, problems: vec![] };
    let render =
        Render { objects: work.objects(), agents: work.agents(), dashboards: work.dashboards(), rules: work.rules() };
    let mut problems = work.problems;
    if problems.is_empty() && render.objects.is_empty() {
        problems.push(
            Code::Nothing
                .at(Place::file(MANIFEST), "the pack renders no object at all")
                .with_fix("At least one manifest has to have content for every input."),
        );
    }
    if problems.is_empty() { Ok(render) } else { Err(problems) }
}

struct Work<'e, 'p> {
    pack: &'p Pack,
    engine: &'e Engine<'p>,
    problems: Vec<Problem>,
}

impl<'e, 'p> Work<'e, 'p> {
    /// Keeps a result's value, or its problem.
    fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// The files of a folder whose condition holds, rendered.
    fn rendered(&mut self, folder: &'static str) -> Vec<Rendered<'e, 'p>> {
        let manifest = &self.pack.manifest;
        let (list, conditions): (&str, &[Conditional]) = match folder {
            "manifests/" => ("/manifests", &manifest.manifests),
            "rules/" => ("/rules", &manifest.rules),
            _ => ("/dashboards/files", &manifest.dashboards.files),
        };
        let mut found = vec![];
        for path in self.pack.templates_in(folder) {
            let index = conditions.iter().position(|condition| condition.file == path);
            let when = index.map(|index| conditions[index].when.as_str());
            let place = || manifest_place(self.pack, &format!("{list}/{}/when", index.unwrap_or_default()));
            let holds = self.engine.condition(when, &place);
            if self.keep(holds) == Some(true) {
                let rendered = self.engine.render(path);
                found.extend(self.keep(rendered));
            }
        }
        found
    }

    fn objects(&mut self) -> Vec<Object> {
        let mut objects: Vec<Object> = vec![];
        let mut seen: BTreeMap<ObjectId, Place> = BTreeMap::new();
        for rendered in self.rendered("manifests/") {
            let read = object::read(&rendered);
            for object in self.keep(read).unwrap_or_default() {
                let Some(object) = self.keep(object) else { continue };
                match seen.get(&object.id()) {
                    Some(first) => self.problems.push(
                        Code::ObjectDuplicate
                            .at(object.source.clone(), format!("{} is rendered here and at {first}", object.id())),
                    ),
                    None => {
                        seen.insert(object.id(), object.source.clone());
                        objects.push(object);
                    }
                }
            }
        }
        objects
    }

    fn agents(&mut self) -> Vec<AgentConfiguration> {
        let mut agents = vec![];
        for (index, declared) in self.pack.manifest.agents.iter().enumerate() {
            let place = || manifest_place(self.pack, &format!("/agents/{index}/when"));
            let holds = self.engine.condition(declared.when.as_deref(), &place);
            if self.keep(holds) != Some(true) {
                continue;
            }
            let rendered = self.engine.render(&declared.configuration);
            let Some(rendered) = self.keep(rendered) else { continue };
            match agent::read(declared, &rendered) {
                Ok(agent) => agents.push(agent),
                Err(problems) => self.problems.extend(problems),
            }
        }
        agents
    }

    fn dashboards(&mut self) -> Vec<Dashboard> {
        let mut dashboards: Vec<Dashboard> = vec![];
        for rendered in self.rendered("dashboards/") {
            match dashboard::read(&rendered, &self.pack.manifest.dashboards.folder) {
                Ok(dashboard) => {
                    if let Some(other) = dashboards.iter().find(|other| other.uid == dashboard.uid) {
                        let message = format!("the uid `{}` is that of {} too", dashboard.uid, other.source.file);
                        self.problems.push(Code::Dashboard.at(dashboard.source.clone(), message));
                    }
                    dashboards.push(dashboard);
                }
                Err(problems) => self.problems.extend(problems),
            }
        }
        dashboards
    }

    fn rules(&mut self) -> Vec<RuleFile> {
        let mut files: Vec<RuleFile> = vec![];
        let mut groups: BTreeMap<String, String> = BTreeMap::new();
        for rendered in self.rendered("rules/") {
            match rule::read(&rendered) {
                Ok(None) => {}
                Ok(Some(file)) => {
                    for name in file.group_names() {
                        if let Some(other) = groups.insert(name.to_owned(), file.source.file.clone())
                            && other != file.source.file
                        {
                            let message = format!("the group `{name}` stands in {other} too");
                            self.problems.push(Code::Rule.at(file.source.clone(), message));
                        }
                    }
                    files.push(file);
                }
                Err(problems) => self.problems.extend(problems),
            }
        }
        files
    }
}

/// The place of a part of `pack.yaml`.
pub(crate) fn manifest_place(pack: &Pack, pointer: &str) -> Place {
    match yaml::single(pack.text(MANIFEST).unwrap_or_default(), MANIFEST) {
        Ok(document) => document.place(MANIFEST, pointer),
        Err(_) => Place::pointer(MANIFEST, pointer),
    }
}

/// The name of a file without folder and ending.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_owned()
}

/// The JSON value under a key, where it is a string with content.
fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}
