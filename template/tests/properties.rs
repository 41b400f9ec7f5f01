//! What holds for whatever values, names and YAML there are.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::LazyLock;

use flagstaff_model::{Layer, LayeredValues, ValueLayer};
use flagstaff_template::{Input, Pack, render, yaml};
use proptest::prelude::*;
use serde_json::{Value, json};

static PACK: LazyLock<Pack> =
    LazyLock::new(|| Pack::from_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packs/small")).unwrap());

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ynoYNOfeStrul~:0-9.x_# -]{0,6}".prop_map(Value::from),
        "[a \n\t]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-c~/]{1,2}|[yn]|on|1:2|\\PC{0,4}", inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[a-c]{1,2}", any_json(), 0..4)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

fn layers() -> impl Strategy<Value = Vec<ValueLayer>> {
    let names = [
        Layer::Pack,
        Layer::Fleet,
        Layer::Provider("aws".into()),
        Layer::Region("eu".into()),
        Layer::Group("a".into()),
        Layer::Cluster,
        Layer::Flag,
    ];
    prop::collection::vec(any_object(), 7).prop_map(move |all| {
        names.clone().into_iter().zip(all).map(|(layer, values)| ValueLayer { layer, values }).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_order_in_which_layers_are_given_does_not_matter(all in layers(), seed in any::<u64>()) {
        let mut shuffled = all.clone();
        for index in (1..shuffled.len()).rev() {
            shuffled.swap(index, (seed >> index) as usize % (index + 1));
        }
        prop_assert_eq!(LayeredValues::merge(&all), LayeredValues::merge(&shuffled));
    }

    #[test]
    fn merging_twice_changes_nothing(all in layers()) {
        let once = LayeredValues::merge(&all).merged;
        let doubled: Vec<ValueLayer> = all.iter().chain(&all).cloned().collect();
        prop_assert_eq!(&LayeredValues::merge(&doubled).merged, &once);
        let again = ValueLayer { layer: Layer::Flag, values: once.clone() };
        prop_assert_eq!(LayeredValues::merge(&[again]).merged, once);
    }

    #[test]
    fn a_later_layer_wins_wherever_it_speaks(all in layers()) {
        let merged = LayeredValues::merge(&all).merged;
        let Some(Value::Object(last)) = all.last().map(|layer| &layer.values) else { unreachable!() };
        for (key, value) in last {
            match value {
                Value::Null => prop_assert!(merged.get(key).is_none()),
                Value::Object(_) => {}
                value => prop_assert_eq!(merged.get(key), Some(value)),
            }
        }
    }

    #[test]
    fn filling_in_defaults_twice_changes_nothing(all in layers()) {
        let once = PACK.effective(&LayeredValues::merge(&all));
        prop_assert_eq!(&PACK.effective(&once), &once);
        let _ = PACK.validate(&once);
    }

    #[test]
    fn yaml_comes_back(value in any_json()) {
        let text = yaml::to_yaml(&json!([value])).unwrap();
        let back = yaml::single(&text, "f").map_err(|problem| TestCaseError::fail(format!("{problem}\n{text}")))?;
        prop_assert_eq!(back.value, json!([value]), "{}", text);
    }

    #[test]
    fn any_text_is_read_as_yaml_without_panic(text in "\\PC{0,40}|[-a:{}\\[\\]\"'|>&*!%@#? \n0-9.]{0,60}") {
        if let Ok(documents) = yaml::documents(&text, "f") {
            for document in documents {
                let _ = (document.marks(), document.place("f", "/a/0"));
            }
        }
    }

    #[test]
    fn values_that_fit_the_schema_render(
        rate in 1_u32..100_000,
        drop in prop::collection::vec(any::<String>(), 0..4),
        note in prop::option::of(any::<String>()),
        labels in prop::collection::btree_map(any::<String>(), any::<String>(), 0..4),
        names in prop::collection::vec(any::<String>(), 4),
    ) {
        let values = json!({"logs": {"rate": rate, "drop": drop, "note": note}, "labels": labels});
        let mut input = Input::sample();
        input.values = LayeredValues::merge(&[PACK.defaults(), ValueLayer { layer: Layer::Flag, values }]);
        prop_assert!(PACK.validate(&input.values).is_empty());
        input.facts.cluster.name = names[0].clone();
        input.facts.cluster.environment = names[1].clone();
        input.destinations[1].name = names[2].clone();
        input.destinations[1].url = names[3].clone();
        input.destinations[1].tenant = note.clone();
        match render(&PACK, &input) {
            Ok(render) => {
                for (key, value) in &labels {
                    prop_assert_eq!(&render.objects[0].value["metadata"]["labels"][key], &json!(value));
                }
                prop_assert_eq!(&render.objects[1].value["metadata"]["annotations"]["flagstaff.dev/note"],
                    &json!(note.filter(|note| !note.is_empty()).unwrap_or("none".into())));
            }
            // The dashboard of this pack puts a name into JSON as it is; nothing else may go wrong.
            Err(problems) => for problem in problems {
                prop_assert_eq!(problem.code.as_str(), "template.json", "{}", problem);
            }
        }
    }
}
