//! Rendered agent configurations.

use flagstaff_model::{Place, Problem};
use serde::Serialize;

use crate::alloy;
use crate::code::Code;
use crate::engine::Rendered;
use crate::manifest::Agent;

/// Largest configuration: a ConfigMap holds it twice, as candidate and as good.
const MAX_BYTES: usize = 400 * 1024;

/// An agent configuration that parses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentConfiguration {
    /// Its name; its ConfigMap is `flagstaff-agent-<name>`.
    pub name: String,
    /// Alloy text.
    pub text: String,
    /// Where in the pack it comes from.
    pub source: Place,
    /// Kind of the workload that runs it.
    pub workload_kind: String,
    /// Name of that workload.
    pub workload_name: String,
}

pub(super) fn read(agent: &Agent, rendered: &Rendered<'_, '_>) -> Result<AgentConfiguration, Vec<Problem>> {
    let text = &rendered.text;
    let body = alloy::parse(text, &rendered.path).map_err(|problem| vec![rendered.trace(problem)])?;
    let mut problems = alloy::check(&body, &rendered.path);
    if text.len() > MAX_BYTES {
        let message = format!("the configuration has {} bytes, the most are {MAX_BYTES}", text.len());
        problems.push(Code::TooLarge.at(Place::file(&rendered.path), message));
    }
    if body.statements.is_empty() {
        problems.push(Code::Empty.at(Place::file(&rendered.path), "the configuration has no content"));
    }
    if !problems.is_empty() {
        return Err(problems.into_iter().map(|problem| rendered.trace(problem)).collect());
    }
    Ok(AgentConfiguration {
        name: agent.name.clone(),
        text: text.clone(),
        source: Place::file(&rendered.path),
        workload_kind: agent.workload.kind.clone(),
        workload_name: agent.workload.name.clone(),
    })
}
