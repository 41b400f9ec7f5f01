//! What of a report is refused, with its place, and which of its sketches can be kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flagstaff_model::wire::{Aggregated, BudgetActing, BudgetReport, SeriesCount, SeriesReport};
use flagstaff_sketch::{Distinct, SketchError};
use jiff::{SignedDuration, Timestamp};

use crate::app::Error;

/// No meter has more.
const SCOPES: usize = 50_000;
const LABELS: usize = 20_000;
const SKETCHES: usize = 4_000;
/// No hub orders more, and of each a meter names no more of what it refused, and of metrics that keep labels, of which an order has no more.
const BUDGETS: usize = 500;
const REFUSED: usize = 10;
const KEPT: usize = 10;
const KEPT_LABELS: usize = 20;
/// Longer is no id, no word and no reason.
const ID: usize = 253;
const WORD: usize = 64;
const WHY: usize = 4096;
/// A count beyond this is no measurement.
const PLAUSIBLE: f64 = 1e15;
/// How far a meter's clock may be ahead of the hub's.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// Refuses what cannot be a report. What is merely unknown is let be.
pub(super) fn check(report: &SeriesReport, now: Timestamp) -> Result<(), Error> {
    if report.instance.is_empty() || report.instance.len() > 253 || report.instance.contains('\0') {
        return Err(Error::invalid("instance has to be a word of at most 253 letters."));
    }
    if report.hour.as_nanosecond() % 3_600_000_000_000 != 0 {
        return Err(Error::invalid("hour has to be the start of a clock hour in UTC."));
    }
    if report.hour.max(report.at).duration_since(now) > AHEAD {
        let which = if report.hour.duration_since(now) > AHEAD { "hour" } else { "at" };
        return Err(Error::invalid(format!(
            "{which} is more than an hour ahead of the hub's clock, which says {now:.0}: set the clock of the meter's node."
        )));
    }
    if report.revision == 0 || i64::try_from(report.revision).is_err() {
        return Err(Error::invalid("revision has to be a whole number from 1."));
    }
    if report.counted_seconds > 3600 + 60 {
        return Err(Error::invalid("counted_seconds has to be at most 3600."));
    }
    let lists = [("scopes", report.scopes.len(), SCOPES), ("labels", report.labels.len(), LABELS)];
    let others = [("sketches", report.sketches.len(), SKETCHES), ("budgets", report.budgets.len(), BUDGETS)];
    for (name, has, may) in lists.into_iter().chain(others) {
        short(name, has, may)?;
    }
    numbers("total", &report.total)?;
    for (index, scope) in report.scopes.iter().enumerate() {
        numbers(&format!("scopes[{index}]"), &scope.count)?;
    }
    for (index, label) in report.labels.iter().enumerate() {
        let all = [("series", label.series), ("values", label.values), ("series_without", label.series_without)];
        for (name, number) in all.into_iter().chain(label.few.iter().map(|value| ("few", value.series))) {
            plausible(number, || format!("labels[{index}].{name}"))?;
        }
    }
    for (index, report) in report.budgets.iter().enumerate() {
        budget(&format!("budgets[{index}]"), report)?;
    }
    Ok(())
}

fn short(name: &str, has: usize, may: usize) -> Result<(), Error> {
    match has > may {
        true => Err(Error::invalid(format!("{name} holds {has} entries; it may hold {may}."))),
        false => Ok(()),
    }
}

/// Names of series are a sender's, and cut where they are kept; what is the meter's own word has to be one.
fn budget(place: &str, report: &BudgetReport) -> Result<(), Error> {
    if report.id.is_empty() || report.id.len() > ID {
        return Err(Error::invalid(format!("{place}.id has to be a word of at most {ID} letters.")));
    }
    if matches!(&report.state, BudgetActing::Other(word) if word.is_empty() || word.len() > WORD || word.contains('\0'))
    {
        return Err(Error::invalid(format!("{place}.state has to be a word of at most {WORD} letters.")));
    }
    if report.why.len() > WHY {
        return Err(Error::invalid(format!("{place}.why may have {WHY} letters.")));
    }
    short(&format!("{place}.refused"), report.refused.len(), REFUSED)?;
    let all = [
        ("limit", report.limit as f64),
        ("active", report.active),
        ("refused_series", report.refused_series),
        ("refused_samples", report.refused_samples as f64),
        ("let_through", report.let_through as f64),
    ];
    for (name, number) in all {
        plausible(number, || format!("{place}.{name}"))?;
    }
    for (index, refused) in report.refused.iter().enumerate() {
        for (name, number) in [("series", refused.series), ("samples", refused.samples as f64)] {
            plausible(number, || format!("{place}.refused[{index}].{name}"))?;
        }
    }
    match &report.aggregated {
        Some(of) => aggregated(&format!("{place}.aggregated"), of),
        None => Ok(()),
    }
}

fn aggregated(place: &str, of: &Aggregated) -> Result<(), Error> {
    let all =
        [("inputs", of.inputs), ("outputs", of.outputs), ("samples", of.samples), ("late_samples", of.late_samples)];
    for (name, number) in all {
        plausible(number as f64, || format!("{place}.{name}"))?;
    }
    short(&format!("{place}.kept"), of.kept.len(), KEPT)?;
    for (index, kept) in of.kept.iter().enumerate() {
        short(&format!("{place}.kept[{index}].labels"), kept.labels.len(), KEPT_LABELS)?;
        if kept.why.len() > WHY {
            return Err(Error::invalid(format!("{place}.kept[{index}].why may have {WHY} letters.")));
        }
    }
    Ok(())
}

fn numbers(place: &str, count: &SeriesCount) -> Result<(), Error> {
    let all = [
        ("active", count.active),
        ("hour", count.hour),
        ("samples_per_second", count.samples_per_second),
        ("active_variance", count.active_variance.sqrt()),
        ("hour_variance", count.hour_variance.sqrt()),
    ];
    for (name, number) in all {
        plausible(number, || format!("{place}.{name}"))?;
    }
    plausible(count.new as f64, || format!("{place}.new"))
}

fn plausible(number: f64, place: impl Fn() -> String) -> Result<(), Error> {
    // NaN is in no range.
    match (0.0..=PLAUSIBLE).contains(&number) {
        true => Ok(()),
        false => Err(Error::invalid(format!("{} has to be a number from 0 to 10^15.", place()))),
    }
}

/// A sketch of a report that can be kept.
#[derive(Debug)]
pub(super) struct Sketch {
    /// `cluster`, `team` or `metric`.
    pub(super) kind: &'static str,
    /// Name of the team or metric; empty for the cluster.
    pub(super) name: String,
    /// In the format of Apache DataSketches.
    pub(super) bytes: Vec<u8>,
}

/// Takes the sketches out of a report. Those of a kind or precision that is not known are counted as left out.
pub(super) fn sketches(report: &mut SeriesReport) -> Result<Vec<Sketch>, Error> {
    let mut known = vec![];
    for (index, sketch) in std::mem::take(&mut report.sketches).into_iter().enumerate() {
        let damaged = |what: &str| Error::invalid(format!("sketches[{index}].sketch is damaged: {what}."));
        let kind = ["cluster", "team", "metric"].into_iter().find(|kind| *kind == sketch.of);
        let bytes = STANDARD.decode(&sketch.sketch).map_err(|_| damaged("it is no base64"))?;
        match (Distinct::from_bytes(&bytes), kind) {
            (Err(SketchError::Damaged(what)), _) => return Err(damaged(&what)),
            (Ok(_), Some(kind)) => known.push(Sketch { kind, name: sketch.name, bytes }),
            (Err(SketchError::Precision(_)), _) | (Ok(_), None) => {
                report.sketches_left_out = report.sketches_left_out.saturating_add(1);
            }
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use flagstaff_model::wire::{KeptLabels, Refused, ScopeCount, SeriesSketch};
    use flagstaff_sketch::Precision;
    use proptest::prelude::*;

    use super::*;

    fn report() -> SeriesReport {
        SeriesReport { instance: "m".into(), revision: 1, scopes: vec![ScopeCount::default()], ..Default::default() }
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let now: Timestamp = "2026-11-22T10:30:00Z".parse().expect("a time");
        check(&report(), now).expect("fine");
        let said = |edit: &dyn Fn(&mut SeriesReport)| {
            let mut report = report();
            edit(&mut report);
            check(&report, now).expect_err("a refusal").to_string()
        };
        assert!(said(&|report| report.scopes[0].count.active = -1.0).starts_with("scopes[0].active"));
        assert!(said(&|report| report.total.hour = f64::NAN).starts_with("total.hour"));
        assert!(said(&|report| report.instance.clear()).starts_with("instance"));
        assert!(said(&|report| report.hour = now).starts_with("hour has to be the start"));
        assert!(said(&|report| report.hour = now + SignedDuration::from_mins(30 + 120)).starts_with("hour is more"));
        assert!(said(&|report| report.revision = 0).starts_with("revision"));
        assert!(
            said(&|report| report.scopes = vec![ScopeCount::default(); SCOPES + 1]).starts_with("scopes holds 50001")
        );
        let budget = |edit: &dyn Fn(&mut BudgetReport)| {
            let mut one = BudgetReport { id: "b-1".into(), refused: vec![Refused::default()], ..Default::default() };
            edit(&mut one);
            said(&|report| report.budgets = vec![BudgetReport { id: "b-0".into(), ..Default::default() }, one.clone()])
        };
        assert!(budget(&|one| one.id.clear()).starts_with("budgets[1].id"));
        assert!(budget(&|one| one.state = BudgetActing::Other("x".repeat(65))).starts_with("budgets[1].state"));
        assert!(budget(&|one| one.why = "x".repeat(WHY + 1)).starts_with("budgets[1].why"));
        assert!(budget(&|one| one.active = -1.0).starts_with("budgets[1].active"));
        assert!(budget(&|one| one.refused_samples = u64::MAX).starts_with("budgets[1].refused_samples"));
        assert!(budget(&|one| one.refused[0].series = f64::INFINITY).starts_with("budgets[1].refused[0].series"));
        assert!(budget(&|one| one.refused = vec![Refused::default(); 11]).starts_with("budgets[1].refused holds 11"));
        let aggregated = |edit: &dyn Fn(&mut Aggregated)| {
            let mut of = Aggregated { kept: vec![KeptLabels::default()], ..Aggregated::default() };
            edit(&mut of);
            budget(&|one| one.aggregated = Some(of.clone()))
        };
        let place = "budgets[1].aggregated";
        assert!(aggregated(&|of| of.outputs = u64::MAX).starts_with(&format!("{place}.outputs has to be")));
        assert!(aggregated(&|of| of.late_samples = u64::MAX).starts_with(&format!("{place}.late_samples has to be")));
        let many = vec![KeptLabels::default(); KEPT + 1];
        assert!(aggregated(&|of| of.kept.clone_from(&many)).starts_with(&format!("{place}.kept holds 11")));
        let labels = vec!["pod".to_owned(); KEPT_LABELS + 1];
        let long = aggregated(&|of| of.kept[0].labels.clone_from(&labels));
        assert!(long.starts_with(&format!("{place}.kept[0].labels holds 21")), "{long}");
        assert!(aggregated(&|of| of.kept[0].why = "x".repeat(WHY + 1)).starts_with(&format!("{place}.kept[0].why")));
        let many = vec![BudgetReport { id: "b".into(), ..Default::default() }; BUDGETS + 1];
        assert!(said(&|report| report.budgets = many.clone()).starts_with("budgets holds 501"));
    }

    #[test]
    fn sketches_of_another_day_are_left_out_and_damaged_ones_refused() {
        let sketch = |of: &str, bytes: &[u8]| SeriesSketch {
            of: of.into(),
            name: String::new(),
            sketch: STANDARD.encode(bytes),
        };
        let good = Distinct::new(Precision::P16).to_bytes();
        let mut report = report();
        report.sketches = vec![sketch("cluster", &good), sketch("namespace", &good)];
        let kept = sketches(&mut report).expect("fine");
        assert_eq!((kept.len(), kept[0].kind, report.sketches_left_out), (1, "cluster", 1));
        report.sketches = vec![sketch("cluster", &good), sketch("team", &good[..3])];
        let refusal = sketches(&mut report).expect_err("a refusal").to_string();
        assert!(refusal.starts_with("sketches[1].sketch is damaged"), "{refusal}");
    }

    proptest! {
        /// What a stranger sends may be refused or kept; it ends nothing.
        #[test]
        fn no_bytes_end_the_hub(flips in proptest::collection::vec((0_usize..40_000, any::<u8>()), 1..8), many in 0_u64..40_000, cut in 0_usize..40_000) {
            let mut sketch = Distinct::new(if many % 2 == 0 { Precision::P14 } else { Precision::P16 });
            (0..many).for_each(|number| sketch.insert(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            let mut bytes = sketch.to_bytes();
            for (place, byte) in flips {
                let place = place % bytes.len();
                bytes[place] = byte;
            }
            bytes.truncate(cut.max(1));
            if let Ok(read) = Distinct::from_bytes(&bytes) {
                let union = Distinct::union(Precision::P14, [&read, &sketch]);
                let _ = (read.estimate(), union.estimate(), union.to_bytes());
            }
        }
    }
}
