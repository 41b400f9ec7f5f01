//! Small pieces of schema that several resources share: bounded maps, free-form values.

use schemars::{Schema, SchemaGenerator, json_schema};

/// A map of labels: at most 64 entries, values of at most 256 characters.
pub fn label_map(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 64,
        "additionalProperties": {"type": "string", "maxLength": 256},
    })
}

/// Values of a pack: any object; what it may hold is checked against the pack's own schema.
pub fn values(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})
}
