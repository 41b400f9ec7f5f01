//! Parsing, with what Prometheus does not know refused.

use flagstaff_model::{Place, Problem};
use promql_parser::label::MatchOp;
use promql_parser::parser::{Expr, MatrixSelector, VectorSelector};

use super::guard::guard;
use crate::code::Code;

/// Checks that a query is PromQL.
///
/// # Errors
/// `template.promql_too_large` before anything is parsed, `template.promql_syntax` with the parser's reason.
pub fn check(expr: &str, place: &Place) -> Result<(), Problem> {
    parse(expr, place).map(drop)
}

pub(super) fn parse(expr: &str, place: &Place) -> Result<Expr, Problem> {
    guard(expr, place)?;
    let refuse =
        |reason: &str| Code::PromqlSyntax.at(place.clone(), format!("`{}` is not PromQL: {reason}", shown(expr)));
    if expr.trim().is_empty() {
        return Err(Code::PromqlSyntax.at(place.clone(), "the query is empty"));
    }
    let parsed = promql_parser::parser::parse(expr).map_err(|reason| refuse(reason.trim()))?;
    let mut foreign = None;
    visit(&parsed, &mut |expr| {
        let name = match expr {
            Expr::VectorSelector(selector) if has_or(selector) => "`or` between matchers".to_owned(),
            Expr::MatrixSelector(selector) if has_or(&selector.vs) => "`or` between matchers".to_owned(),
            Expr::VectorSelector(selector) | Expr::MatrixSelector(MatrixSelector { vs: selector, .. }) => {
                match unbalanced(selector) {
                    Some(pattern) => format!("the regular expression `{pattern}`"),
                    None => return,
                }
            }
            Expr::Call(call) if call.func.experimental => format!("the experimental function `{}`", call.func.name),
            Expr::Aggregate(aggregate) if is_experimental(&aggregate.op.to_string()) => {
                format!("the experimental aggregation `{}`", aggregate.op)
            }
            _ => return,
        };
        foreign.get_or_insert(name);
    });
    match foreign {
        Some(name) => Err(refuse(&format!("{name} is not taken by every evaluator"))),
        None => Ok(parsed),
    }
}

/// The first 120 characters of a query, for a message.
pub(super) fn shown(expr: &str) -> String {
    let line = expr.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn has_or(selector: &VectorSelector) -> bool {
    !selector.matchers.or_matchers.is_empty()
}

/// A regular expression that closes a group it never opened. The parser takes it, for it tries it within a group.
fn unbalanced(selector: &VectorSelector) -> Option<&str> {
    let patterns =
        selector.matchers.matchers.iter().filter(|matcher| matches!(matcher.op, MatchOp::Re(_) | MatchOp::NotRe(_)));
    patterns.map(|matcher| matcher.value.as_str()).find(|pattern| {
        let (mut depth, mut class, mut chars) = (0_i32, false, pattern.chars().peekable());
        while let Some(c) = chars.next() {
            match c {
                '\\' => _ = chars.next(),
                ']' if class => class = false,
                '[' if !class => {
                    class = true;
                    _ = chars.next_if_eq(&'^');
                    // The first character of a class belongs to it, even `]`.
                    _ = chars.next_if_eq(&']');
                }
                '(' if !class => depth += 1,
                ')' if !class => depth -= 1,
                _ => {}
            }
            if depth < 0 {
                return true;
            }
        }
        false
    })
}

fn is_experimental(aggregation: &str) -> bool {
    ["limitk", "limit_ratio"].contains(&aggregation)
}

/// Calls `found` for every selector.
pub(super) fn selectors(expr: &Expr, found: &mut dyn FnMut(&VectorSelector)) {
    visit(expr, &mut |expr| match expr {
        Expr::VectorSelector(selector) => found(selector),
        Expr::MatrixSelector(selector) => found(&selector.vs),
        _ => {}
    });
}

/// Calls `found` for an expression and everything in it.
fn visit(expr: &Expr, found: &mut dyn FnMut(&Expr)) {
    found(expr);
    operands(expr).into_iter().for_each(|operand| visit(operand, found));
}

/// The expressions that an expression is directly made of.
pub(super) fn operands(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Aggregate(aggregate) => {
            [Some(&*aggregate.expr), aggregate.param.as_deref()].into_iter().flatten().collect()
        }
        Expr::Unary(unary) => vec![&*unary.expr],
        Expr::Binary(binary) => vec![&*binary.lhs, &*binary.rhs],
        Expr::Paren(paren) => vec![&*paren.expr],
        Expr::Subquery(subquery) => vec![&*subquery.expr],
        Expr::Call(call) => call.args.args.iter().map(|argument| &**argument).collect(),
        Expr::VectorSelector(_) | Expr::MatrixSelector(_) => vec![],
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => vec![],
    }
}
