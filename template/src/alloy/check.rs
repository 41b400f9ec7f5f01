//! What Alloy refuses when it loads a configuration that parses: things set twice, references to nothing.

use std::collections::BTreeMap;

use flagstaff_model::{Place, Problem};

use super::ast::{Block, Body, Expression, Position, Statement};
use crate::code::Code;

/// First names of components; a reference that begins with one of them needs its component.
const NAMESPACES: [&str; 10] =
    ["beyla", "discovery", "faro", "local", "loki", "mimir", "otelcol", "prometheus", "pyroscope", "remote"];

/// Checks a whole configuration. `file` is the name a problem gives.
pub fn check(body: &Body, file: &str) -> Vec<Problem> {
    let mut problems = vec![];
    check_scope(body, &[], file, &mut problems);
    problems
}

/// A scope is a file, or the body of a `declare` or `foreach`: components are known within it.
fn check_scope(body: &Body, outer: &[String], file: &str, problems: &mut Vec<Problem>) {
    let mut known: BTreeMap<String, Position> = BTreeMap::new();
    for block in blocks(body) {
        let name = full_name(block);
        if is_container(block) {
            continue;
        }
        if let Some(first) = known.insert(name.clone(), block.at) {
            let message = format!("`{name}` is declared here and on line {}", first.line);
            problems.push(Code::AlloyDuplicate.at(Place::at(file, block.at.line, block.at.column), message));
        }
    }
    let mut names: Vec<String> = known.into_keys().collect();
    for block in blocks(body) {
        if is_container(block) {
            // A `foreach` sees what stands around it, a `declare` does not.
            let seen = if block.name[0] == "foreach" { names.as_slice() } else { &[] };
            check_scope(&block.body, seen, file, problems);
        }
    }
    names.extend_from_slice(outer);
    check_body(body, &names, file, problems);
}

fn blocks(body: &Body) -> impl Iterator<Item = &Block> {
    body.statements.iter().filter_map(|statement| match statement {
        Statement::Block(block) => Some(block),
        Statement::Attribute(_) => None,
    })
}

fn is_container(block: &Block) -> bool {
    ["declare", "foreach", "template"].contains(&block.name[0].as_str())
}

fn full_name(block: &Block) -> String {
    let mut name = block.name.join(".");
    if let Some(label) = &block.label {
        name.push('.');
        name.push_str(label);
    }
    name
}

fn check_body(body: &Body, known: &[String], file: &str, problems: &mut Vec<Problem>) {
    let mut set: BTreeMap<&str, Position> = BTreeMap::new();
    for statement in &body.statements {
        match statement {
            Statement::Attribute(attribute) => {
                if let Some(first) = set.insert(&attribute.name, attribute.at) {
                    let message = format!("`{}` is set here and on line {}", attribute.name, first.line);
                    let place = Place::at(file, attribute.at.line, attribute.at.column);
                    problems.push(Code::AlloyDuplicate.at(place, message));
                }
                check_expression(&attribute.value, known, file, problems);
            }
            Statement::Block(block) if is_container(block) => {}
            Statement::Block(block) => check_body(&block.body, known, file, problems),
        }
    }
}

fn check_expression(expression: &Expression, known: &[String], file: &str, problems: &mut Vec<Problem>) {
    let mut check = |inner: &Expression| check_expression(inner, known, file, problems);
    match expression {
        Expression::Literal(_) => {}
        Expression::Array(items) => items.iter().for_each(check),
        Expression::Object(fields) => fields.iter().for_each(|field| check(&field.value)),
        Expression::Unary(_, inner) | Expression::Parenthesized(inner) => check(inner),
        Expression::Binary(_, left, right) | Expression::Index(left, right) => {
            check(left);
            check(right);
        }
        Expression::Call(function, arguments) => {
            check(function);
            arguments.iter().for_each(check);
        }
        Expression::Identifier(..) | Expression::Access(..) => match path(expression) {
            Some((path, at)) => check_reference(&path, at, known, file, problems),
            None => {
                if let Expression::Access(inner, _) = expression {
                    check(inner);
                }
            }
        },
    }
}

/// The dotted path of a reference, where it is one.
fn path(expression: &Expression) -> Option<(String, Position)> {
    match expression {
        Expression::Identifier(name, at) => Some((name.clone(), *at)),
        Expression::Access(inner, name) => path(inner).map(|(path, at)| (format!("{path}.{name}"), at)),
        _ => None,
    }
}

fn check_reference(path: &str, at: Position, known: &[String], file: &str, problems: &mut Vec<Problem>) {
    let first = path.split('.').next().unwrap_or_default();
    let found = |name: &String| path.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'));
    if NAMESPACES.contains(&first) && !known.iter().any(found) {
        let message = format!("`{path}` refers to a component that is not declared");
        problems.push(Code::AlloyReference.at(Place::at(file, at.line, at.column), message));
    }
}
