//! What the flag and the hub's layers want together: the later layer wins, the flag over all, and what it overrides is said.

use std::collections::{BTreeMap, BTreeSet};

use flagstaff_crds::{ClusterObservability, DestinationSetting};
use flagstaff_model::wire::{Overridden, Settings, SettingsLayer};
use flagstaff_model::{Destination, Layer, LayeredValues, Place, Problem, ValueLayer};
use flagstaff_template::Pack;

/// Who set something, where that is the flag, or the chart.
pub const FLAG: &str = "flag";
const CHART: &str = "chart";
/// The pack that is always installed.
pub const BASE: &str = "base";

/// What is wanted, with who says so; nobody is an empty word.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// Revision of the hub's settings; empty without any.
    pub revision: String,
    /// Whether a layer of the hub says anything.
    pub layered: bool,
    /// Whether the cluster is observed; none while that is left to a hub that has not said it yet.
    pub enabled: Option<bool>,
    /// Who says so.
    pub enabled_by: String,
    /// Whether what runs is left as it is.
    pub suspended: bool,
    /// Who says so.
    pub suspended_by: String,
    /// Values of the base pack, by layer, without the pack's own defaults.
    pub values: Vec<ValueLayer>,
    /// Packs that are installed beside the base pack, each with its values as above.
    pub added: BTreeMap<String, Vec<ValueLayer>>,
    /// Where telemetry is sent.
    pub destinations: Vec<Destination>,
    /// Who says so.
    pub destinations_by: String,
    /// What a layer of the hub says and the flag says otherwise.
    pub overridden: Vec<Overridden>,
}

/// What a flag is read with.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// Destinations of the chart, for flags and hubs that name none.
    pub destinations: &'a [Destination],
    /// The platform namespace, where Secrets are.
    pub namespace: &'a str,
}

impl Wanted {
    /// Takes flag and hub together. `settings` is none where the hub has not been heard yet.
    ///
    /// # Errors
    /// The first word of the hub that cannot be understood, with its layer and place.
    pub fn of(flag: &ClusterObservability, settings: Option<&Settings>, beside: Beside<'_>) -> Result<Self, Problem> {
        let spec = &flag.spec;
        let none = vec![];
        let layers = settings.map_or(&none, |settings| &settings.layers);
        if let Some(unknown) = layers.iter().find(|layer| matches!(layer.layer, Layer::Other(_))) {
            return Err(problem(&unknown.layer, "", "this operator does not know this layer")
                .with_fix("Upgrade the operator, or take the layer away in the hub"));
        }
        let mut wanted = Self {
            revision: settings.map(|settings| settings.revision.clone()).unwrap_or_default(),
            layered: !layers.is_empty(),
            ..Self::default()
        };
        wanted.switches(flag, settings.is_some(), layers);
        wanted.destinations(spec.destinations.as_slice(), layers, beside)?;
        wanted.packs(flag, layers);
        if let Some(mode) = spec.meter.mode {
            let values = serde_json::json!({"meter": {"mode": mode}});
            wanted.values.push(ValueLayer { layer: Layer::Flag, values });
        }
        wanted.overridden.extend(overridden_values(BASE, &wanted.values));
        for (name, values) in &wanted.added {
            wanted.overridden.extend(overridden_values(name, values));
        }
        Ok(wanted)
    }

    /// A pack is installed where the flag names it, or a layer of the hub does and this operator has it.
    fn packs(&mut self, flag: &ClusterObservability, layers: &[SettingsLayer]) {
        let known = Pack::builtin_names();
        for layer in layers {
            for (name, values) in &layer.packs {
                let value = ValueLayer { layer: layer.layer.clone(), values: values.clone() };
                if name == BASE {
                    self.values.push(value);
                } else if known.contains(name) {
                    self.added.entry(name.clone()).or_default().push(value);
                }
            }
        }
        for pack in &flag.spec.packs {
            let value = pack.values.as_ref().map(|values| ValueLayer { layer: Layer::Flag, values: values.clone() });
            let to =
                if pack.name == BASE { &mut self.values } else { self.added.entry(pack.name.clone()).or_default() };
            to.extend(value);
        }
    }

    fn switches(&mut self, flag: &ClusterObservability, heard: bool, layers: &[SettingsLayer]) {
        let spec = &flag.spec;
        let said = layers.iter().rev().find_map(|layer| Some((layer.enabled?, layer.layer.to_string())));
        let followed = flag.status.as_ref().and_then(|status| status.settings.as_ref());
        // What came of a hub is not taken back because the cluster forgot what it was.
        let forgotten = !heard && followed.is_some_and(|settings| !settings.revision.is_empty());
        (self.enabled, self.enabled_by) = match (spec.enabled, &said) {
            _ if forgotten => (None, String::new()),
            (Some(own), _) => (Some(own), FLAG.into()),
            (None, Some((word, layer))) => (Some(*word), layer.clone()),
            (None, None) if heard => (Some(false), String::new()),
            (None, None) => (None, String::new()),
        };
        if let (Some(own), Some((word, layer))) = (spec.enabled, said)
            && own != word
        {
            self.overridden.push(overridden("/enabled", layer, own.into()));
        }
        let asked = layers.iter().rev().find_map(|layer| Some((layer.suspend?, layer.layer.to_string())));
        (self.suspended, self.suspended_by) = match asked {
            _ if spec.suspend => (true, FLAG.into()),
            Some((true, layer)) => (true, layer),
            _ => (false, String::new()),
        };
    }

    fn destinations(
        &mut self,
        own: &[DestinationSetting],
        layers: &[SettingsLayer],
        beside: Beside<'_>,
    ) -> Result<(), Problem> {
        let resolve =
            |settings: &[DestinationSetting]| settings.iter().map(|one| one.resolve(beside.namespace)).collect();
        let mut named = None;
        for layer in layers {
            if let Some(destinations) = &layer.destinations {
                named = Some((read(&layer.layer, destinations)?, layer.layer.to_string()));
            }
        }
        let named = named.filter(|(destinations, _)| !destinations.is_empty());
        if !own.is_empty() {
            if let Some((other, layer)) = named
                && other != own
            {
                self.overridden.push(overridden("/destinations", layer, serde_json::Value::Null));
            }
            (self.destinations, self.destinations_by) = (resolve(own), FLAG.into());
        } else if let Some((destinations, layer)) = named {
            (self.destinations, self.destinations_by) = (resolve(&destinations), layer);
        } else if !beside.destinations.is_empty() {
            (self.destinations, self.destinations_by) = (beside.destinations.to_vec(), CHART.into());
        }
        Ok(())
    }
}

/// The destinations of a layer, checked as the flag's own are by its definition.
fn read(layer: &Layer, destinations: &[serde_json::Value]) -> Result<Vec<DestinationSetting>, Problem> {
    let mut names = BTreeSet::new();
    let mut found = vec![];
    for (index, value) in destinations.iter().enumerate() {
        let pointer = format!("/destinations/{index}");
        let refuse = |message: String| problem(layer, &pointer, &message);
        let one: DestinationSetting =
            serde_json::from_value(value.clone()).map_err(|error| refuse(format!("no destination: {error}")))?;
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if one.name.is_empty() || one.name.len() > 63 || !one.name.chars().all(letters) {
            return Err(refuse(format!("`{}` is no name: small letters, digits and dashes", one.name)));
        }
        if !one.url.starts_with("http://") && !one.url.starts_with("https://") {
            return Err(refuse(format!("the url of `{}` begins with neither http:// nor https://", one.name)));
        }
        let ways = [one.basic.is_some(), one.bearer.is_some(), one.oauth2.is_some(), one.sigv4.is_some()];
        if ways.into_iter().filter(|way| *way).count() > 1 {
            return Err(refuse(format!("`{}` has more than one of basic, bearer, oauth2 and sigv4", one.name)));
        }
        if !names.insert(one.name.clone()) {
            return Err(refuse(format!("there are two destinations `{}`", one.name)));
        }
        found.push(one);
    }
    Ok(found)
}

fn problem(layer: &Layer, pointer: &str, message: &str) -> Problem {
    Problem::new(
        Place::pointer("settings of the hub", pointer),
        "operator.settings_refused",
        format!("{message}, set by {layer}"),
    )
}

fn overridden(pointer: &str, layer: String, value: serde_json::Value) -> Overridden {
    Overridden { pointer: pointer.into(), layer, by: FLAG.into(), value }
}

/// Values of which a layer of the hub says one thing and the flag another.
fn overridden_values(pack: &str, layers: &[ValueLayer]) -> Vec<Overridden> {
    let words = LayeredValues::merge(layers).settings;
    let against = words.into_iter().filter_map(|(pointer, words)| {
        let (last, before) = words.split_last()?;
        let hub = before.iter().rfind(|word| word.layer != Layer::Flag)?;
        (last.layer == Layer::Flag && last.value != hub.value)
            .then(|| overridden(&format!("/packs/{pack}{pointer}"), hub.layer.to_string(), last.value.clone()))
    });
    against.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flagstaff_crds::{ClusterObservabilitySpec, ClusterObservabilityStatus};
    use flagstaff_model::Layer::{Cluster, Fleet};
    use serde_json::{Value, json};

    const NOTHING: Beside<'_> = Beside { destinations: &[], namespace: "flagstaff" };

    fn flag(spec: Value) -> ClusterObservability {
        let spec: ClusterObservabilitySpec = serde_json::from_value(spec).expect("a spec");
        ClusterObservability::new("cluster", spec)
    }

    fn layer(layer: Layer, rest: Value) -> SettingsLayer {
        let mut value = rest;
        value["layer"] = serde_json::to_value(layer).expect("JSON");
        serde_json::from_value(value).expect("a layer")
    }

    fn settings(layers: Vec<SettingsLayer>) -> Settings {
        Settings { revision: "r1".into(), layers }
    }

    #[test]
    fn the_hub_switches_on_what_the_flag_leaves_open_and_the_flag_wins() {
        let on = settings(vec![layer(Fleet, json!({"enabled": false})), layer(Cluster, json!({"enabled": true}))]);
        let wanted = Wanted::of(&flag(json!({})), Some(&on), NOTHING).expect("wanted");
        assert_eq!((wanted.enabled, wanted.enabled_by.as_str()), (Some(true), "cluster"));
        let wanted = Wanted::of(&flag(json!({"enabled": false})), Some(&on), NOTHING).expect("wanted");
        assert_eq!((wanted.enabled, wanted.enabled_by.as_str()), (Some(false), "flag"));
        assert_eq!(wanted.overridden[0].pointer, "/enabled");
        let wanted = Wanted::of(&flag(json!({})), Some(&settings(vec![])), NOTHING).expect("wanted");
        assert_eq!(wanted.enabled, Some(false), "nobody says so");
        let wanted = Wanted::of(&flag(json!({})), None, NOTHING).expect("wanted");
        assert_eq!(wanted.enabled, None, "the hub was not heard yet");
    }

    #[test]
    fn what_a_hub_had_set_is_not_taken_back_because_it_was_forgotten() {
        let mut flag = flag(json!({"enabled": true}));
        assert_eq!(Wanted::of(&flag, None, NOTHING).expect("wanted").enabled, Some(true), "it never had any");
        let mut status = ClusterObservabilityStatus::default();
        status.settings.get_or_insert_default().revision = "r0".into();
        flag.status = Some(status);
        assert_eq!(Wanted::of(&flag, None, NOTHING).expect("wanted").enabled, None);
    }

    #[test]
    fn a_value_of_the_flag_wins_and_is_said_to_override() {
        let spec = json!({"packs": [{"name": "base", "values": {"logs": {"rate": 5, "burst": 2}}}]});
        let hub = settings(vec![layer(
            Fleet,
            json!({"packs": {"base": {"logs": {"rate": 1, "burst": 2}}, "llm": {"a": 1}}}),
        )]);
        let wanted = Wanted::of(&flag(spec), Some(&hub), NOTHING).expect("wanted");
        assert_eq!(wanted.values.len(), 2, "values of packs that are not installed are nobody's");
        let told: Vec<_> = wanted.overridden.iter().map(|one| (one.pointer.as_str(), one.layer.as_str())).collect();
        assert_eq!(told, [("/packs/base/logs/rate", "fleet")], "the same word twice overrides nothing");
        assert_eq!(wanted.overridden[0].value, json!(5));
    }

    #[test]
    fn a_pack_is_added_by_the_flag_or_by_a_layer() {
        let of = |spec: Value, layers: Vec<SettingsLayer>| {
            Wanted::of(&flag(spec), Some(&settings(layers)), NOTHING).expect("wanted")
        };
        let fleet = || layer(Fleet, json!({"packs": {"batch-jobs": {"drop_labels": ["pid"]}, "llm": {"a": 1}}}));
        assert!(of(json!({}), vec![]).added.is_empty());
        let wanted = of(json!({"packs": [{"name": "batch-jobs", "values": {"drop_labels": []}}]}), vec![fleet()]);
        assert_eq!(wanted.added.keys().collect::<Vec<_>>(), ["batch-jobs"], "this operator has no llm");
        assert_eq!((wanted.added["batch-jobs"].len(), wanted.values.len()), (2, 0));
        assert_eq!(wanted.overridden[0].pointer, "/packs/batch-jobs/drop_labels");
        assert_eq!(of(json!({}), vec![fleet()]).added["batch-jobs"].len(), 1);
        let named = of(json!({"packs": [{"name": "llm"}]}), vec![]);
        assert_eq!(named.added.keys().collect::<Vec<_>>(), ["llm"], "whether there is one is said when it is chosen");
    }

    #[test]
    fn the_flags_meter_wins_over_every_value() {
        let spec = json!({"meter": {"mode": "off"}, "packs": [{"name": "base", "values": {"meter": {"mode": "tap"}}}]});
        let hub = settings(vec![layer(Fleet, json!({"packs": {"base": {"meter": {"mode": "inline"}}}}))]);
        let of = |spec: Value| {
            flagstaff_model::LayeredValues::merge(&Wanted::of(&flag(spec), Some(&hub), NOTHING).expect("wanted").values)
        };
        assert_eq!(of(spec).merged["meter"]["mode"], "off");
        assert_eq!(of(json!({})).merged["meter"]["mode"], "inline", "left out, the hub's layers count");
    }

    #[test]
    fn destinations_are_the_flags_else_the_hubs_else_the_charts() {
        let at = |url: &str| json!([{"name": "m", "signal": "metrics", "url": url}]);
        let chart: Vec<DestinationSetting> = serde_json::from_value(at("http://chart")).expect("destinations");
        let chart: Vec<Destination> = chart.iter().map(|one| one.resolve("flagstaff")).collect();
        let beside = Beside { destinations: &chart, namespace: "flagstaff" };
        let hub = settings(vec![layer(Fleet, json!({"destinations": at("http://hub")}))]);
        let by = |spec: Value, settings: &Settings| {
            let wanted = Wanted::of(&flag(spec), Some(settings), beside).expect("wanted");
            (wanted.destinations[0].url.clone(), wanted.destinations_by)
        };
        assert_eq!(by(json!({}), &settings(vec![])), ("http://chart".into(), "chart".into()));
        assert_eq!(by(json!({}), &hub), ("http://hub".into(), "fleet".into()));
        assert_eq!(by(json!({"destinations": at("http://own")}), &hub), ("http://own".into(), "flag".into()));
        let none = settings(vec![hub.layers[0].clone(), layer(Cluster, json!({"destinations": []}))]);
        assert_eq!(by(json!({}), &none).1, "chart", "a layer can take away what a lower one names");
    }

    #[test]
    fn what_is_not_understood_is_refused_with_layer_and_place() {
        for (layer_text, words) in [
            (json!({"destinations": [{"name": "m", "signal": "metrics"}]}), "/destinations/0"),
            (json!({"destinations": [{"name": "M", "signal": "metrics", "url": "http://a"}]}), "is no name"),
            (json!({"destinations": [{"name": "m", "signal": "metrics", "url": "ftp://a"}]}), "neither http"),
        ] {
            let hub = settings(vec![layer(Layer::Region("eu".into()), layer_text)]);
            let refused = Wanted::of(&flag(json!({})), Some(&hub), NOTHING).expect_err("refused").to_string();
            assert!(refused.contains(words) && refused.contains("region eu"), "{refused}");
        }
        let newer: SettingsLayer = serde_json::from_value(json!({"layer": {"tenant": "a"}})).expect("a layer");
        assert!(Wanted::of(&flag(json!({})), Some(&settings(vec![newer])), NOTHING).is_err());
    }
}
