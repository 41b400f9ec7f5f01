//! The inputs a pack is tried with.

use std::collections::{BTreeMap, BTreeSet};

use flagstaff_model::{
    Authentication, Destination, Endpoint, ForeignWorkload, Layer, LayeredValues, SecretKey, Service, Signal, Tls,
    ValueLayer,
};
use serde_json::{Value, json};

use crate::input::{COMPONENTS, Input};
use crate::pack::Pack;

/// Name of the first sample.
pub(super) const PLAIN: &str = "the defaults";

/// Each input with the name it is told by.
pub(super) fn inputs(pack: &Pack) -> Vec<(String, Input)> {
    let mut plain = Input::sample();
    plain.values = LayeredValues::merge(&[pack.defaults()]);
    let with = |change: &dyn Fn(&mut Input)| {
        let mut input = plain.clone();
        change(&mut input);
        input
    };
    let named = vec![
        ("every component on", with(&|input| switch(input, true))),
        ("every component off", with(&|input| switch(input, false))),
        ("the profile no-host", with(&|input| input.profile = "no-host".into())),
        (
            "the profile no-host and every component on",
            with(&|input| {
                switch(input, true);
                input.profile = "no-host".into();
            }),
        ),
        ("no destination", with(&|input| input.destinations.clear())),
        (
            "no service and no observed namespace",
            with(&|input| {
                input.services.clear();
                input.facts.observed_namespaces.clear();
            }),
        ),
        (
            "every kind of destination",
            with(&|input| {
                switch(input, true);
                input.destinations = destinations();
            }),
        ),
        ("awkward names", with(&awkward)),
        ("workloads of somebody else", with(&foreign)),
        ("pressed agents", with(&pressed)),
        ("an empty identity", with(&|input| input.facts.cluster = Default::default())),
    ];
    let words = words(&pack.manifest.parameters).into_iter().map(|(path, word)| {
        let input = with(&|input| {
            input.destinations = destinations();
            let values = ValueLayer { layer: Layer::Flag, values: nested(&path, &word) };
            input.values = LayeredValues::merge(&[pack.defaults(), values]);
        });
        (format!("{} set to {word}", path.join(".")), input)
    });
    let named = [(PLAIN, plain.clone())].into_iter().chain(named).map(|(name, input)| (name.to_owned(), input));
    named.chain(words).collect()
}

/// Each word that a parameter may be, with the parameter's path: templates branch by them.
fn words(schema: &Value) -> Vec<(Vec<String>, Value)> {
    let mut found: Vec<_> =
        schema["enum"].as_array().into_iter().flatten().map(|word| (vec![], word.clone())).collect();
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        found.extend(words(inner).into_iter().map(|(mut path, word)| {
            path.insert(0, name.clone());
            (path, word)
        }));
    }
    found
}

fn nested(path: &[String], word: &Value) -> Value {
    path.iter().rev().fold(word.clone(), |value, name| json!({ name: value }))
}

fn switch(input: &mut Input, on: bool) {
    input.components = COMPONENTS.iter().map(|name| ((*name).to_owned(), on)).collect();
    input.node_exporter.install = on;
    input.kube_state_metrics.install = on;
    if on {
        let kinds =
            ["ServiceMonitor", "PodMonitor", "PrometheusRule"].map(|kind| format!("monitoring.coreos.com/v1/{kind}"));
        let alpha = ["Probe", "ScrapeConfig"].map(|kind| format!("monitoring.coreos.com/v1alpha1/{kind}"));
        input.facts.apis.extend(kinds);
        input.facts.apis.extend(alpha);
        input.facts.apis.insert("monitoring.coreos.com/v1/Probe".into());
    }
}

/// One destination for each signal and kind of authentication, with and without TLS, tenant and headers.
fn destinations() -> Vec<Destination> {
    let key = |name: &str| SecretKey { namespace: "flagstaff".into(), name: "store".into(), key: name.into() };
    let kinds = [
        ("none", None),
        ("basic", Some(Authentication::Basic { username: key("user"), password: key("password") })),
        ("bearer", Some(Authentication::Bearer { token: key("token") })),
        (
            "oauth2",
            Some(Authentication::OAuth2 {
                client_id: key("id"),
                client_secret: key("secret"),
                token_url: "https://login.example.com/token".into(),
                scopes: vec!["push".into(), "a \"b\"".into()],
            }),
        ),
        ("sigv4", Some(Authentication::SigV4 { region: "eu-central-1".into() })),
    ];
    let tls = [
        None,
        Some(Tls { ca: Some(key("ca")), ..Tls::default() }),
        Some(Tls {
            ca: Some(key("ca")),
            certificate: Some(key("certificate")),
            key: Some(key("key")),
            server_name: Some("store.example.com".into()),
        }),
    ];
    let mut all = vec![];
    for (signal, label) in [(Signal::Metrics, "metrics"), (Signal::Logs, "logs"), (Signal::Otlp, "otlp")] {
        for (index, (kind, authentication)) in kinds.iter().enumerate() {
            let full = index % 2 == 1;
            all.push(Destination {
                name: format!("{label}-{kind}"),
                signal,
                url: format!("https://{label}.example.com:8443/push?a=1&b=%22"),
                tenant: full.then(|| "team \"a\"".into()),
                headers: if full {
                    BTreeMap::from([("X-Note".into(), "a\\b \"c\" ${d}".into())])
                } else {
                    BTreeMap::new()
                },
                authentication: authentication.clone(),
                tls: tls[index % tls.len()].clone(),
            });
        }
    }
    all
}

/// Names with everything that Kubernetes, or a person, allows.
fn awkward(input: &mut Input) {
    switch(input, true);
    input.destinations = vec![];
    for (name, signal) in
        [("1st", Signal::Metrics), ("a-b", Signal::Metrics), ("true", Signal::Logs), ("on", Signal::Otlp)]
    {
        let mut destination = destinations().remove(0);
        (destination.name, destination.signal) = (name.into(), signal);
        input.destinations.push(destination);
    }
    let cluster = &mut input.facts.cluster;
    cluster.name = "Ber\"lin`s {{ 1 }}: #1 \\ é".into();
    cluster.environment = "No".into();
    cluster.region = "1:20".into();
    cluster.labels = BTreeMap::from([("on".into(), "yes".into()), ("a_b".into(), "\n- x".into())]);
    input.facts.observed_namespaces = BTreeSet::from(["1-2".into(), "null".into(), "team.a".into()]);
    let endpoint = |port: Option<&str>, number| Endpoint {
        port: port.map(str::to_owned),
        number,
        path: "/a?b=\"c\"".into(),
        scheme: "https".into(),
        interval_seconds: 15,
    };
    let service = |namespace: &str, name: &str, endpoints| Service {
        namespace: namespace.into(),
        name: name.into(),
        uid: "7f1a7c0e-0000-4000-8000-000000000003".into(),
        selector: BTreeMap::from([("app.kubernetes.io/name".into(), "a.b-c".into()), ("1x".into(), String::new())]),
        endpoints,
        log_level: None,
        logs: false,
    };
    input.services = vec![
        service("1-2", "a.b", vec![endpoint(None, Some(8443)), endpoint(Some("web"), None)]),
        service("1-2", "a-b", vec![]),
        service("null", "true", vec![endpoint(None, None)]),
    ];
    for (index, level) in ["debug", "warn", "error"].into_iter().enumerate() {
        input.services[index].log_level = Some(level.into());
        input.services[index].logs = true;
    }
    input.images.registry = "registry.example.com:5000/mirror".into();
    input.pull_secrets = vec!["pull".into(), "no".into()];
    input.proxy.http = "http://user:p%40ss@proxy.example.com:3128".into();
    input.proxy.https = input.proxy.http.clone();
    input.proxy.no = ".cluster.local,10.0.0.0/8".into();
    input.facts.nodes.operating_systems = BTreeSet::from(["linux".into(), "windows".into()]);
}

/// A cluster whose agents came near their caps.
fn pressed(input: &mut Input) {
    switch(input, true);
    input.scale.replicas = 3;
    let jobs = ["serviceMonitor/shop/a.b", "podMonitor/shop/c", "probe/shop/d", "scrapeConfig/shop/e"];
    input.scale.shed = jobs.map(str::to_owned).to_vec();
}

/// A cluster where others already run node-exporter and kube-state-metrics.
fn foreign(input: &mut Input) {
    let workload = |kind: &str, name: &str, port| ForeignWorkload {
        kind: kind.into(),
        namespace: "monitoring".into(),
        name: name.into(),
        selector: BTreeMap::from([("app.kubernetes.io/name".into(), name.into())]),
        port,
        host_port: kind == "DaemonSet",
    };
    let exporter = workload("DaemonSet", "node-exporter", 9100);
    let state = workload("Deployment", "kube-state-metrics", 8080);
    input.facts.foreign_node_exporter = Some(exporter.clone());
    input.facts.foreign_kube_state_metrics = Some(state.clone());
    input.node_exporter.foreign = Some(exporter);
    input.node_exporter.port = 9101;
    input.kube_state_metrics.install = false;
    input.kube_state_metrics.foreign = Some(state);
}
