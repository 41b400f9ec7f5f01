//! What is said of budgets, in sentences.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod enforcing;

use super::act::Enforces;
use super::aggregating::Aggregating;
use super::forecast::{DAYS_NEEDED, Outlook};
use super::refusing::Refusing;
use super::state::{BudgetState, Limits};

/// What grew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Growth {
    /// Metric.
    pub metric: String,
    /// The label of it whose values grew most; null where that is not known.
    pub label: Option<String>,
    /// Series more.
    pub by: f64,
}

/// What is said when a budget changes its state.
#[derive(Debug)]
pub struct Changed<'a> {
    /// The budget's name.
    pub name: &'a str,
    /// What it is for, in words.
    pub scope: &'a str,
    /// What it was.
    pub before: BudgetState,
    /// What it is.
    pub after: BudgetState,
    /// What was counted; none where no cluster counted.
    pub series: Option<f64>,
    /// Its limits.
    pub limits: Limits,
    /// Clusters that counted, and of how many.
    pub clusters: (i64, i64),
    /// What grew most.
    pub grew: &'a [Growth],
    /// What was done for it before, and what is done now.
    pub enforces: (Option<Enforces>, Option<Enforces>),
    /// Who refuses which series.
    pub refusing: &'a Refusing,
    /// Who aggregates which labels away.
    pub aggregating: &'a Aggregating,
}

/// The change in a few words, as the subject of a message.
pub fn subject(name: &str, after: BudgetState, enforces: Option<Enforces>) -> String {
    match after {
        BudgetState::Enforcing if enforces == Some(Enforces::Aggregate) => {
            format!("Labels are aggregated away for the budget {name}")
        }
        BudgetState::Enforcing => format!("New series are refused for the budget {name}"),
        BudgetState::Over => format!("The budget {name} is over its limit"),
        BudgetState::Warning => format!("The budget {name} nears its limit"),
        BudgetState::Ok => format!("The budget {name} is within its limits again"),
        BudgetState::Unknown => format!("What the budget {name} takes is not known"),
    }
}

/// The change in a sentence or two.
pub fn changed(of: &Changed<'_>) -> String {
    let Changed { name, scope, before, after, limits, clusters: (counted, all), .. } = of;
    if *after == BudgetState::Enforcing {
        return enforcing::says(of);
    }
    let Some(series) = of.series else {
        return format!("{} ({scope}): no cluster counts now.", subject(name, *after, None));
    };
    let ended = match of.enforces.0 {
        Some(Enforces::Aggregate) => format!("No labels are aggregated away any more for the budget {name} ({scope})"),
        _ => format!("No series are refused any more for the budget {name} ({scope})"),
    };
    let word = match (after, before) {
        (BudgetState::Over, BudgetState::Enforcing) => format!("{ended}, which is over"),
        (BudgetState::Over, _) => format!("The budget {name} ({scope}) is over"),
        (_, BudgetState::Enforcing) => ended,
        (BudgetState::Warning, BudgetState::Over) => {
            format!("The budget {name} ({scope}) is no longer over, but near its limit")
        }
        (BudgetState::Warning, _) => format!("The budget {name} ({scope}) nears its limit"),
        (_, BudgetState::Unknown) => format!("The budget {name} ({scope}) is known and within its limits"),
        _ => format!("The budget {name} ({scope}) is within its limits again"),
    };
    let share = (series / limits.last() * 100.0).floor();
    let limit = if limits.hard.is_some() { "allowed" } else { "of its soft limit" };
    let mut text = format!("{word}: {} series of {} {limit}, {share} %", grouped(series), grouped(limits.last()));
    match counted == all {
        true => text.push('.'),
        false => text.push_str(&format!(", counted in {counted} of {all} clusters; the others say nothing.")),
    }
    if *after >= BudgetState::Warning && !of.grew.is_empty() {
        let grew: Vec<String> = of.grew.iter().map(grown).collect();
        text.push_str(&format!(" What grew most: {}.", grew.join(", ")));
    }
    text
}

fn grown(growth: &Growth) -> String {
    let label = growth.label.iter().map(|label| format!(" by its label {label}")).collect::<String>();
    format!("{}{label} (+{})", growth.metric, grouped(growth.by))
}

/// What is to be expected, in a sentence; `outlook` with the days of its interval as dates.
pub fn expected(
    outlook: Option<&Outlook>,
    days: usize,
    state: BudgetState,
    dates: Option<(Date, Date, Option<Date>)>,
) -> String {
    let Some(outlook) = outlook else {
        let of = if days == 1 { "there is 1" } else { &format!("there are {days}") };
        return format!("It takes {DAYS_NEEDED} days of history to look ahead; {of}.");
    };
    let pace = match outlook.line.per_day.round() {
        slow if slow.abs() < 1.0 => "It does not grow".to_owned(),
        down if down < 0.0 => format!("It shrinks by {} series a day", grouped(-down)),
        up => format!("It grows by {} series a day", grouped(up)),
    };
    if state == BudgetState::Enforcing {
        return format!("{pace}, while new series are refused.");
    }
    if state == BudgetState::Over {
        return format!("{pace}, and it is over already.");
    }
    match dates {
        None => format!("{pace}: at this pace its limit is not reached within a year."),
        Some((on, earliest, Some(latest))) if earliest == latest => {
            format!("{pace}: at this pace it reaches its limit on {on}.")
        }
        Some((on, earliest, Some(latest))) => {
            format!("{pace}: at this pace it reaches its limit on {on}, between {earliest} and {latest}.")
        }
        Some((on, earliest, None)) => {
            format!("{pace}: at this pace it reaches its limit on {on}, not before {earliest}, or not at all.")
        }
    }
}

/// A number for people: 12,345.
pub fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number <= -0.5 { format!("-{text}") } else { text }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::forecast::Line;
    use super::*;

    pub(super) fn change<'a>(
        before: BudgetState,
        after: BudgetState,
        series: Option<f64>,
        clusters: (i64, i64),
        grew: &'a [Growth],
    ) -> Changed<'a> {
        let limits = Limits { soft: 8_000.0, hard: Some(10_000.0) };
        let (refusing, aggregating) = nothing();
        let enforces = (None, None);
        let (name, scope) = ("shop", "team shop");
        Changed { name, scope, before, after, series, limits, clusters, grew, enforces, refusing, aggregating }
    }

    #[test]
    fn a_change_says_how_much_of_what_and_who_says_nothing() {
        use BudgetState::{Ok, Over, Unknown, Warning};
        let grew = [
            Growth { metric: "http_requests_total".into(), label: Some("path".into()), by: 3000.4 },
            Growth { metric: "up".into(), label: None, by: 12.0 },
        ];
        assert_eq!(
            changed(&change(Warning, Over, Some(12_399.9), (7, 8), &grew)),
            "The budget shop (team shop) is over: 12,400 series of 10,000 allowed, 123 %, counted in 7 of 8 clusters; the others say \
             nothing. What grew most: http_requests_total by its label path (+3,000), up (+12)."
        );
        assert_eq!(
            changed(&change(Over, Ok, Some(10.0), (8, 8), &grew)),
            "The budget shop (team shop) is within its limits again: 10 series of 10,000 allowed, 0 %."
        );
        assert_eq!(
            changed(&change(Ok, Unknown, None, (0, 8), &[])),
            "What the budget shop takes is not known (team shop): no cluster counts now."
        );
    }

    fn nothing() -> (&'static Refusing, &'static Aggregating) {
        static NONE: std::sync::OnceLock<(Refusing, Aggregating)> = std::sync::OnceLock::new();
        let (refusing, aggregating) = NONE.get_or_init(Default::default);
        (refusing, aggregating)
    }

    #[test]
    fn what_ended_is_said_by_its_name() {
        use BudgetState::{Enforcing, Ok, Over};
        let says = |was, after| {
            changed(&Changed { enforces: (was, None), ..change(Enforcing, after, Some(9_000.0), (1, 1), &[]) })
        };
        assert_eq!(
            says(Some(Enforces::Aggregate), Ok),
            "No labels are aggregated away any more for the budget shop (team shop): 9,000 series of 10,000 allowed, 90 %."
        );
        assert!(
            says(Some(Enforces::Refuse), Over)
                .starts_with("No series are refused any more for the budget shop (team shop), which is over:")
        );
    }

    #[test]
    fn what_is_to_be_expected_is_a_sentence_in_each_case() {
        let day = |day: i8| Date::new(2026, 12, day).expect("a date");
        let outlook =
            |per_day| Outlook { line: Line { per_day, today: 1.0 }, over_in: None, earliest: None, latest: None };
        let says = |per_day: f64, dates| expected(Some(&outlook(per_day)), 9, BudgetState::Ok, dates);
        assert_eq!(expected(None, 1, BudgetState::Ok, None), "It takes 3 days of history to look ahead; there is 1.");
        assert_eq!(expected(None, 0, BudgetState::Ok, None), "It takes 3 days of history to look ahead; there are 0.");
        assert_eq!(says(0.2, None), "It does not grow: at this pace its limit is not reached within a year.");
        assert_eq!(
            says(1234.0, Some((day(9), day(3), Some(day(20))))),
            "It grows by 1,234 series a day: at this pace it reaches its limit on 2026-12-09, between 2026-12-03 and 2026-12-20."
        );
        assert!(
            says(1.0, Some((day(9), day(3), None))).ends_with("on 2026-12-09, not before 2026-12-03, or not at all.")
        );
        assert_eq!(
            expected(Some(&outlook(-50.0)), 9, BudgetState::Over, Some((day(1), day(1), Some(day(1))))),
            "It shrinks by 50 series a day, and it is over already."
        );
    }

    proptest! {
        #[test]
        fn a_number_stays_the_number(number in -1_000_000_000i64..1_000_000_000) {
            let text = grouped(number as f64);
            prop_assert_eq!(text.replace(',', "").parse::<i64>().ok(), Some(number));
            prop_assert!(text.trim_start_matches('-').split(',').skip(1).all(|part| part.len() == 3));
        }
    }
}
