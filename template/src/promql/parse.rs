//! Parsing, with what Prometheus does not know refused.

use flagstaff_model::{Place, Problem};
use promql_parser::parser::{Expr, VectorSelector};

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
    let mut foreign = false;
    selectors(&parsed, &mut |selector| foreign |= !selector.matchers.or_matchers.is_empty());
    if foreign {
        return Err(refuse("`or` between matchers is not Prometheus' own"));
    }
    Ok(parsed)
}

/// The first 120 characters of a query, for a message.
pub(super) fn shown(expr: &str) -> String {
    let line = expr.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Calls `visit` for every selector.
pub(super) fn selectors(expr: &Expr, visit: &mut dyn FnMut(&VectorSelector)) {
    match expr {
        Expr::VectorSelector(selector) => visit(selector),
        Expr::MatrixSelector(selector) => visit(&selector.vs),
        Expr::Aggregate(aggregate) => {
            selectors(&aggregate.expr, visit);
            if let Some(parameter) = &aggregate.param {
                selectors(parameter, visit);
            }
        }
        Expr::Unary(unary) => selectors(&unary.expr, visit),
        Expr::Binary(binary) => {
            selectors(&binary.lhs, visit);
            selectors(&binary.rhs, visit);
        }
        Expr::Paren(paren) => selectors(&paren.expr, visit),
        Expr::Subquery(subquery) => selectors(&subquery.expr, visit),
        Expr::Call(call) => call.args.args.iter().for_each(|argument| selectors(argument, visit)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}
