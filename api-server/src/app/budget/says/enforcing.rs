//! What is said while something is done for a budget: series that are refused, and labels that are aggregated away.

use super::super::act::Enforces;
use super::super::aggregating::{Aggregating, KeptMetric};
use super::super::refusing::RefusedSeries;
use super::{Changed, grouped};
use crate::app::attention::Named;

/// Clusters that are named; the others are counted.
const NAMED: usize = 3;

/// What is done, in sentences.
pub(super) fn says(of: &Changed<'_>) -> String {
    match of.enforces.1 {
        Some(Enforces::Aggregate) => aggregates(of),
        _ => refuses(of),
    }
}

fn refuses(of: &Changed<'_>) -> String {
    let Changed { name, scope, limits, refusing, aggregating, .. } = of;
    let mut text = format!(
        "New series are refused for the budget {name} ({scope}) in {}: about {} in this hour. Series that are known go on",
        places(&refusing.clusters),
        grouped(refusing.series)
    );
    if let Some(series) = of.series {
        text.push_str(&format!(": {} of {} allowed", grouped(series), grouped(limits.last())));
    }
    text.push('.');
    if !refusing.most().is_empty() {
        let most: Vec<String> = refusing.most().iter().map(refused).collect();
        text.push_str(&format!(" What was refused most: {}.", most.join(", ")));
    }
    if !aggregating.clusters.is_empty() {
        text.push_str(&format!(" Of counters {}.", sums(aggregating)));
    }
    text
}

fn aggregates(of: &Changed<'_>) -> String {
    let Changed { name, scope, limits, aggregating, .. } = of;
    let begins = match of.enforces.0 {
        Some(Enforces::Refuse) => {
            format!("No series are refused any more for the budget {name} ({scope}). Of counters")
        }
        _ => format!("For the budget {name} ({scope})"),
    };
    let mut text = format!("{begins} {}. Nothing is refused", sums(aggregating));
    if let Some(series) = of.series {
        let limit = if limits.hard.is_some() { "allowed" } else { "of its soft limit" };
        let over = if limits.hard.is_some_and(|hard| series >= hard) { ", which is over" } else { "" };
        text.push_str(&format!(": {} series of {} {limit}{over}", grouped(series), grouped(limits.last())));
    }
    text.push('.');
    let kept: Vec<String> = aggregating.told().iter().map(stays).collect();
    if !kept.is_empty() {
        text.push_str(&format!(" What keeps them: {}.", kept.join("; ")));
    }
    text
}

/// `the label pod is aggregated away in one: 12,400 series become 310`.
fn sums(of: &Aggregating) -> String {
    let labels = match of.labels.as_slice() {
        // Held on to while its clusters pause.
        [] => "labels are".to_owned(),
        [label] => format!("the label {label} is"),
        many => format!("the labels {} are", many.join(", ")),
    };
    let text = format!("{labels} aggregated away in {}", places(&of.clusters));
    if of.clusters.is_empty() {
        return text;
    }
    format!("{text}: {} series become {}", grouped(of.inputs as f64), grouped(of.outputs as f64))
}

fn places(clusters: &[Named]) -> String {
    let names: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    match names.len() {
        0 => "some of its clusters".to_owned(),
        many if many > NAMED => format!("{} and {} more clusters", names[..NAMED].join(", "), many - NAMED),
        _ => names.join(", "),
    }
}

fn refused(of: &RefusedSeries) -> String {
    let label = of.label.iter().map(|label| format!(" by its label {label}")).collect::<String>();
    format!("{}{label} ({})", of.metric, grouped(of.series))
}

fn stays(of: &KeptMetric) -> String {
    if of.metric.is_empty() {
        return of.why.trim_end_matches('.').to_owned();
    }
    let why = if of.why.is_empty() { String::new() } else { format!(": {}", of.why.trim_end_matches('.')) };
    format!("{} ({}{why})", of.metric, of.labels.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::super::BudgetState;
    use super::super::super::refusing::Refusing;
    use super::super::changed;
    use super::super::tests::change;
    use super::*;

    fn named(name: &str) -> Named {
        Named { id: name.into(), name: name.into() }
    }

    #[test]
    fn a_refusal_says_where_how_many_and_of_what() {
        let one = |metric: &str, label: Option<&str>, series| RefusedSeries {
            metric: metric.into(),
            label: label.map(str::to_owned),
            series,
            ..RefusedSeries::default()
        };
        let refusing = Refusing {
            clusters: ["a", "b", "c", "d", "e"].map(named).into(),
            series: 1_240.4,
            samples: 9_000,
            refused: vec![
                one("http", Some("path"), 1_000.0),
                one("up", None, 200.0),
                one("x", None, 30.0),
                one("y", None, 10.0),
            ],
        };
        let change = change(BudgetState::Over, BudgetState::Enforcing, Some(10_010.0), (8, 8), &[]);
        assert_eq!(
            changed(&Changed { refusing: &refusing, enforces: (None, Some(Enforces::Refuse)), ..change }),
            "New series are refused for the budget shop (team shop) in a, b, c and 2 more clusters: about 1,240 in this hour. Series that \
             are known go on: 10,010 of 10,000 allowed. What was refused most: http by its label path (1,000), up (200), x (30)."
        );
    }

    fn sums_of_pods() -> Aggregating {
        Aggregating {
            clusters: vec![named("a"), named("b")],
            labels: vec!["pod".into()],
            inputs: 12_400,
            outputs: 310,
            kept: vec![
                KeptMetric { metric: "http".into(), labels: vec!["pod".into()], why: "The alert Slow uses it.".into() },
                KeptMetric { metric: "mem".into(), labels: vec!["pod".into()], why: String::new() },
                KeptMetric { why: "there is room for 9 series".into(), ..KeptMetric::default() },
            ],
        }
    }

    #[test]
    fn labels_that_go_are_told_with_where_of_how_many_and_what_keeps_them() {
        let aggregating = sums_of_pods();
        let of = |series, was| {
            let change = change(BudgetState::Warning, BudgetState::Enforcing, Some(series), (8, 8), &[]);
            changed(&Changed { aggregating: &aggregating, enforces: (was, Some(Enforces::Aggregate)), ..change })
        };
        assert_eq!(
            of(9_000.0, None),
            "For the budget shop (team shop) the label pod is aggregated away in a, b: 12,400 series become 310. Nothing is refused: 9,000 \
             series of 10,000 allowed. What keeps them: http (pod: The alert Slow uses it); mem (pod); there is \
             room for 9 series."
        );
        assert!(of(10_000.0, None).contains("Nothing is refused: 10,000 series of 10,000 allowed, which is over."));
        let ended = of(9_000.0, Some(Enforces::Refuse));
        assert!(
            ended.starts_with("No series are refused any more for the budget shop (team shop). Of counters the label pod is aggregated"),
            "{ended}"
        );
    }

    #[test]
    fn a_refusal_tells_of_what_is_aggregated_beside_it() {
        let aggregating = Aggregating { labels: vec!["pod".into(), "instance".into()], ..sums_of_pods() };
        let change = change(BudgetState::Enforcing, BudgetState::Enforcing, None, (0, 8), &[]);
        let enforces = (Some(Enforces::Aggregate), Some(Enforces::Refuse));
        let refusing = Refusing { clusters: vec![named("a")], series: 7.0, ..Refusing::default() };
        assert_eq!(
            changed(&Changed { refusing: &refusing, aggregating: &aggregating, enforces, ..change }),
            "New series are refused for the budget shop (team shop) in a: about 7 in this hour. Series that are known go on. Of counters the \
             labels pod, instance are aggregated away in a, b: 12,400 series become 310."
        );
    }
}
