//! The parser of Alloy's syntax against what Alloy itself takes and refuses.

#![allow(clippy::unwrap_used)]

use flagstaff_template::alloy::{Expression, Literal, Operator, Statement, check, parse};
use proptest::prelude::*;

/// Line, column and reason of what is wrong.
fn wrong(text: &str) -> (usize, usize, String) {
    match parse(text, "a.alloy") {
        Ok(body) => panic!("{text:?} was taken: {body:?}"),
        Err(problem) => (problem.place.line.unwrap(), problem.place.column.unwrap(), problem.message),
    }
}

fn value(text: &str) -> Expression {
    let body = parse(&format!("a = {text}"), "f").unwrap_or_else(|problem| panic!("{text}: {problem}"));
    match body.statements.into_iter().next() {
        Some(Statement::Attribute(attribute)) => attribute.value,
        other => panic!("{other:?}"),
    }
}

/// An expression with every pair of parentheses written.
fn shape(expression: &Expression) -> String {
    match expression {
        Expression::Literal(Literal::Number(number)) => number.clone(),
        Expression::Literal(Literal::Text(text)) => format!("{text:?}"),
        Expression::Literal(literal) => format!("{literal:?}"),
        Expression::Identifier(name, _) => name.clone(),
        Expression::Array(items) => format!("[{}]", items.iter().map(shape).collect::<Vec<_>>().join(",")),
        Expression::Object(fields) => {
            format!(
                "{{{}}}",
                fields.iter().map(|f| format!("{}:{}", f.name, shape(&f.value))).collect::<Vec<_>>().join(",")
            )
        }
        Expression::Access(inner, name) => format!("{}.{name}", shape(inner)),
        Expression::Index(inner, index) => format!("{}[{}]", shape(inner), shape(index)),
        Expression::Call(inner, arguments) => {
            format!("{}<{}>", shape(inner), arguments.iter().map(shape).collect::<Vec<_>>().join(","))
        }
        Expression::Unary(operator, inner) => format!("({operator:?} {})", shape(inner)),
        Expression::Binary(operator, left, right) => format!("({} {operator:?} {})", shape(left), shape(right)),
        Expression::Parenthesized(inner) => shape(inner),
    }
}

#[test]
fn a_configuration_as_people_write_it_is_taken() {
    let text = r#"
// Comment
/* another
   one */ logging { level = "info" }

prometheus.scrape "default" {
	targets = [
		{"__address__" = "a:1", job = `raw \ "text"`}, // trailing
		{ },
	]
	forward_to = concat([prometheus.remote_write.a.receiver], []) /* end */
	scrape_interval = string.format("%ds", 30 * (1 + 2))
	clustering { enabled = !false && x.y[0].z == null }
}
prometheus.remote_write "a" { }
declare "c" { argument "x" { optional = true } }"#;
    let body = parse(text, "f").unwrap();
    assert_eq!(body.statements.len(), 4);
    assert!(check(&body, "f").is_empty());
    assert!(parse("\u{feff}a = 1\r\nb = 2\r\n", "f").is_ok());
    assert!(parse("", "f").unwrap().statements.is_empty());
}

#[test]
fn operators_bind_as_in_alloy() {
    for (text, expected) in [
        ("1 + 2 * 3 ^ 4 ^ 5 - 6", "((1 Add (2 Multiply (3 Power (4 Power 5)))) Subtract 6)"),
        ("a || b && c == d + 1", "(a Or (b And (c Equal (d Add 1))))"),
        ("-a ^ 2", "((Subtract a) Power 2)"),
        ("!a.b(1)[2]", "(Not a.b<1>[2])"),
        ("1 < 2 == true", "((1 Less 2) Equal Bool(true))"),
        ("(1 - 2) - 3", "((1 Subtract 2) Subtract 3)"),
        ("[1, 2,][0]", "[1,2][0]"),
        ("{a = 1, \"b.c\" = {},}.a", "{a:1,b.c:{}}.a"),
        ("1.5e-3 % .5", "(1.5e-3 Modulo .5)"),
        ("1 +\n 2", "(1 Add 2)"),
    ] {
        assert_eq!(shape(&value(text)), expected, "{text}");
    }
    assert!(matches!(value("a >= 1"), Expression::Binary(Operator::GreaterOrEqual, ..)));
}

#[test]
fn strings_have_the_escapes_of_go() {
    for (text, expected) in [
        (r#""a\n\t\"\\""#, "a\n\t\"\\"),
        (r#""\x41\101\u00e9\U0001F600""#, "AAé😀"),
        (r#""\xc3\xa9""#, "é"),
        ("`a\\n\r\nb`", "a\\n\nb"),
        (r#""""#, ""),
    ] {
        assert_eq!(value(text), Expression::Literal(Literal::Text(expected.into())), "{text}");
    }
}

#[test]
fn errors_say_line_column_and_reason() {
    for (text, line, column, reason) in [
        ("a = ", 1, 5, "expected an expression, found the end of the file"),
        ("a {\n  b = 1 c = 2\n}", 2, 9, "expected the end of the line, found `c`"),
        ("a {\n  b = 1\n", 3, 1, "expected `}`, found the end of the file"),
        ("a = [\n  1,\n  2\n]", 3, 4, "expected `,` or `]` after the element, found the end of the line"),
        ("a = {b: 1}", 1, 7, "the character `:` has no meaning here"),
        ("a = {\n b = 1\n}", 2, 7, "expected `,` or `}` after the field, found the end of the line"),
        ("a = 'x'", 1, 5, "strings stand in double quotes, not in single ones"),
        ("a = \"x\n\"", 1, 5, "the string has no end on its line"),
        ("a = \"\\q\"", 1, 6, "`\\q` is no escape sequence"),
        ("a = \"\\ud800\"", 1, 6, "the escape sequence is no Unicode character"),
        ("a = \"\\400\"", 1, 6, "the escape sequence is no Unicode character"),
        ("a = \"\\x4\"", 1, 9, "an escape sequence of 2 digits is cut off"),
        ("é = 1 +", 1, 8, "expected an expression, found the end of the file"),
        ("a.b = 1", 1, 1, "an attribute's name is one identifier without dots"),
        ("a \"x\" = 1", 1, 3, "an attribute has no label"),
        ("a \"x-y\" { }", 1, 3, "a block's label has to be an identifier, `x-y` is none"),
        ("a \"true\" { }", 1, 3, "a block's label has to be an identifier, `true` is none"),
        ("a `x` { }", 1, 3, "a block's label stands in double quotes"),
        ("a\n{ }", 1, 2, "expected `=` or a block, found the end of the line"),
        ("a.b \"x\"", 1, 8, "expected a block, found the end of the line"),
        ("1 = 2", 1, 1, "expected an identifier, found `1`"),
        ("}", 1, 1, "expected an identifier, found `}`"),
        ("a = b { }", 1, 5, "a block cannot stand as an expression"),
        ("a = 1 & 2", 1, 7, "a second `&` is missing"),
        ("a = 1e+", 1, 5, "the exponent has no digits"),
        ("a = b.", 1, 7, "expected an identifier, found the end of the file"),
        ("a = f(1 2)", 1, 9, "expected `,` or `)` after the argument, found `2`"),
        ("/* a", 1, 1, "the comment has no end"),
        ("a = 1 ; b = 2", 1, 7, "the character `;` has no meaning here"),
        ("a = \u{0}", 1, 5, "the character U+0000 has no meaning here"),
        ("a = ${x}", 1, 5, "the character `$` has no meaning here"),
    ] {
        assert_eq!(wrong(text), (line, column, reason.into()), "{text:?}");
    }
}

/// Texts with what the parser of Alloy 1.11 (`github.com/grafana/alloy/syntax` 0.1.1) says of them: taken, or line and
/// column of its first error.
#[test]
fn what_alloy_takes_and_refuses_is_taken_and_refused() {
    #[derive(serde::Deserialize)]
    struct Case {
        text: String,
        at: Option<(usize, usize)>,
    }
    let cases: Vec<Case> = serde_json::from_str(include_str!("alloy-corpus.json")).unwrap();
    assert!(cases.len() >= 300);
    for case in cases {
        let found = parse(&case.text, "f").err().map(|p| (p.place.line.unwrap(), p.place.column.unwrap()));
        assert_eq!(found, case.at, "{:?}", case.text);
    }
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = [
        format!("a = {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}1", "!".repeat(100_000)),
        format!("a = {}1", "1 ^ ".repeat(100_000)),
        format!("a = 1{}", " + 1".repeat(100_000)),
        format!("a = b{}", ".c".repeat(100_000)),
        "a {\n".repeat(100_000),
        format!("a = {}", "{b = ".repeat(100_000)),
    ];
    for text in deep {
        let (_, _, reason) = wrong(&text);
        assert!(reason.contains("nested more than") || reason.contains("in one expression"), "{reason}");
    }
    let nested_chains = format!("a = {}1{}", "(1".to_owned() + &" + 1".repeat(30) + " + (", ")".repeat(2));
    assert!(parse(&nested_chains, "f").is_ok());
}

#[test]
fn things_set_twice_and_references_to_nothing_are_told() {
    let text = "a { \n x = 1\n x = 2\n}\nloki.write \"b\" { }\nloki.write \"b\" { }\nc { y = [loki.write.missing.receiver, env(\"A\"), discovery.kubernetes.pods] }\n";
    let body = parse(text, "f").unwrap();
    let told: Vec<String> = check(&body, "f").iter().map(|p| format!("{} {}", p.place, p.code)).collect();
    assert_eq!(
        told,
        [
            "f:6:1 template.alloy_duplicate",
            "f:3:2 template.alloy_duplicate",
            "f:7:10 template.alloy_reference",
            "f:7:49 template.alloy_reference"
        ]
    );
    let scoped = "declare \"d\" {\n loki.write \"in\" { }\n loki.process \"p\" { forward_to = [loki.write.in.receiver] }\n}\nloki.process \"q\" { forward_to = [loki.write.in.receiver] }\n";
    assert_eq!(check(&parse(scoped, "f").unwrap(), "f").len(), 1, "what a declare holds is not seen from outside");
}

proptest! {
    #[test]
    fn any_bytes_are_parsed_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&String::from_utf8_lossy(&bytes), "f");
    }

    #[test]
    fn anything_like_alloy_is_parsed_without_panic(text in "[a-c .=\"`'\\\\{}()\\[\\],/*!&|^+\n0-9e-]{0,80}") {
        if let Ok(body) = parse(&text, "f") {
            let _ = check(&body, "f");
        }
    }
}
