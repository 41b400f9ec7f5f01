//! Confining a query to one namespace: every selector is pinned, and what could get round that is refused.

use flagstaff_model::{Place, Problem};
use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{Expr, VectorSelector};

use super::parse::{parse, selectors};
use crate::code::Code;

const NAMESPACE: &str = "namespace";
const METRIC_NAME: &str = "__name__";

/// The query with `namespace="<namespace>"` in each of its selectors, in place of what was written there.
///
/// # Errors
/// As `check`; and `template.promql_namespace` for what cannot be confined: a selector that names no metric, a function
/// that writes the label `namespace` or reads metrics of its own, names that need quotes.
pub fn pin_namespace(expr: &str, namespace: &str, place: &Place) -> Result<String, Problem> {
    let refuse = |message: String| Code::PromqlNamespace.at(place.clone(), message);
    let mut pinned = parse(expr, place)?;
    pin(&mut pinned, namespace).map_err(refuse)?;
    let text = pinned.to_string();
    // What is written has to be what was meant: the text is read again and compared, and its selectors looked at.
    let unwritable = || refuse("the query cannot be written with its namespace".into());
    let again = parse(&text, place).map_err(|problem| match problem.code == Code::PromqlTooLarge.as_str() {
        true => problem,
        false => unwritable(),
    })?;
    let mut confined = again == pinned;
    selectors(&again, &mut |selector| confined &= is_pinned(selector, namespace));
    if confined { Ok(text) } else { Err(unwritable()) }
}

fn is_pinned(selector: &VectorSelector, namespace: &str) -> bool {
    let own = Matcher::new(MatchOp::Equal, NAMESPACE, namespace);
    let others =
        selector.matchers.matchers.iter().filter(|matcher| matcher.name == NAMESPACE && **matcher != own).count();
    others == 0 && selector.matchers.or_matchers.is_empty() && selector.matchers.matchers.contains(&own)
}

fn pin(expr: &mut Expr, namespace: &str) -> Result<(), String> {
    match expr {
        Expr::VectorSelector(selector) => pin_selector(selector, namespace),
        Expr::MatrixSelector(selector) => pin_selector(&mut selector.vs, namespace),
        Expr::Aggregate(aggregate) => {
            if let Some(parameter) = &mut aggregate.param {
                if aggregate.op.to_string() == "count_values" {
                    refuse_namespace("count_values", parameter)?;
                }
                pin(parameter, namespace)?;
            }
            pin(&mut aggregate.expr, namespace)
        }
        Expr::Unary(unary) => pin(&mut unary.expr, namespace),
        Expr::Binary(binary) => {
            pin(&mut binary.lhs, namespace)?;
            pin(&mut binary.rhs, namespace)
        }
        Expr::Paren(paren) => pin(&mut paren.expr, namespace),
        Expr::Subquery(subquery) => pin(&mut subquery.expr, namespace),
        Expr::Call(call) => {
            match call.func.name {
                name @ ("label_replace" | "label_join") => {
                    let target = call.args.args.get(1).ok_or_else(|| format!("`{name}` lacks its label"))?;
                    refuse_namespace(name, target)?;
                }
                "info" => return Err("`info` reads metrics of every namespace".into()),
                _ => {}
            }
            call.args.args.iter_mut().try_for_each(|argument| pin(argument, namespace))
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Ok(()),
        Expr::Extension(_) => Err("the query holds something that Prometheus does not know".into()),
    }
}

fn pin_selector(selector: &mut VectorSelector, namespace: &str) -> Result<(), String> {
    let matchers = &mut selector.matchers.matchers;
    matchers.retain(|matcher| matcher.name != NAMESPACE);
    let named =
        selector.name.is_some() || matchers.iter().any(|matcher| matcher.name == METRIC_NAME && !matcher.is_match(""));
    if !named {
        return Err("a selector has to name its metric".into());
    }
    if let Some(name) = selector.name.as_deref().filter(|name| !is_plain(name, true)) {
        return Err(format!("the metric name `{name}` needs quotes, which is not supported here"));
    }
    if let Some(matcher) = matchers.iter().find(|matcher| !is_plain(&matcher.name, false)) {
        return Err(format!("the label name `{}` needs quotes, which is not supported here", matcher.name));
    }
    matchers.push(Matcher::new(MatchOp::Equal, NAMESPACE, namespace));
    Ok(())
}

fn is_plain(name: &str, colons: bool) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || (colons && c == ':'))
}

fn refuse_namespace(function: &str, label: &Expr) -> Result<(), String> {
    match label {
        Expr::Paren(paren) => refuse_namespace(function, &paren.expr),
        Expr::StringLiteral(text) if text.val != NAMESPACE && is_plain(&text.val, false) => Ok(()),
        Expr::StringLiteral(text) => Err(format!("`{function}` may not write the label `{}`", text.val)),
        _ => Err(format!("the label that `{function}` writes has to be a string")),
    }
}
