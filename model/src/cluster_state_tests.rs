//! Every state is reached, the order holds, and time alone never makes a cluster look better.

use proptest::prelude::*;

use super::*;
use crate::wire::{ConditionReport, Gauges, ObjectCounts};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a time")
}

fn healthy() -> StatusReport {
    StatusReport {
        sent_at: Some(at(0)),
        flag: Some(FlagReport { enabled: true, ready: Truth::True, reason: "Healthy".into(), ..FlagReport::default() }),
        objects: ObjectCounts { applied: 36, contested: 0 },
        gauges: Gauges {
            agents_ready: Some(3),
            agents_wanted: Some(3),
            last_sample_at: Some(at(0)),
            ..Gauges::default()
        },
        ..StatusReport::default()
    }
}

fn evidence(report: &StatusReport, silent: i64) -> Evidence<'_> {
    Evidence {
        now: at(silent),
        heard_at: at(0),
        every_seconds: 60,
        report: Some(report),
        accepted: true,
        removal_ordered: false,
    }
}

fn with(change: impl FnOnce(&mut StatusReport)) -> StatusReport {
    let mut report = healthy();
    change(&mut report);
    report
}

fn flag(report: &mut StatusReport) -> &mut FlagReport {
    report.flag.get_or_insert_default()
}

#[test]
fn each_state_has_its_evidence() {
    let not_ready = |reason: &str| {
        let reason = reason.to_owned();
        with(move |report| {
            flag(report).ready = Truth::False;
            flag(report).reason = reason;
        })
    };
    let cases = [
        (healthy(), "healthy", "Healthy"),
        (with(|report| report.flag = None), "off", "NoFlag"),
        (with(|report| flag(report).enabled = false), "off", "Disabled"),
        (with(|report| flag(report).suspended = true), "suspended", "Suspended"),
        (not_ready("Waiting"), "changing", "Waiting"),
        (with(|report| flag(report).ready = Truth::Other("Perhaps".into())), "changing", "Healthy"),
        (not_ready("NoDestination"), "degraded", "NoDestination"),
        (not_ready("TemplateInvalid"), "failing", "TemplateInvalid"),
        (with(|report| report.gauges.agents_ready = Some(0)), "failing", "NoAgentReady"),
        (with(|report| report.gauges.agents_ready = Some(2)), "degraded", "AgentsNotReady"),
        (with(|report| report.gauges.last_sample_at = Some(at(-181))), "degraded", "NoSampleAccepted"),
        (with(|report| report.gauges.last_sample_at = Some(at(-180))), "healthy", "Healthy"),
        (with(|report| report.objects.contested = 1), "degraded", "Contested"),
        (with(sheds), "degraded", "Shedding"),
        (
            with(|report| report.settings.get_or_insert_default().refused = Some("values /a".into())),
            "degraded",
            "SettingsRefused",
        ),
    ];
    for (report, state, reason) in cases {
        let found = assess(&evidence(&report, 0));
        assert_eq!((found.state.as_str(), found.reason.as_str()), (state, reason), "{report:?}");
        assert_eq!(found.last_state, None);
    }
    let none = Evidence { report: None, ..evidence(&StatusReport::default(), 0) };
    assert_eq!(assess(&none).state, ClusterState::Changing);
    assert_eq!(assess(&Evidence { accepted: false, ..none }).state, ClusterState::Waiting);
}

fn sheds(report: &mut StatusReport) {
    let condition = |kind: &str, status| ConditionReport {
        kind: kind.into(),
        status,
        reason: kind.into(),
        message: "not read any more: probe/shop/front".into(),
        since: None,
    };
    flag(report).conditions = vec![condition("BesideForeign", Truth::True), condition("Shedding", Truth::True)];
}

#[test]
fn silence_makes_late_then_offline_and_keeps_what_was_last_known() {
    let report = healthy();
    for (silent, state, last) in [
        (179, "healthy", None),
        (180, "late", Some("healthy")),
        (599, "late", Some("healthy")),
        (600, "offline", Some("healthy")),
    ] {
        let found = assess(&evidence(&report, silent));
        assert_eq!(
            (found.state.as_str(), found.last_state.map(ClusterState::as_str)),
            (state, last),
            "after {silent} s"
        );
    }
}

#[test]
fn a_cluster_with_a_wrong_clock_is_as_well_as_one_with_a_right_one() {
    let report = with(|report| {
        report.sent_at = Some(at(-86_400));
        report.gauges.last_sample_at = Some(at(-86_410));
    });
    assert_eq!(assess(&evidence(&report, 0)).state, ClusterState::Healthy);
}

prop_compose! {
    fn any_report()(
        has_flag: bool, enabled: bool, suspended: bool,
        ready in prop_oneof![Just("True"), Just("False"), Just("Unknown"), Just("Maybe")],
        reason in prop_oneof![Just("Healthy"), Just("Waiting"), Just("NotReady"), Just("Forbidden"), Just(""), Just("New")],
        agents_ready in prop::option::of(0_u64..4), agents_wanted in prop::option::of(0_u64..4),
        applied in 0_u64..3, contested in 0_u64..2, sample in prop::option::of(-400_i64..10),
    ) -> StatusReport {
        StatusReport {
            sent_at: Some(at(0)),
            flag: has_flag.then(|| FlagReport {
                enabled, suspended, ready: Truth::from(ready.to_owned()), reason: reason.to_owned(), ..FlagReport::default()
            }),
            objects: ObjectCounts { applied, contested },
            gauges: Gauges { agents_ready, agents_wanted, last_sample_at: sample.map(at), ..Gauges::default() },
            ..StatusReport::default()
        }
    }
}

proptest! {
    #[test]
    fn the_first_that_holds_is_the_state(report in any_report(), silent in 0_i64..1200, every in 1_i64..120, accepted: bool, removal_ordered: bool) {
        let evidence = Evidence { now: at(silent), heard_at: at(0), every_seconds: every, report: Some(&report), accepted, removal_ordered };
        let found = assess(&evidence);
        if removal_ordered {
            prop_assert_eq!(found.state, ClusterState::Removing);
        } else if silent >= every * 10 {
            prop_assert_eq!(found.state, ClusterState::Offline);
        } else if silent >= every * 3 {
            prop_assert_eq!(found.state, ClusterState::Late);
        } else {
            prop_assert!(found.state > ClusterState::Late);
            prop_assert!(accepted || found.state <= ClusterState::Waiting);
        }
        prop_assert_eq!(found.last_state.is_some(), found.state.is_last_known());
        prop_assert!(found.last_state.is_none_or(|last| last > ClusterState::Late));
        // A disconnected cluster never looks ready.
        prop_assert!(found.state != ClusterState::Healthy || silent < every * 3);
    }

    #[test]
    fn time_alone_never_makes_it_better(report in any_report(), silent in 0_i64..1200, more in 0_i64..1200) {
        let (before, after) = (assess(&evidence(&report, silent)), assess(&evidence(&report, silent + more)));
        prop_assert!(after.state <= before.state);
        prop_assert_eq!(after.last_state.or(Some(after.state)), before.last_state.or(Some(before.state)));
    }

    #[test]
    fn nothing_changes_before_the_next_change(report in any_report(), silent in 0_i64..1200) {
        let first = assess(&evidence(&report, silent)).state;
        match next_change(at(0), at(silent), 60) {
            Some(next) => {
                let then = next.as_second() - at(0).as_second();
                prop_assert!(assess(&evidence(&report, then - 1)).state == first);
                prop_assert!(assess(&evidence(&report, then)).state != first);
            }
            None => prop_assert_eq!(first, ClusterState::Offline),
        }
    }
}
