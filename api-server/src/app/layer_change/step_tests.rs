//! Each turn of a change, by what clusters report.

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).expect("a time")
}

fn waiting(name: &str, batch: i32) -> Member {
    Member {
        name: name.into(),
        batch,
        at: WAITING.into(),
        before: None,
        revision: None,
        released_at: None,
        settled_at: None,
        now: ClusterState::Healthy,
        message: String::new(),
        heard_at: Some(at(-5)),
        reported: Some(SettingsReport { revision: "old".into(), held: true, ..SettingsReport::default() }),
        gone: false,
    }
}

/// Released at 0 to a healthy cluster, which reported since and holds it.
fn holding(name: &str) -> Member {
    Member {
        at: RELEASED.into(),
        before: Some(ClusterState::Healthy),
        revision: Some("new".into()),
        released_at: Some(at(0)),
        heard_at: Some(at(3)),
        reported: Some(SettingsReport { revision: "new".into(), held: true, ..SettingsReport::default() }),
        ..waiting(name, 1)
    }
}

fn healthy(name: &str) -> Member {
    Member { at: HEALTHY.into(), settled_at: Some(at(3)), ..holding(name) }
}

fn run(members: &[Member]) -> Step {
    step(Course { state: "running", since: at(-1), all_at_once: false }, members, at(5))
}

fn moved(step: &Step) -> Vec<(usize, &str)> {
    step.moves.iter().map(|(index, to, _)| (*index, *to)).collect()
}

#[test]
fn one_is_released_then_waited_for_then_the_next_batch() {
    assert_eq!(run(&[waiting("a", 1), waiting("b", 2), waiting("c", 2)]).release, [0]);
    let not_yet = Member { reported: waiting("a", 1).reported, ..holding("a") };
    let held_back = run(&[not_yet, waiting("b", 2)]);
    assert_eq!((moved(&held_back), held_back.release.len()), (vec![], 0), "it holds the old one still");
    let on = run(&[holding("a"), waiting("b", 2), waiting("c", 2), waiting("d", 3)]);
    assert_eq!((moved(&on), on.release.clone()), (vec![(0, HEALTHY)], vec![1, 2]));
    assert!(run(&[healthy("a"), healthy("b")]).done);
}

#[test]
fn a_report_from_before_the_release_settles_nothing() {
    let before = Member { heard_at: Some(at(0)), ..holding("a") };
    assert_eq!(moved(&run(&[before])), vec![]);
}

#[test]
fn whoever_turns_worse_or_refuses_halts_it() {
    for (member, words) in [
        (
            Member { now: ClusterState::Degraded, message: "No store.".into(), ..holding("a") },
            "a: it is degraded: No store",
        ),
        (Member { now: ClusterState::Failing, ..healthy("a") }, "a: it is failing"),
        (
            Member {
                reported: Some(SettingsReport {
                    revision: "new".into(),
                    refused: Some("/x".into()),
                    ..Default::default()
                }),
                ..holding("a")
            },
            "a: it refused the settings: /x",
        ),
        (
            Member {
                heard_at: Some(at(-10_000)),
                released_at: Some(at(5) - PATIENCE - SignedDuration::from_secs(1)),
                ..holding("a")
            },
            "a: it",
        ),
    ] {
        let found = run(&[member, waiting("b", 2)]);
        assert!(found.halt.as_ref().is_some_and(|why| why.starts_with(words)), "{found:?}");
        assert!(found.release.is_empty());
    }
}

#[test]
fn one_that_was_unwell_before_proves_nothing_and_stops_nothing() {
    let unwell = Member { before: Some(ClusterState::Degraded), now: ClusterState::Degraded, ..holding("a") };
    let found = run(&[unwell, waiting("b", 2), waiting("c", 2)]);
    assert_eq!((moved(&found), found.release.clone()), (vec![(0, SKIPPED)], vec![1]), "still one at a time");
    let worse = Member { before: Some(ClusterState::Degraded), now: ClusterState::Failing, ..holding("a") };
    assert!(run(&[worse]).halt.is_some());
}

#[test]
fn an_older_operator_is_passed_over() {
    let older = Member { reported: None, ..holding("a") };
    assert_eq!(moved(&run(&[older])), vec![(0, SKIPPED)]);
}

#[test]
fn silence_blocks_nothing_and_is_caught_up() {
    let silent = Member { now: ClusterState::Offline, ..waiting("a", 1) };
    let found = run(&[silent.clone(), waiting("b", 2)]);
    assert_eq!((moved(&found), found.release.clone()), (vec![(0, OFFLINE)], vec![1]));
    let back = Member { at: OFFLINE.into(), ..waiting("a", 1) };
    let done = Course { state: "done", since: at(-1), all_at_once: false };
    let found = step(done, &[back.clone(), healthy("b")], at(5));
    assert_eq!((moved(&found), found.release.clone()), (vec![(0, WAITING)], vec![0]));
    let halted = Course { state: "halted", since: at(-1), all_at_once: false };
    assert!(step(halted, &[back, healthy("b")], at(5)).release.is_empty());
}

#[test]
fn a_change_that_silences_clusters_is_stopped() {
    let gone = |name| Member { now: ClusterState::Offline, ..holding(name) };
    assert!(run(&[gone("a"), waiting("b", 2)]).halt.is_none(), "one may be chance");
    let found = run(&[gone("a"), gone("b"), waiting("c", 3)]);
    assert!(found.halt.is_some_and(|why| why.contains("2 clusters went silent")));
    let proven: Vec<Member> = (0..30).map(|_| healthy("h")).chain([gone("a"), gone("b"), waiting("c", 3)]).collect();
    assert_eq!(run(&proven).release, [32], "two of thirty, where others are well");
}

#[test]
fn frozen_it_watches_and_releases_nothing() {
    let frozen = Course { state: "frozen", since: at(-1), all_at_once: false };
    let found = step(frozen, &[holding("a"), waiting("b", 2)], at(5));
    assert_eq!((moved(&found), found.release.len(), found.done), (vec![(0, HEALTHY)], 0, false));
}

#[test]
fn all_at_once_is_all_at_once() {
    let all = Course { state: "running", since: at(-1), all_at_once: true };
    assert_eq!(step(all, &[waiting("a", 1), waiting("b", 1), waiting("c", 1)], at(5)).release, [0, 1, 2]);
}

#[test]
fn one_that_left_the_fleet_is_waited_for_no_more() {
    assert!(run(&[Member { gone: true, ..holding("a") }]).done);
}
