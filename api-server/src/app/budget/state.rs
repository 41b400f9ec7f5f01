//! Which state a budget is in: it goes up at once, and comes down only when that is sure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Below this part of a limit a budget comes back from it: one that hovers at its limit does not flap.
pub const BACK: f64 = 0.98;

/// How a budget stands, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BudgetState {
    /// No cluster counted yet.
    Unknown,
    /// Below its limits.
    Ok,
    /// At its soft limit or above.
    Warning,
    /// At its hard limit or above.
    Over,
    /// Clusters refuse new series for it, or aggregate labels away.
    Enforcing,
}

impl BudgetState {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Over => "over",
            Self::Enforcing => "enforcing",
        }
    }

    /// The state of that word; the database holds no other.
    pub fn parse(word: &str) -> Self {
        match word {
            "ok" => Self::Ok,
            "warning" => Self::Warning,
            "over" => Self::Over,
            "enforcing" => Self::Enforcing,
            _ => Self::Unknown,
        }
    }

    /// The tone in which it is spoken of.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Warning => "warn",
            Self::Over | Self::Enforcing => "bad",
        }
    }
}

/// Numbers of series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// From here on there is a warning.
    pub soft: f64,
    /// From here on it is over; a budget without one never is.
    pub hard: Option<f64>,
}

impl Limits {
    /// What it is measured by: the hard limit, or the soft one where there is no other.
    pub fn last(&self) -> f64 {
        self.hard.unwrap_or(self.soft)
    }
}

/// What the series alone make of it after a look, which is never [`BudgetState::Enforcing`]. `series` is none where no cluster counted; `silent` says that one that had counted in this state does not now.
pub fn decide(before: BudgetState, series: Option<f64>, silent: bool, limits: &Limits) -> BudgetState {
    let Some(series) = series else {
        // Who says nothing has not become smaller.
        return if before >= BudgetState::Warning { before } else { BudgetState::Unknown };
    };
    let holds = |state: BudgetState, limit: f64| series >= if before >= state { limit * BACK } else { limit };
    let found = if limits.hard.is_some_and(|hard| holds(BudgetState::Over, hard)) {
        BudgetState::Over
    } else if holds(BudgetState::Warning, limits.soft) {
        BudgetState::Warning
    } else {
        BudgetState::Ok
    };
    if silent { found.max(before) } else { found }
}

/// Whether somebody is told of this change: what gets worse, and what becomes good again.
pub fn is_told(before: BudgetState, after: BudgetState) -> bool {
    before != after && (after >= BudgetState::Warning || (after == BudgetState::Ok && before >= BudgetState::Warning))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [BudgetState; 5] =
        [BudgetState::Unknown, BudgetState::Ok, BudgetState::Warning, BudgetState::Over, BudgetState::Enforcing];

    /// What series alone make of it.
    fn any_state() -> impl Strategy<Value = BudgetState> {
        prop::sample::select(&ALL[..4])
    }

    fn any_limits() -> impl Strategy<Value = Limits> {
        (1u32..1_000_000, prop::option::of(0u32..1_000_000)).prop_map(|(soft, more)| Limits {
            soft: f64::from(soft),
            hard: more.map(|more| f64::from(soft) + f64::from(more)),
        })
    }

    proptest! {
        #[test]
        fn it_goes_up_at_once(before in any_state(), limits in any_limits(), share in 1.0f64..3.0, silent: bool) {
            let after = decide(before, Some(limits.last() * share), silent, &limits);
            let worst = if limits.hard.is_some() { BudgetState::Over } else { BudgetState::Warning };
            prop_assert!(after >= worst);
        }

        #[test]
        fn silence_never_lowers_it(before in any_state(), limits in any_limits(), series in prop::option::of(0.0f64..3e6)) {
            prop_assume!(before >= BudgetState::Warning);
            prop_assert!(decide(before, None, false, &limits) == before);
            prop_assert!(decide(before, series, true, &limits) >= before);
        }

        #[test]
        fn it_is_back_when_it_is_sure(before in any_state(), limits in any_limits(), share in 0.0f64..0.979) {
            prop_assert_eq!(decide(before, Some(limits.soft * share), false, &limits), BudgetState::Ok);
        }

        #[test]
        fn hovering_at_a_limit_changes_it_once(limits in any_limits(), shares in prop::collection::vec(0.981f64..1.2, 1..50)) {
            let mut state = BudgetState::Ok;
            let mut changes = 0;
            for share in shares {
                let next = decide(state, Some(limits.last() * share), false, &limits);
                prop_assert!(next >= state, "{state:?} came down to {next:?} at {share}");
                changes += u32::from(next != state);
                state = next;
            }
            prop_assert!(changes <= 2, "ok, warning, over, and no more");
        }

        #[test]
        fn more_series_are_never_better(
            before in any_state(), limits in any_limits(), silent: bool, one in 0.0f64..3e6, more in 0.0f64..3e6,
        ) {
            prop_assert!(decide(before, Some(one), silent, &limits) <= decide(before, Some(one + more), silent, &limits));
        }

        #[test]
        fn a_second_look_at_the_same_changes_nothing(before in any_state(), limits in any_limits(), series in 0.0f64..3e6) {
            let after = decide(before, Some(series), false, &limits);
            prop_assert_eq!(decide(after, Some(series), false, &limits), after);
        }
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for state in ALL {
            assert_eq!(BudgetState::parse(state.as_str()), state);
        }
    }

    #[test]
    fn it_is_told_what_gets_worse_and_what_is_good_again() {
        use BudgetState::{Enforcing, Ok, Over, Unknown, Warning};
        let told = [
            (Unknown, Enforcing),
            (Ok, Enforcing),
            (Warning, Enforcing),
            (Over, Enforcing),
            (Enforcing, Over),
            (Enforcing, Warning),
            (Enforcing, Ok),
            (Ok, Warning),
            (Ok, Over),
            (Warning, Over),
            (Over, Warning),
            (Over, Ok),
            (Warning, Ok),
            (Unknown, Over),
            (Unknown, Warning),
        ];
        for before in ALL {
            for after in ALL {
                assert_eq!(is_told(before, after), told.contains(&(before, after)), "{before:?} {after:?}");
            }
        }
    }
}
