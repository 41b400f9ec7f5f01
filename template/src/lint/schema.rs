//! The schema of the parameters: every property can be left out and says what it is for.

use flagstaff_model::Problem;

use crate::code::Code;
use crate::pack::Pack;
use crate::render::manifest_place;
use crate::schema::resolve;

pub(super) fn check(pack: &Pack) -> Vec<Problem> {
    let schema = pack.schema();
    let mut problems = vec![];
    for (pointer, property) in schema.properties() {
        let target = resolve(property, schema.json());
        let place = || manifest_place(pack, &format!("/parameters{}", in_schema(&pointer)));
        let has = |key: &str| property.get(key).is_some() || target.get(key).is_some();
        if !has("description") {
            problems.push(
                Code::SchemaStyle
                    .at(place(), format!("the parameter {pointer} has no description"))
                    .with_fix("Add a `description` that says what it does, with its unit."),
            );
        }
        let object = target.get("properties").is_some();
        if !has("default") && !object {
            problems.push(
                Code::SchemaStyle
                    .at(place(), format!("the parameter {pointer} has no default"))
                    .with_fix("Add a `default` that serves; templates are strict and every value has to exist."),
            );
        }
        if object && target.get("additionalProperties").is_none() {
            problems.push(
                Code::SchemaStyle
                    .at(place(), format!("the object {pointer} does not say whether it may have other properties"))
                    .with_fix("Add `additionalProperties: false`, so that a misspelt value is refused."),
            );
        }
    }
    problems.extend(defaults(pack));
    problems
}

/// The defaults have to fit the schema themselves.
fn defaults(pack: &Pack) -> Vec<Problem> {
    let values = flagstaff_model::LayeredValues::merge(&[pack.defaults()]);
    pack.validate(&values)
        .into_iter()
        .map(|problem| {
            let pointer = in_schema(problem.place.pointer.as_deref().unwrap_or_default());
            Code::Schema.at(
                manifest_place(pack, &format!("/parameters{pointer}")),
                format!("the default does not fit: {}", problem.message),
            )
        })
        .collect()
}

/// The place in the schema of a pointer among the values.
fn in_schema(pointer: &str) -> String {
    pointer.split('/').skip(1).map(|key| format!("/properties/{key}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_into_the_schema() {
        assert_eq!(in_schema(""), "");
        assert_eq!(in_schema("/a/b~1c"), "/properties/a/properties/b~1c");
    }
}
