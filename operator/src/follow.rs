//! Which word of the hub a pass follows: the newest, or the last good one where the newest cannot be honoured.

use flagstaff_model::wire::{EffectiveSettings, SettingsReport};

use crate::build::{self, Built};
use crate::context::Context;
use crate::dereference::Observed;
use crate::report::Report;
use crate::validate::{self, Plan, Refusal};
use crate::wanted::Wanted;

/// What a pass is to do.
#[derive(Debug)]
pub enum Step {
    /// Nothing: it is suspended.
    Leave,
    /// Nothing: nobody has said yet whether the cluster is observed.
    Undecided,
    /// Take away what was installed.
    Remove,
    /// Install.
    Install(Box<Plan>, Box<Built>),
}

/// What is followed.
#[derive(Debug)]
pub struct Judged {
    /// It.
    pub wanted: Wanted,
    /// Revision of the newest word of the hub, followed or not.
    pub newest: String,
    /// Why that is not followed, with layer and place.
    pub refused: Option<String>,
}

/// Judges the newest word; where it cannot be honoured and the last good one can, that one runs on and the newest is refused. A flag that
/// cannot be honoured either way is the flag's own fault.
pub fn judge(context: &Context, observed: &Observed) -> (Judged, Result<Step, Refusal>) {
    let good = || observed.last_good.clone();
    let name = observed.newest_revision.clone();
    let newest = match &observed.newest {
        Ok(newest) => newest,
        Err(problem) => {
            let judged = Judged { wanted: good(), newest: name, refused: Some(problem.to_string()) };
            return (judged, step(context, observed, &observed.last_good));
        }
    };
    let followed = |refused| Judged { wanted: newest.clone(), newest: name.clone(), refused };
    match step(context, observed, newest) {
        Ok(step) => (followed(None), Ok(step)),
        Err(refusal) if newest.layered => match step(context, observed, &observed.last_good) {
            Ok(step) => (Judged { wanted: good(), newest: name, refused: Some(refusal.message()) }, Ok(step)),
            Err(_) => (followed(None), Err(refusal)),
        },
        Err(refusal) => (followed(None), Err(refusal)),
    }
}

fn step(context: &Context, observed: &Observed, wanted: &Wanted) -> Result<Step, Refusal> {
    Ok(match wanted.enabled {
        _ if wanted.suspended => Step::Leave,
        None => Step::Undecided,
        Some(false) => Step::Remove,
        Some(true) => {
            let plan = validate::check(observed, wanted, &context.settings)?;
            let built = build::build(context, observed, &plan)?;
            Step::Install(Box::new(plan), Box::new(built))
        }
    })
}

/// Keeps what became of the hub's settings for the next report; says so where it is otherwise than before.
pub fn remember(context: &Context, judged: &Judged, report: &Report) {
    let wanted = &judged.wanted;
    let told = SettingsReport {
        revision: judged.newest.clone(),
        held: judged.refused.is_none() && report.is_at_rest(),
        refused: judged.refused.as_ref().map(|why| why.chars().take(2000).collect()),
        overridden: wanted.overridden.iter().take(200).cloned().collect(),
        effective: EffectiveSettings {
            enabled: wanted.enabled.unwrap_or_default(),
            enabled_by: wanted.enabled_by.clone(),
            suspended: wanted.suspended,
            suspended_by: wanted.suspended_by.clone(),
            destinations: u64::try_from(wanted.destinations.len()).unwrap_or(u64::MAX),
            destinations_by: wanted.destinations_by.clone(),
        },
    };
    let mut memory = context.memory();
    if judged.refused.is_none() && report.is_followed() && !wanted.revision.is_empty() {
        memory.followed = Some(wanted.revision.clone());
    }
    let changed = memory.settings.as_ref() != Some(&told);
    memory.settings = Some(told);
    drop(memory);
    if changed {
        context.settled.notify_one();
    }
}
