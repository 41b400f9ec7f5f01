//! What a report says of the budgets that a meter keeps, taken out of it to be kept by itself.

use std::collections::BTreeMap;

use flagstaff_model::wire::SeriesReport;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::app::Error;
use crate::store::budget_report::BudgetReportRow;

/// Longer names are cut: they come from senders, and nobody reads more.
const NAME: usize = 256;

/// Takes it out. Of two reports on one budget the last one counts.
pub(super) fn said(
    cluster_id: &str,
    report: &mut SeriesReport,
    received_at: Timestamp,
) -> Result<BudgetReportRow, Error> {
    let mut by: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for mut one in std::mem::take(&mut report.budgets) {
        one.why = text(&one.why, usize::MAX);
        for refused in &mut one.refused {
            for name in [&mut refused.metric, &mut refused.team, &mut refused.job, &mut refused.label] {
                *name = text(name, NAME);
            }
        }
        for kept in one.aggregated.iter_mut().flat_map(|aggregated| &mut aggregated.kept) {
            kept.metric = text(&kept.metric, NAME);
            kept.labels.iter_mut().for_each(|label| *label = text(label, NAME));
            kept.why = text(&kept.why, usize::MAX);
        }
        let kept = serde_json::to_value(&one).map_err(|error| Error::Internal(error.into()))?;
        by.insert(text(&one.id, usize::MAX), kept);
    }
    Ok(BudgetReportRow {
        cluster_id: cluster_id.to_owned(),
        instance: report.instance.clone(),
        hour: report.hour.to_sqlx(),
        revision: i64::try_from(report.revision).unwrap_or(i64::MAX),
        closed: report.closed,
        looked_at: report.at.max(report.hour).to_sqlx(),
        received_at: received_at.to_sqlx(),
        reports: by.into_iter().collect(),
    })
}

/// So much of it, without what Postgres cannot keep.
fn text(of: &str, most: usize) -> String {
    let mut text = of.replace('\0', "\u{fffd}");
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use flagstaff_model::wire::{Aggregated, BudgetReport, KeptLabels, Refused};

    use super::*;

    #[test]
    fn a_senders_long_or_odd_names_are_cut_and_refuse_no_report() {
        let refused = Refused { metric: "é".repeat(200), job: "a\0b".into(), ..Refused::default() };
        let kept = KeptLabels { metric: "m".repeat(300), labels: vec!["l".repeat(300)], why: "rule\0".into() };
        let aggregated = Some(Aggregated { kept: vec![kept], ..Aggregated::default() });
        let budget = BudgetReport { id: "b-1".into(), refused: vec![refused], aggregated, ..BudgetReport::default() };
        let mut report = SeriesReport { revision: 3, budgets: vec![budget.clone(), budget], ..SeriesReport::default() };
        let row = said("c-1", &mut report, Timestamp::UNIX_EPOCH).expect("fine");
        assert_eq!((row.reports.len(), row.revision, report.budgets.len()), (1, 3, 0));
        let (id, kept) = &row.reports[0];
        let refused = &kept["refused"][0];
        assert_eq!((id.as_str(), refused["job"].as_str()), ("b-1", Some("a\u{fffd}b")));
        let stays = &kept["aggregated"]["kept"][0];
        let cut = |letter: &str| Some(format!("{}…", letter.repeat(256)));
        assert_eq!(stays["metric"].as_str(), cut("m").as_deref());
        assert_eq!(stays["labels"][0].as_str(), cut("l").as_deref());
        assert_eq!(stays["why"].as_str(), Some("rule\u{fffd}"));
        assert_eq!(refused["metric"].as_str(), Some(format!("{}…", "é".repeat(128)).as_str()));
    }
}
