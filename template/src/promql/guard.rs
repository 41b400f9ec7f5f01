//! What a query may measure before it is given to the parser, whose stack and time it could exhaust.

use flagstaff_model::{Place, Problem};

use super::scan::{Piece, pieces};
use crate::code::Code;

/// Most bytes of a query.
pub const MAX_BYTES: usize = 8 * 1024;
/// Deepest nesting of brackets.
pub const MAX_DEPTH: usize = 64;
/// Most operators of a query, those of matchers not counted.
pub const MAX_OPERATORS: usize = 256;

/// Refuses a query that is too large to be parsed safely.
pub(super) fn guard(expr: &str, place: &Place) -> Result<(), Problem> {
    let refuse = |message: String| {
        Err(Code::PromqlTooLarge
            .at(place.clone(), message)
            .with_fix("Split the query, by recording rules for instance."))
    };
    if expr.len() > MAX_BYTES {
        return refuse(format!("the query has {} bytes, the most are {MAX_BYTES}", expr.len()));
    }
    let (mut depth, mut operators, mut in_braces) = (0_usize, 0_usize, false);
    for piece in pieces(expr) {
        if let Piece::Sign(sign @ ('{' | '}'), _) = piece {
            in_braces = sign == '{';
        }
        match piece {
            Piece::Sign('(' | '[' | '{', _) => depth += 1,
            Piece::Sign(')' | ']' | '}', _) => depth = depth.saturating_sub(1),
            _ if in_braces => {}
            Piece::Sign('+' | '-' | '*' | '/' | '%' | '^' | '=' | '!' | '<' | '>', _) => operators += 1,
            Piece::Word(word) if is_operator(word) => operators += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return refuse(format!("the query is nested more than {MAX_DEPTH} levels deep"));
        }
        if operators > MAX_OPERATORS {
            return refuse(format!("the query has more than {MAX_OPERATORS} operators"));
        }
    }
    Ok(())
}

fn is_operator(word: &str) -> bool {
    ["and", "or", "unless", "atan2", "offset"].iter().any(|operator| word.eq_ignore_ascii_case(operator))
}
