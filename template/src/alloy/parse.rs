//! Tokens to a body, by recursive descent of bounded depth.

use flagstaff_model::{Place, Problem};

use super::ast::{Attribute, Block, Body, Expression, Field, Literal, Operator, Position, Statement};
use super::lex::{SyntaxError, Token, is_identifier, tokens};
use crate::code::Code;

/// Deepest nesting of blocks and expressions.
const MAX_DEPTH: usize = 100;
/// Most operators, accesses and calls in one attribute, each of which makes its expression deeper.
const MAX_CHAIN: usize = 2_000;

/// Parses a configuration. `file` is the name a problem gives.
///
/// # Errors
/// The first thing that Alloy would refuse, with line, column and reason.
pub fn parse(text: &str, file: &str) -> Result<Body, Problem> {
    parse_body(text)
        .map_err(|error| Code::AlloySyntax.at(Place::at(file, error.at.line, error.at.column), error.message))
}

fn parse_body(text: &str) -> Result<Body, SyntaxError> {
    let mut parser = Parser { tokens: tokens(text), next: 0, depth: 0, chain: 0 };
    let body = parser.body(&Token::End)?;
    match parser.peek() {
        Token::End => Ok(body),
        other => parser.error(format!("expected a statement, found {}", other.show())),
    }
}

struct Parser {
    tokens: Vec<(Token, Position)>,
    next: usize,
    depth: usize,
    chain: usize,
}

type Parsed<T> = Result<T, SyntaxError>;

impl Parser {
    fn peek(&self) -> &Token {
        // The last token is the end, which is never passed.
        &self.tokens[self.next.min(self.tokens.len() - 1)].0
    }

    fn at(&self) -> Position {
        self.tokens[self.next.min(self.tokens.len() - 1)].1
    }

    fn bump(&mut self) -> Token {
        let token = self.peek().clone();
        if self.next < self.tokens.len() - 1 {
            self.next += 1;
        }
        token
    }

    fn error<T>(&self, message: impl Into<String>) -> Parsed<T> {
        if let Token::Broken(error) = self.peek() {
            return Err(error.clone());
        }
        Err(SyntaxError { at: self.at(), message: message.into() })
    }

    fn expect(&mut self, token: &Token) -> Parsed<()> {
        if self.peek() == token {
            self.bump();
            return Ok(());
        }
        self.error(format!("expected {}, found {}", token.show(), self.peek().show()))
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return self.error(format!("nested more than {MAX_DEPTH} levels deep"));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// Counts a link of a chain.
    fn link(&mut self) -> Parsed<()> {
        self.chain += 1;
        if self.chain > MAX_CHAIN {
            return self.error(format!("more than {MAX_CHAIN} operators, accesses and calls in one expression"));
        }
        Ok(())
    }

    fn body(&mut self, until: &Token) -> Parsed<Body> {
        let mut statements = vec![];
        while self.peek() != until && self.peek() != &Token::End {
            statements.push(self.statement()?);
            if self.peek() == until {
                break;
            }
            if self.peek() != &Token::Terminator {
                return self.error(format!("expected the end of the line, found {}", self.peek().show()));
            }
            self.bump();
        }
        Ok(Body { statements })
    }

    fn identifier(&mut self) -> Parsed<String> {
        match self.peek() {
            Token::Identifier(name) => {
                let name = name.clone();
                self.bump();
                Ok(name)
            }
            other => self.error(format!("expected an identifier, found {}", other.show())),
        }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let at = self.at();
        let mut name = vec![self.identifier()?];
        while self.peek() == &Token::Dot {
            self.bump();
            name.push(self.identifier()?);
        }
        let label_at = self.at();
        let mut labelled = false;
        let mut label = None;
        if let Token::Text { written, raw, .. } = self.peek() {
            if *raw {
                return self.error("a block's label stands in double quotes");
            }
            if !written.is_empty() && !is_identifier(written) {
                return self.error(format!("a block's label has to be an identifier, `{written}` is none"));
            }
            label = (!written.is_empty()).then(|| written.clone());
            labelled = true;
            self.bump();
        }
        match self.peek() {
            Token::Assign if name.len() > 1 => {
                Err(SyntaxError { at, message: "an attribute's name is one identifier without dots".into() })
            }
            Token::Assign if labelled => Err(SyntaxError { at: label_at, message: "an attribute has no label".into() }),
            Token::Assign => {
                self.bump();
                self.chain = 0;
                let value = self.expression()?;
                Ok(Statement::Attribute(Attribute { name: name.remove(0), at, value }))
            }
            Token::OpenBrace => {
                self.bump();
                let body = self.deeper(|parser| parser.body(&Token::CloseBrace))?;
                self.expect(&Token::CloseBrace)?;
                Ok(Statement::Block(Block { name, label, at, body }))
            }
            other if name.len() == 1 && !labelled => {
                self.error(format!("expected `=` or a block, found {}", other.show()))
            }
            other => self.error(format!("expected a block, found {}", other.show())),
        }
    }

    fn expression(&mut self) -> Parsed<Expression> {
        self.deeper(|parser| parser.binary(1))
    }

    fn binary(&mut self, lowest: usize) -> Parsed<Expression> {
        let mut left = self.power()?;
        loop {
            let operator = match self.peek() {
                Token::Operator(operator) if precedence(*operator) >= lowest => *operator,
                _ => return Ok(left),
            };
            self.bump();
            self.link()?;
            let right = self.deeper(|parser| parser.binary(precedence(operator) + 1))?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn power(&mut self) -> Parsed<Expression> {
        let left = self.unary()?;
        if self.peek() != &Token::Operator(Operator::Power) {
            return Ok(left);
        }
        self.bump();
        let right = self.deeper(Self::power)?;
        Ok(Expression::Binary(Operator::Power, Box::new(left), Box::new(right)))
    }

    fn unary(&mut self) -> Parsed<Expression> {
        if let Token::Operator(operator @ (Operator::Not | Operator::Subtract)) = self.peek() {
            let operator = *operator;
            self.bump();
            let value = self.deeper(Self::unary)?;
            return Ok(Expression::Unary(operator, Box::new(value)));
        }
        let start = self.at();
        let mut value = self.primary()?;
        loop {
            value = match self.peek() {
                Token::Dot => {
                    self.bump();
                    Expression::Access(Box::new(value), self.identifier()?)
                }
                Token::OpenBracket => {
                    self.bump();
                    let index = self.expression()?;
                    self.expect(&Token::CloseBracket)?;
                    Expression::Index(Box::new(value), Box::new(index))
                }
                Token::OpenParen => {
                    self.bump();
                    let arguments = self.list(&Token::CloseParen, "argument", Self::expression)?;
                    Expression::Call(Box::new(value), arguments)
                }
                Token::Text { .. } | Token::OpenBrace => {
                    return Err(SyntaxError { at: start, message: "a block cannot stand as an expression".into() });
                }
                _ => return Ok(value),
            };
            self.link()?;
        }
    }

    fn primary(&mut self) -> Parsed<Expression> {
        let at = self.at();
        let literal = match self.peek().clone() {
            Token::Identifier(name) => {
                self.bump();
                return Ok(Expression::Identifier(name, at));
            }
            Token::OpenParen => {
                self.bump();
                let inner = self.expression()?;
                self.expect(&Token::CloseParen)?;
                return Ok(Expression::Parenthesized(Box::new(inner)));
            }
            Token::OpenBracket => {
                self.bump();
                return Ok(Expression::Array(self.list(&Token::CloseBracket, "element", Self::expression)?));
            }
            Token::OpenBrace => {
                self.bump();
                return Ok(Expression::Object(self.list(&Token::CloseBrace, "field", Self::field)?));
            }
            Token::Null => Literal::Null,
            Token::Bool(value) => Literal::Bool(value),
            Token::Number(number) => Literal::Number(number),
            Token::Text { value, .. } => Literal::Text(value),
            other => return self.error(format!("expected an expression, found {}", other.show())),
        };
        self.bump();
        Ok(Expression::Literal(literal))
    }

    /// Items parted by commas, the last of which may be followed by one, and the closing.
    fn list<T>(&mut self, close: &Token, what: &str, item: fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = vec![];
        while self.peek() != close {
            items.push(item(self)?);
            if self.peek() == close {
                break;
            }
            if self.peek() != &Token::Comma {
                let found = self.peek().show();
                return self.error(format!("expected `,` or {} after the {what}, found {found}", close.show()));
            }
            self.bump();
        }
        self.bump();
        Ok(items)
    }

    fn field(&mut self) -> Parsed<Field> {
        let name = match self.peek().clone() {
            Token::Identifier(name) => name,
            Token::Text { written, .. } => written,
            other => return self.error(format!("expected a field's name, found {}", other.show())),
        };
        self.bump();
        self.expect(&Token::Assign)?;
        Ok(Field { name, value: self.expression()? })
    }
}

fn precedence(operator: Operator) -> usize {
    match operator {
        Operator::Or => 1,
        Operator::And => 2,
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual => 3,
        Operator::Add | Operator::Subtract => 4,
        Operator::Multiply | Operator::Divide | Operator::Modulo => 5,
        // `^` is parsed for itself, `!` stands before its operand only.
        Operator::Power | Operator::Not => 0,
    }
}
