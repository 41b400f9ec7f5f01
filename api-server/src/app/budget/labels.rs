//! Labels that a budget aggregates away: which it may name.

use super::BudgetAct;
use crate::app::Error;

/// Labels of one budget.
const MOST: usize = 20;
/// Letters of one.
const LETTERS: usize = 128;

/// Why a label may not go.
fn needed(label: &str) -> Option<&'static str> {
    Some(match label {
        "__name__" => "it is the metric itself",
        "le" => "it holds a histogram's buckets apart, and without it there are no quantiles",
        "quantile" => "it holds a summary's quantiles apart, which cannot be added up",
        "job" => "it says who sends a series",
        "namespace" => "it says which team a series belongs to",
        "cluster" => "it says which cluster a series comes from",
        "flagstaff_meter" => "it holds the sums of several meters apart",
        _ => return None,
    })
}

/// The labels of a draft, where they and its act fit together.
pub(super) fn checked(act: BudgetAct, labels: &[String]) -> Result<Vec<String>, Error> {
    let refused = |text: String| Err(Error::Invalid { detail: text });
    let labels: Vec<String> = labels.iter().map(|label| label.trim().to_owned()).collect();
    match act {
        BudgetAct::Aggregate if labels.is_empty() => {
            return refused("aggregate_labels: a budget that aggregates has to say which labels, such as pod.".into());
        }
        BudgetAct::Watch if !labels.is_empty() => {
            return refused(
                "aggregate_labels: a budget that watches aggregates nothing: leave them out, or set act to aggregate or refuse."
                    .into(),
            );
        }
        _ => {}
    }
    if labels.len() > MOST {
        return refused(format!("aggregate_labels holds {} labels; it may hold {MOST}.", labels.len()));
    }
    for (index, label) in labels.iter().enumerate() {
        let place = format!("aggregate_labels[{index}]");
        if !is_name(label) {
            return refused(format!(
                "{place} is no name of a label: it may have {LETTERS} letters a to z, A to Z, digits and _, and begins with no digit."
            ));
        }
        if let Some(why) = needed(label) {
            return refused(format!("{place}: the label {label} has to stay: {why}."));
        }
        if labels[..index].contains(label) {
            return refused(format!("{place}: the label {label} is in it already."));
        }
    }
    Ok(labels)
}

fn is_name(label: &str) -> bool {
    let begins = label.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    begins && label.len() <= LETTERS && label.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(act: BudgetAct, labels: &[&str]) -> String {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        checked(act, &labels).expect_err("a refusal").to_string()
    }

    #[test]
    fn labels_that_may_go_are_taken_as_they_are() {
        let labels = ["pod".to_owned(), " instance_2 ".to_owned(), "_x".to_owned()];
        for act in [BudgetAct::Aggregate, BudgetAct::Refuse] {
            assert_eq!(checked(act, &labels).expect("fine"), ["pod", "instance_2", "_x"]);
        }
        for act in [BudgetAct::Watch, BudgetAct::Refuse] {
            assert!(checked(act, &[]).expect("fine").is_empty());
        }
    }

    #[test]
    fn what_says_what_a_series_is_stays_and_each_refusal_names_its_place() {
        use BudgetAct::{Aggregate, Refuse, Watch};
        for label in ["__name__", "le", "quantile", "job", "namespace", "cluster", "flagstaff_meter"] {
            let said = said(Refuse, &["pod", label]);
            assert!(said.starts_with(&format!("aggregate_labels[1]: the label {label} has to stay: it ")), "{said}");
        }
        for label in ["", "1a", "a-b", "a b", "é", "a.b", &"x".repeat(129)] {
            assert!(said(Aggregate, &[label]).starts_with("aggregate_labels[0] is no name"), "{label}");
        }
        assert!(said(Aggregate, &["pod", "a", "pod"]).starts_with("aggregate_labels[2]: the label pod is in it"));
        assert!(said(Aggregate, &[]).starts_with("aggregate_labels: a budget that aggregates has to say which"));
        assert!(said(Watch, &["pod"]).starts_with("aggregate_labels: a budget that watches aggregates nothing"));
        let many: Vec<String> = (0..=MOST).map(|number| format!("label_{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(said(Aggregate, &many).starts_with("aggregate_labels holds 21 labels"));
        assert!(checked(Aggregate, &many[1..].iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()).is_ok());
    }
}
