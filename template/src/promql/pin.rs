//! Confining a query to one value of a label: every selector is pinned, and what could get round that is refused.

use flagstaff_model::{Place, Problem};
use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{Expr, VectorSelector};

use super::parse::{parse, selectors};
use crate::code::Code;

const METRIC_NAME: &str = "__name__";

/// The query with `namespace="<namespace>"` in each of its selectors, in place of what was written there.
///
/// # Errors
/// As [`pin_label`].
pub fn pin_namespace(expr: &str, namespace: &str, place: &Place) -> Result<String, Problem> {
    pin_label(expr, "namespace", namespace, place)
}

/// The query with `<label>="<value>"` in each of its selectors, in place of what was written there.
///
/// # Errors
/// As `check`; and `template.promql_namespace` for what cannot be confined: a selector that names no metric, a function
/// that writes the label or reads metrics of its own, names that need quotes.
pub fn pin_label(expr: &str, label: &str, value: &str, place: &Place) -> Result<String, Problem> {
    let own = Matcher::new(MatchOp::Equal, label, value);
    let refuse = |message: String| Code::PromqlNamespace.at(place.clone(), message);
    let mut pinned = parse(expr, place)?;
    pin(&mut pinned, &own).map_err(refuse)?;
    let text = pinned.to_string();
    // What is written has to be what was meant: the text is read again and compared, and its selectors looked at.
    let unwritable = || refuse(format!("the query cannot be written with its {label}"));
    let again = parse(&text, place).map_err(|problem| match problem.code == Code::PromqlTooLarge.as_str() {
        true => problem,
        false => unwritable(),
    })?;
    let mut confined = again == pinned;
    selectors(&again, &mut |selector| confined &= is_pinned(selector, &own));
    if confined { Ok(text) } else { Err(unwritable()) }
}

fn is_pinned(selector: &VectorSelector, own: &Matcher) -> bool {
    let others =
        selector.matchers.matchers.iter().filter(|matcher| matcher.name == own.name && *matcher != own).count();
    others == 0 && selector.matchers.or_matchers.is_empty() && selector.matchers.matchers.contains(own)
}

fn pin(expr: &mut Expr, own: &Matcher) -> Result<(), String> {
    match expr {
        Expr::VectorSelector(selector) => pin_selector(selector, own),
        Expr::MatrixSelector(selector) => pin_selector(&mut selector.vs, own),
        Expr::Aggregate(aggregate) => {
            if let Some(parameter) = &mut aggregate.param {
                if aggregate.op.to_string() == "count_values" {
                    refuse_label("count_values", parameter, own)?;
                }
                pin(parameter, own)?;
            }
            pin(&mut aggregate.expr, own)
        }
        Expr::Unary(unary) => pin(&mut unary.expr, own),
        Expr::Binary(binary) => {
            pin(&mut binary.lhs, own)?;
            pin(&mut binary.rhs, own)
        }
        Expr::Paren(paren) => pin(&mut paren.expr, own),
        Expr::Subquery(subquery) => pin(&mut subquery.expr, own),
        Expr::Call(call) => {
            match call.func.name {
                name @ ("label_replace" | "label_join") => {
                    let target = call.args.args.get(1).ok_or_else(|| format!("`{name}` lacks its label"))?;
                    refuse_label(name, target, own)?;
                }
                "info" => return Err(format!("`info` reads metrics of every {}", own.name)),
                _ => {}
            }
            call.args.args.iter_mut().try_for_each(|argument| pin(argument, own))
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Ok(()),
        Expr::Extension(_) => Err("the query holds something that Prometheus does not know".into()),
    }
}

fn pin_selector(selector: &mut VectorSelector, own: &Matcher) -> Result<(), String> {
    let matchers = &mut selector.matchers.matchers;
    matchers.retain(|matcher| matcher.name != own.name);
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
    matchers.push(own.clone());
    // Matchers are written in the order of their text; in the same order here, what is read again is the same.
    matchers.sort_by_key(ToString::to_string);
    Ok(())
}

fn is_plain(name: &str, colons: bool) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || (colons && c == ':'))
}

fn refuse_label(function: &str, label: &Expr, own: &Matcher) -> Result<(), String> {
    match label {
        Expr::Paren(paren) => refuse_label(function, &paren.expr, own),
        Expr::StringLiteral(text) if text.val != own.name && is_plain(&text.val, false) => Ok(()),
        Expr::StringLiteral(text) => Err(format!("`{function}` may not write the label `{}`", text.val)),
        _ => Err(format!("the label that `{function}` writes has to be a string")),
    }
}
