//! Whether what the hub says is believed: not from another database, nor from an older state of the same, until a person confirms it.

use flagstaff_model::wire::DesiredAnswer;

use super::memory::Memory;

/// Annotation by which a person confirms another state of the hub.
pub const ACCEPT_EPOCH: &str = "flagstaff.dev/accept-hub-epoch";

/// A state of the hub that is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Whether it is another database, rather than an older state of the same.
    another: bool,
    epoch: String,
    generation: u64,
}

impl Doubt {
    /// Why this answer is not believed, by what is remembered. An older state stays doubted while it grows, until a person confirms it.
    pub fn of(memory: &Memory, answer: &DesiredAnswer) -> Option<Self> {
        if memory.epoch.is_empty() {
            return None;
        }
        let another = memory.epoch != answer.epoch;
        let older = answer.generation < memory.generation || memory.doubted_epoch == answer.epoch;
        let doubt = Self { another, epoch: answer.epoch.clone(), generation: answer.generation };
        (another || older).then_some(doubt)
    }

    /// Whether a person has confirmed it. Another database is confirmed by its epoch; an older state by epoch and generation, and each such
    /// word counts once: the next restored backup asks again.
    pub fn is_confirmed(&self, memory: &Memory, annotation: Option<&str>) -> bool {
        let Some(word) = annotation else { return false };
        if self.another {
            return word == self.epoch;
        }
        let Some((epoch, generation)) = word.rsplit_once('/') else { return false };
        let seen = generation.parse::<u64>().is_ok_and(|generation| generation <= self.generation);
        epoch == self.epoch && seen && word != memory.confirmed
    }

    /// Remembers that it is doubted; whether that is news.
    pub fn note(&self, memory: &mut Memory) -> bool {
        let news = !self.another && memory.doubted_epoch != self.epoch;
        if news {
            memory.doubted_epoch.clone_from(&self.epoch);
        }
        news
    }

    /// Remembers that it was confirmed: from here on this is the newest state.
    pub fn settle(&self, memory: &mut Memory, annotation: &str) {
        memory.doubted_epoch.clear();
        memory.generation = self.generation;
        if !self.another {
            annotation.clone_into(&mut memory.confirmed);
        }
    }

    /// What to say, with what confirms it.
    pub fn sentence(&self) -> String {
        let (what, word) = if self.another {
            ("another database than before", self.epoch.clone())
        } else {
            ("an older state than before", format!("{}/{}", self.epoch, self.generation))
        };
        format!(
            "the hub answers from {what} (restored or empty); what it wants is not followed. To follow it: kubectl annotate clusterobservability cluster --overwrite {ACCEPT_EPOCH}={word}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(epoch: &str, generation: u64) -> DesiredAnswer {
        DesiredAnswer { epoch: epoch.into(), generation, ..DesiredAnswer::default() }
    }

    fn memory() -> Memory {
        Memory { epoch: "e".into(), generation: 9, ..Memory::default() }
    }

    #[test]
    fn what_is_newer_is_believed_and_what_is_older_is_not() {
        let memory = memory();
        assert_eq!(Doubt::of(&Memory::default(), &answer("e", 1)), None, "nothing was heard before");
        assert_eq!(Doubt::of(&memory, &answer("e", 9)), None);
        assert!(Doubt::of(&memory, &answer("e", 8)).is_some_and(|doubt| !doubt.another));
        assert!(Doubt::of(&memory, &answer("f", 10)).is_some_and(|doubt| doubt.another));
    }

    #[test]
    fn an_older_state_stays_doubted_when_it_overtakes() {
        let mut memory = memory();
        let doubt = Doubt::of(&memory, &answer("e", 5)).expect("a doubt");
        assert!(doubt.note(&mut memory) && !doubt.note(&mut memory));
        assert!(Doubt::of(&memory, &answer("e", 12)).is_some());
        let word = doubt.sentence().rsplit_once('=').expect("a word").1.to_owned();
        let grown = Doubt::of(&memory, &answer("e", 6)).expect("a doubt");
        assert!(grown.is_confirmed(&memory, Some(&word)) && !grown.is_confirmed(&memory, Some("e")));
        grown.settle(&mut memory, &word);
        assert_eq!((memory.generation, Doubt::of(&memory, &answer("e", 7))), (6, None));
    }

    #[test]
    fn a_confirmation_counts_once() {
        let mut memory = memory();
        let doubt = Doubt::of(&memory, &answer("e", 5)).expect("a doubt");
        doubt.note(&mut memory);
        doubt.settle(&mut memory, "e/5");
        memory.generation = 40;
        let again = Doubt::of(&memory, &answer("e", 20)).expect("a doubt");
        assert!(!again.is_confirmed(&memory, Some("e/5")) && again.is_confirmed(&memory, Some("e/20")));
        assert!(!again.is_confirmed(&memory, Some("e/21")), "a state that was not there when it was confirmed");
    }
}
