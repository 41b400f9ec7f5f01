//! The syntax of Alloy configurations: a parser with Alloy's own rules, literals, and checks across a configuration.

mod ast;
mod check;
mod lex;
mod literal;
mod parse;

pub use ast::{Attribute, Block, Body, Expression, Field, Literal, Operator, Position, Statement};
pub use check::check;
pub use literal::literal;
pub use parse::parse;
