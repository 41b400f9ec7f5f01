//! A query as words, strings and signs: enough to measure and to substitute in, without a parser.

/// A piece of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A name, keyword, number or duration.
    Word(&'a str),
    /// A string with its quotes.
    Text(&'a str),
    /// `#` and what follows it on its line.
    Comment(&'a str),
    /// White space.
    Space(&'a str),
    /// Any other character.
    Sign(char, &'a str),
}

/// Takes a query apart; the pieces together are the query.
pub(super) fn pieces(query: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = query;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = match first {
            '"' | '\'' => text_end(rest, first),
            '`' => rest[1..].find('`').map_or(rest.len(), |end| end + 2),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c if c.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (piece, tail) = rest.split_at(length);
        rest = tail;
        Some(match first {
            '"' | '\'' | '`' => Piece::Text(piece),
            '#' => Piece::Comment(piece),
            c if is_word(c) => Piece::Word(piece),
            c if c.is_whitespace() => Piece::Space(piece),
            c => Piece::Sign(c, piece),
        })
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.')
}

/// Length of a quoted string; up to the end where it is not closed.
fn text_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
