//! Messages of older and newer peers are read; nothing known is lost on the way.

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;

fn report() -> Value {
    json!({
        "instance": "a", "sequence": 7, "sent_at": "2026-11-22T03:00:00Z",
        "cluster": {"uid": "u", "name": "n", "region": "r", "provider": "p", "environment": "e", "labels": {"a": "b"}},
        "facts": {"kubernetes_version": "v1.36.3", "node_count": 3, "architectures": ["amd64"], "simulated_nodes": true,
            "capacity": {"cpu_cores": 1.5, "memory_bytes": 5}},
        "operator_version": "0.1.0",
        "flag": {"enabled": true, "suspended": false, "set_by": "kubectl", "ready": "True", "reason": "Healthy", "message": "",
            "since": "2026-11-22T03:00:00Z", "observed_generation": 2,
            "conditions": [{"type": "Ready", "status": "True", "reason": "Healthy", "message": "", "since": "2026-11-22T03:00:00Z"}]},
        "template": {"pack": "base", "version": "1.0.0"},
        "objects": {"applied": 36, "contested": 0},
        "problems": [{"place": "x", "message": "y"}],
        "gauges": {"agents_ready": 1, "agents_wanted": 1, "series": 800, "samples_per_second": 3.5, "last_sample_at": "2026-11-22T03:00:00Z"},
        "next_credential_sha256": "00",
        "settings": {"revision": "9f", "held": false, "refused": "values /a: set by region eu",
            "overridden": [{"pointer": "/packs/base/logs/rate", "layer": "fleet", "by": "flag", "value": 5}],
            "effective": {"enabled": true, "enabled_by": "fleet", "suspended": false, "suspended_by": "", "destinations": 1,
                "destinations_by": "provider aws"}}
    })
}

fn enroll() -> Value {
    let mut value =
        json!({"join_token": "fsj1.a.b.c", "instance": "a", "operator_version": "0.1.0", "credential_sha256": "00"});
    value["cluster"] = report()["cluster"].clone();
    value["facts"] = report()["facts"].clone();
    value
}

/// An answer with settings of every layer.
fn desired() -> Value {
    json!({"epoch": "e", "generation": 4, "accepted": true, "rotate_credential": false, "removal": null, "status_every_seconds": 60,
        "settings": {"revision": "9f", "layers": [
            {"layer": "fleet", "enabled": true, "packs": {"base": {"logs": {"rate": 1}}}},
            {"layer": {"region": "eu"}, "suspend": false, "destinations": [{"name": "m", "signal": "metrics", "url": "https://m"}]},
            {"layer": "cluster", "enabled": false}]}})
}

/// Reads a message and writes it again.
type Through = fn(&Value) -> Value;

/// Reads and writes again.
fn through<T: Serialize + DeserializeOwned>(value: &Value) -> Value {
    let read: T = serde_json::from_value(value.clone()).expect("a message");
    serde_json::to_value(read).expect("JSON")
}

#[test]
fn nothing_known_is_lost() {
    assert_eq!(through::<StatusReport>(&report()), report());
    assert_eq!(through::<EnrollRequest>(&enroll()), enroll());
    assert_eq!(through::<DesiredAnswer>(&desired()), desired());
}

/// Messages as they were recorded between an operator and a hub of 0.1.0, which knew no settings.
#[test]
fn a_hub_that_knows_no_settings_and_an_operator_that_knows_none_are_understood() {
    let old_answer = r#"{"epoch":"e-1b2c","generation":3,"accepted":true,"rotate_credential":false,"removal":null,"status_every_seconds":60}"#;
    let answer: DesiredAnswer = serde_json::from_str(old_answer).expect("an answer of an older hub");
    assert_eq!(answer.settings, None, "nothing is said, which is not the same as no layers");
    assert_eq!(serde_json::to_string(&answer).expect("JSON"), old_answer, "what an older operator reads is as it was");
    let old_report = r#"{"instance":"a","sequence":1,"cluster":{"uid":"u","name":"n"},"flag":{"enabled":true,"ready":"True","reason":"Healthy"},"objects":{"applied":36,"contested":0}}"#;
    let report: StatusReport = serde_json::from_str(old_report).expect("a report of an older operator");
    assert_eq!(report.settings, None);
    // What a newer peer says is read by types that know none of it, as they were.
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct OldAnswer {
        epoch: String,
        generation: u64,
    }
    let read: OldAnswer = serde_json::from_value(desired()).expect("an older operator");
    assert_eq!((read.epoch.as_str(), read.generation), ("e", 4));
}

#[test]
fn a_layer_that_is_not_known_spoils_nothing() {
    let mut newer = desired();
    newer["settings"]["layers"][1]["layer"] = json!({"tenant": "a"});
    assert_eq!(through::<DesiredAnswer>(&newer), newer);
}

#[test]
fn a_gauge_that_is_not_known_is_absent_and_never_zero() {
    let text = serde_json::to_value(Gauges::default()).expect("JSON");
    assert_eq!(text, json!({}));
}

#[test]
fn a_join_token_shows_its_secret_to_nobody_who_did_not_ask() {
    let token = JoinToken::parse(" fsj1.abc.s3cr3t.key_-1\n").expect("a token");
    assert_eq!(token.text(), "fsj1.abc.s3cr3t.key_-1");
    assert!(!format!("{token:?}").contains("s3cr3t"));
    for wrong in ["", "fsj1.a.b", "fsj1.a.b.c.d", "fsj2.a.b.c", "fsj1..b.c", "fsj1.a.b.ü", "fsj1.a b.c.d"] {
        assert_eq!(JoinToken::parse(wrong), Err(JoinTokenError), "{wrong}");
    }
}

#[test]
fn what_is_signed_is_as_documented() {
    let trust = TrustAnswer { number: 3, public_roots: false, ..TrustAnswer::default() };
    assert_eq!(trust.signed_text("ab"), "flagstaff trust v1\n3\nfalse\nab\n");
}

/// Adds `name: value` to every object within, however deep, but to maps of a person's own keys.
fn strew(value: &mut Value, name: &str, added: &Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                if key != "labels" {
                    strew(member, name, added);
                }
            }
            members.insert(name.to_owned(), added.clone());
        }
        Value::Array(items) => items.iter_mut().for_each(|item| strew(item, name, added)),
        _ => {}
    }
}

/// Removes a member of that name wherever it stands.
fn without(value: &mut Value, name: &str) {
    match value {
        Value::Object(members) => {
            members.remove(name);
            members.values_mut().for_each(|member| without(member, name));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| without(item, name)),
        _ => {}
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".*".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn unknown_fields_are_ignored_everywhere(name in "x_[a-z_]{1,12}", added in any_json()) {
        for (message, read) in [(report(), through::<StatusReport> as Through), (enroll(), through::<EnrollRequest>)] {
            let mut newer = message.clone();
            strew(&mut newer, &name, &added);
            prop_assert_eq!(read(&newer), message);
        }
        let answers: [(Value, Through); 5] = [
            (json!({"cluster_id": "c", "accepted": true, "identity_epoch": 2, "status_every_seconds": 60}), through::<EnrollAnswer>),
            (json!({"number": 1, "public_roots": false, "certificates_pem": "p", "key": "k", "signature": "s"}), through::<TrustAnswer>),
            (json!({"epoch": "e", "generation": 4, "accepted": true, "rotate_credential": false,
                "removal": {"cluster_uid": "u", "order_id": "o"}, "status_every_seconds": 60}), through::<DesiredAnswer>),
            (json!({"next_seconds": 60, "rotate": false}), through::<StatusAnswer>),
            (json!({"type": "about:blank", "title": "t", "status": 401, "detail": "d", "code": "c", "request_id": "r"}), through::<Refusal>),
        ];
        for (message, read) in answers {
            let mut newer = message.clone();
            strew(&mut newer, &name, &added);
            prop_assert_eq!(read(&newer), message);
        }
    }

    #[test]
    fn a_missing_field_is_its_default(index in 0_usize..96) {
        let names = ["instance", "sequence", "cluster", "uid", "labels", "facts", "capacity", "flag", "ready", "conditions", "status",
            "template", "objects", "applied", "problems", "gauges", "series", "since", "join_token", "node_count", "settings", "revision",
            "overridden", "effective", "pointer"];
        let name = names[index % names.len()];
        let (mut older, mut old_enroll) = (report(), enroll());
        without(&mut older, name);
        without(&mut old_enroll, name);
        prop_assert!(serde_json::from_value::<StatusReport>(older).is_ok());
        prop_assert!(serde_json::from_value::<EnrollRequest>(old_enroll).is_ok());
    }

    #[test]
    fn a_word_of_a_newer_peer_is_kept(word in "[A-Za-z]{0,20}") {
        let mut newer = report();
        newer["flag"]["ready"] = json!(word);
        newer["flag"]["reason"] = json!(word);
        newer["flag"]["conditions"][0]["status"] = json!(word);
        newer["facts"]["architectures"] = json!([word]);
        prop_assert_eq!(through::<StatusReport>(&newer), newer);
    }
}
