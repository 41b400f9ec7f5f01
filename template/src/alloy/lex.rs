//! Text to tokens, with Alloy's rule of where a line's end ends a statement.

use super::ast::{Operator, Position};

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) at: Position,
    pub(super) message: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Identifier(String),
    Null,
    Bool(bool),
    Number(String),
    /// The value, and the text as written between the quotes; `raw` in back quotes.
    Text {
        value: String,
        written: String,
        raw: bool,
    },
    Operator(Operator),
    Assign,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Comma,
    Dot,
    /// The end of a line that ends a statement.
    Terminator,
    /// Where the text stops being tokens; what is wrong there is told when parsing gets as far.
    Broken(SyntaxError),
    End,
}

impl Token {
    /// The token in a message.
    pub(super) fn show(&self) -> String {
        match self {
            Token::Identifier(name) => format!("`{name}`"),
            Token::Null => "`null`".into(),
            Token::Bool(value) => format!("`{value}`"),
            Token::Number(number) => format!("`{number}`"),
            Token::Text { .. } => "a string".into(),
            Token::Operator(operator) => format!("`{}`", symbol(*operator)),
            Token::Assign => "`=`".into(),
            Token::OpenBrace => "`{`".into(),
            Token::CloseBrace => "`}`".into(),
            Token::OpenParen => "`(`".into(),
            Token::CloseParen => "`)`".into(),
            Token::OpenBracket => "`[`".into(),
            Token::CloseBracket => "`]`".into(),
            Token::Comma => "`,`".into(),
            Token::Dot => "`.`".into(),
            Token::Terminator => "the end of the line".into(),
            Token::Broken(error) => error.message.clone(),
            Token::End => "the end of the file".into(),
        }
    }

    /// Whether a line's end after this token ends the statement.
    fn may_end(&self) -> bool {
        matches!(
            self,
            Token::Identifier(_)
                | Token::Null
                | Token::Bool(_)
                | Token::Number(_)
                | Token::Text { .. }
                | Token::CloseBrace
                | Token::CloseParen
                | Token::CloseBracket
        )
    }
}

fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Or => "||",
        Operator::And => "&&",
        Operator::Not => "!",
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        Operator::Modulo => "%",
        Operator::Power => "^",
    }
}

/// All tokens of a text, the last one being [`Token::End`] or [`Token::Broken`].
pub(super) fn tokens(text: &str) -> Vec<(Token, Position)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lexer = Lexer { rest: text, at: Position { line: 1, column: 1 } };
    let mut found: Vec<(Token, Position)> = vec![];
    loop {
        let ends = found.last().is_some_and(|(token, _)| token.may_end());
        let (token, at) = lexer.next(ends).unwrap_or_else(|error| (Token::Broken(error.clone()), error.at));
        let last = matches!(token, Token::End | Token::Broken(_));
        found.push((token, at));
        if last {
            return found;
        }
    }
}

/// Whether a label is an identifier and no keyword.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_letter)
        && chars.all(|c| is_letter(c) || c.is_ascii_digit())
        && !["true", "false", "null"].contains(&text)
}

fn is_letter(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

struct Lexer<'a> {
    rest: &'a str,
    at: Position,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.at = Position { line: self.at.line + 1, column: 1 };
        } else {
            self.at.column += 1;
        }
        Some(c)
    }

    fn skip(&mut self, chars: usize) {
        for _ in 0..chars {
            self.bump();
        }
    }

    fn error<T>(&self, at: Position, message: impl Into<String>) -> Result<T, SyntaxError> {
        Err(SyntaxError { at, message: message.into() })
    }

    /// The next token. `ends` says whether a line's end counts here; after a comment within the line it does not.
    fn next(&mut self, mut ends: bool) -> Result<(Token, Position), SyntaxError> {
        loop {
            while self.peek().is_some_and(|c| matches!(c, ' ' | '\t' | '\r') || (c == '\n' && !ends)) {
                self.bump();
            }
            let at = self.at;
            if self.rest.starts_with("//") || self.rest.starts_with("/*") {
                if ends && self.comment_reaches_line_end() {
                    return Ok((Token::Terminator, at));
                }
                self.comment()?;
                ends = false;
                continue;
            }
            return Ok((self.token(ends)?, at));
        }
    }

    fn token(&mut self, ends: bool) -> Result<Token, SyntaxError> {
        let at = self.at;
        let Some(c) = self.peek() else {
            return Ok(if ends { Token::Terminator } else { Token::End });
        };
        let second = self.rest[c.len_utf8()..].chars().next();
        if is_letter(c) {
            return Ok(self.word());
        }
        if c.is_ascii_digit() || (c == '.' && second.is_some_and(|c| c.is_ascii_digit())) {
            return self.number();
        }
        let two = |token: Token| (token, 2);
        let operator = |operator| (Token::Operator(operator), 1);
        let (token, length) = match (c, second) {
            ('\n', _) => (Token::Terminator, 1),
            ('"', _) => return self.text(),
            ('`', _) => return self.raw_text(),
            ('\'', _) => return self.error(at, "strings stand in double quotes, not in single ones"),
            ('|', Some('|')) => two(Token::Operator(Operator::Or)),
            ('&', Some('&')) => two(Token::Operator(Operator::And)),
            ('|' | '&', _) => return self.error(at, format!("a second `{c}` is missing")),
            ('!', Some('=')) => two(Token::Operator(Operator::NotEqual)),
            ('=', Some('=')) => two(Token::Operator(Operator::Equal)),
            ('<', Some('=')) => two(Token::Operator(Operator::LessOrEqual)),
            ('>', Some('=')) => two(Token::Operator(Operator::GreaterOrEqual)),
            ('!', _) => operator(Operator::Not),
            ('<', _) => operator(Operator::Less),
            ('>', _) => operator(Operator::Greater),
            ('+', _) => operator(Operator::Add),
            ('-', _) => operator(Operator::Subtract),
            ('*', _) => operator(Operator::Multiply),
            ('/', _) => operator(Operator::Divide),
            ('%', _) => operator(Operator::Modulo),
            ('^', _) => operator(Operator::Power),
            ('=', _) => (Token::Assign, 1),
            ('{', _) => (Token::OpenBrace, 1),
            ('}', _) => (Token::CloseBrace, 1),
            ('(', _) => (Token::OpenParen, 1),
            (')', _) => (Token::CloseParen, 1),
            ('[', _) => (Token::OpenBracket, 1),
            (']', _) => (Token::CloseBracket, 1),
            (',', _) => (Token::Comma, 1),
            ('.', _) => (Token::Dot, 1),
            _ => return self.error(at, format!("the character {} has no meaning here", show(c))),
        };
        self.skip(length);
        Ok(token)
    }

    fn word(&mut self) -> Token {
        let end = self.rest.find(|c: char| !is_letter(c) && !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let word = self.rest[..end].to_owned();
        self.skip(word.chars().count());
        match word.as_str() {
            "null" => Token::Null,
            "true" => Token::Bool(true),
            "false" => Token::Bool(false),
            _ => Token::Identifier(word),
        }
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let (at, whole) = (self.at, self.rest);
        self.digits();
        if self.peek() == Some('.') {
            self.bump();
            self.digits();
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.bump();
            if matches!(self.peek(), Some('+' | '-')) {
                self.bump();
            }
            if self.digits() == 0 {
                return self.error(at, "the exponent has no digits");
            }
        }
        Ok(Token::Number(whole[..whole.len() - self.rest.len()].to_owned()))
    }

    fn digits(&mut self) -> usize {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        self.skip(count);
        count
    }

    fn raw_text(&mut self) -> Result<Token, SyntaxError> {
        let at = self.at;
        let Some(end) = self.rest[1..].find('`') else { return self.error(at, "the string has no end") };
        let written = self.rest[1..=end].to_owned();
        if written.contains('\0') {
            return self.error(at, "the string holds a NUL character");
        }
        self.skip(written.chars().count() + 2);
        Ok(Token::Text { value: written.replace('\r', ""), written, raw: true })
    }

    fn text(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.bump();
        let whole = self.rest;
        let mut value: Vec<u8> = vec![];
        loop {
            let at = self.at;
            match self.bump() {
                None | Some('\n') => return self.error(start, "the string has no end on its line"),
                Some('"') => break,
                Some('\\') => self.escape(&mut value, at)?,
                Some('\0') => return self.error(at, "the string holds a NUL character"),
                Some('\u{feff}') => return self.error(at, "the string holds a byte order mark"),
                Some(c) => value.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        let written = whole[..whole.len() - self.rest.len() - 1].to_owned();
        Ok(Token::Text { value: String::from_utf8_lossy(&value).into_owned(), written, raw: false })
    }

    fn escape(&mut self, value: &mut Vec<u8>, at: Position) -> Result<(), SyntaxError> {
        let Some(c) = self.peek() else { return self.error(at, "the escape has no end") };
        let simple = match c {
            'a' => Some(7),
            'b' => Some(8),
            'f' => Some(12),
            'n' => Some(b'\n'),
            'r' => Some(b'\r'),
            't' => Some(b'\t'),
            'v' => Some(11),
            '\\' | '"' => Some(c as u8),
            _ => None,
        };
        if let Some(byte) = simple {
            self.bump();
            value.push(byte);
            return Ok(());
        }
        let (digits, base, most) = match c {
            '0'..='7' => (3, 8, 255),
            'x' => (2, 16, 255),
            'u' => (4, 16, 0x10_ffff),
            'U' => (8, 16, 0x10_ffff),
            _ => return self.error(at, format!("`\\{}` is no escape sequence", c.escape_debug())),
        };
        if base == 16 {
            self.bump();
        }
        let mut code: u32 = 0;
        for _ in 0..digits {
            let digit = match self.peek() {
                Some(c) => c.to_digit(base),
                None => return self.error(at, "the escape has no end"),
            };
            let Some(digit) = digit else {
                return self.error(self.at, format!("an escape sequence of {digits} digits is cut off"));
            };
            self.bump();
            code = code.saturating_mul(base).saturating_add(digit);
        }
        match (char::from_u32(code), u8::try_from(code)) {
            _ if code > most => self.error(at, "the escape sequence is no Unicode character"),
            (_, Ok(byte)) if most == 255 => {
                value.push(byte);
                Ok(())
            }
            (Some(c), _) => {
                value.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
                Ok(())
            }
            _ => self.error(at, "the escape sequence is no Unicode character"),
        }
    }

    fn comment(&mut self) -> Result<(), SyntaxError> {
        let at = self.at;
        let length = if self.rest.starts_with("//") {
            self.rest.find('\n').unwrap_or(self.rest.len())
        } else {
            match self.rest[2..].find("*/") {
                Some(end) => end + 4,
                None => return self.error(at, "the comment has no end"),
            }
        };
        let comment = &self.rest[..length];
        if let Some(c) = comment.chars().find(|c| matches!(c, '\0' | '\u{feff}')) {
            return self.error(at, format!("the comment holds the character {}", show(c)));
        }
        self.skip(comment.chars().count());
        Ok(())
    }

    /// Whether only comments stand between here and the line's end.
    fn comment_reaches_line_end(&self) -> bool {
        let mut rest = self.rest;
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\r']);
            if rest.is_empty() || rest.starts_with('\n') || rest.starts_with("//") {
                return true;
            }
            let Some(inner) = rest.strip_prefix("/*") else { return false };
            let end = inner.find("*/").unwrap_or(inner.len());
            if inner[..end].contains('\n') {
                return true;
            }
            rest = inner.get(end + 2..).unwrap_or_default();
        }
    }
}

fn show(c: char) -> String {
    if c.is_ascii_graphic() { format!("`{c}`") } else { format!("U+{:04X}", u32::from(c)) }
}
