//! JSON values as Alloy literals.

use serde_json::Value;

/// A value as an Alloy expression on one line.
///
/// An object whose keys Alloy cannot spell (it takes quoted names without escapes) is written as a call of
/// `encoding.from_json`.
pub fn literal(value: &Value) -> String {
    let mut written = String::new();
    write(value, &mut written);
    written
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => quote(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) if fields.keys().all(|key| is_plain(key)) => {
            out.push('{');
            for (index, (key, value)) in fields.iter().enumerate() {
                out.push_str(if index > 0 { ", \"" } else { "\"" });
                out.push_str(key);
                out.push_str("\" = ");
                write(value, out);
            }
            out.push('}');
        }
        Value::Object(_) => {
            out.push_str("encoding.from_json(");
            quote(&value.to_string(), out);
            out.push(')');
        }
    }
}

/// Whether a key stands between quotes as it is.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && !key.contains(|c: char| c == '"' || c == '\\' || needs_escape(c))
}

fn needs_escape(c: char) -> bool {
    c.is_control() || c == '\u{feff}'
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alloy::{Expression, Literal, Operator, Statement, parse};
    use proptest::prelude::*;
    use serde_json::{Map, json};

    /// What Alloy would make of a literal expression.
    fn evaluate(expression: &Expression) -> Value {
        match expression {
            Expression::Literal(Literal::Null) => Value::Null,
            Expression::Literal(Literal::Bool(value)) => json!(value),
            Expression::Literal(Literal::Text(text)) => json!(text),
            Expression::Literal(Literal::Number(number)) => serde_json::from_str(number).unwrap(),
            Expression::Unary(Operator::Subtract, inner) => match inner.as_ref() {
                Expression::Literal(Literal::Number(number)) => serde_json::from_str(&format!("-{number}")).unwrap(),
                other => panic!("{other:?}"),
            },
            Expression::Array(items) => items.iter().map(evaluate).collect(),
            Expression::Object(fields) => {
                let fields = fields.iter().map(|field| (field.name.clone(), evaluate(&field.value)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            Expression::Call(_, arguments) => serde_json::from_str(evaluate(&arguments[0]).as_str().unwrap()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn read_back(value: &Value) -> Value {
        let text = format!("a = {}\n", literal(value));
        let body = parse(&text, "f").unwrap_or_else(|problem| panic!("{problem}\n{text}"));
        match &body.statements[0] {
            Statement::Attribute(attribute) => evaluate(&attribute.value),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn awkward_keys_go_by_way_of_json() {
        let value = json!({"": 1, "a\"b": [true, null], "c\\": {"d\n": -1.5e-7}});
        assert!(literal(&value).starts_with("encoding.from_json("));
        assert_eq!(read_back(&value), value);
        assert_eq!(literal(&json!({"a.b/c": 1})), r#"{"a.b/c" = 1}"#);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner.clone(), 0..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
                prop::collection::btree_map("[a-z_]{1,4}", inner, 0..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_value_comes_back(value in any_json()) {
            prop_assert_eq!(read_back(&value), value);
        }

        #[test]
        fn any_string_comes_back(text in any::<String>()) {
            prop_assert_eq!(read_back(&json!(text)), json!(text));
        }
    }
}
