//! Confining LogQL to one value of a label: every stream selector is written anew with it, and what could be read in two ways is refused.

/// Most bytes of a query.
const MAX_BYTES: usize = 8 * 1024;

/// A piece of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    /// A string with its quotes.
    Text(&'a str),
    /// Anything else: names, numbers, signs, white space.
    Other(&'a str),
    Open,
    Close,
}

/// The query with `<label>="<value>"` in each of its stream selectors, in place of what was written there. Comments are left out.
///
/// # Errors
/// A sentence on what cannot be confined: no selector, a selector that is none, or anything where Loki's reading might be another than ours.
pub(super) fn pin(query: &str, label: &str, value: &str) -> Result<String, String> {
    if query.len() > MAX_BYTES {
        return Err(format!("the query has {} bytes, the most are {MAX_BYTES}", query.len()));
    }
    let own = format!("{label}={}", quoted(value)?);
    let pieces = pieces(query)?;
    let (mut text, mut selectors, mut rest) = (String::new(), 0, pieces.as_slice());
    while let Some((piece, tail)) = rest.split_first() {
        rest = tail;
        match piece {
            Piece::Text(part) | Piece::Other(part) => text.push_str(part),
            Piece::Close => return Err("a `}` closes nothing".into()),
            Piece::Open => {
                let end = rest.iter().position(|piece| *piece == Piece::Close).ok_or("a `{` is not closed")?;
                let others = others(&rest[..end], label)?;
                text.push('{');
                text.push_str(&own);
                for matcher in others {
                    text.push_str(", ");
                    text.push_str(&matcher);
                }
                text.push('}');
                selectors += 1;
                rest = &rest[end + 1..];
            }
        }
    }
    if selectors == 0 {
        return Err("the query has no stream selector such as {namespace=\"shop\"}".into());
    }
    Ok(text)
}

/// Takes a query apart. Loki's own scanner also knows Go's comments and characters in single quotes; neither has a use, so both are refused.
fn pieces(query: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut found = vec![];
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        let (piece, length) = match first {
            '"' => {
                let end = text_end(rest)?;
                (Some(Piece::Text(&rest[..end])), end)
            }
            '`' => {
                let end = rest[1..].find('`').ok_or("a string is not closed")? + 2;
                (Some(Piece::Text(&rest[..end])), end)
            }
            '#' => (Some(Piece::Other(" ")), rest.find('\n').unwrap_or(rest.len())),
            '{' => (Some(Piece::Open), 1),
            '}' => (Some(Piece::Close), 1),
            '\'' => return Err("a single quote stands outside of a string".into()),
            '/' if rest.starts_with("//") || rest.starts_with("/*") => {
                return Err("a comment begins with `#` here".into());
            }
            '\0' => return Err("the query holds a zero byte".into()),
            _ => {
                // A `/` ends a run, so that it is seen together with what follows it.
                let special = |c: char| matches!(c, '"' | '`' | '#' | '{' | '}' | '\'' | '/' | '\0');
                let length = first.len_utf8();
                let end = rest[length..].find(special).map_or(rest.len(), |end| end + length);
                (Some(Piece::Other(&rest[..end])), end)
            }
        };
        found.extend(piece);
        rest = &rest[length..];
    }
    Ok(found)
}

/// Length of a string in double quotes.
fn text_end(text: &str) -> Result<usize, String> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' | '\0' => break,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Ok(at + 1),
            _ => {}
        }
    }
    Err("a string is not closed on its line".into())
}

/// The matchers of a selector but those on the label, each as it was written.
fn others(pieces: &[Piece<'_>], label: &str) -> Result<Vec<String>, String> {
    // Names and signs, and strings as wholes.
    let mut words: Vec<&str> = vec![];
    for piece in pieces {
        match piece {
            Piece::Text(text) => words.push(text),
            Piece::Other(text) => words.extend(split(text)),
            Piece::Open | Piece::Close => return Err("a `{` stands in a selector".into()),
        }
    }
    let wrong = || Err("a selector is a list such as {namespace=\"shop\", level!=\"info\"}".to_owned());
    let mut found = vec![];
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let (matcher, tail) = match rest {
            [name, operator @ ("=" | "!=" | "=~" | "!~"), value, tail @ ..] if is_name(name) && is_text(value) => {
                ((*name, format!("{name}{operator}{value}")), tail)
            }
            _ => return wrong(),
        };
        if matcher.0 != label {
            found.push(matcher.1);
        }
        rest = match tail {
            [] => tail,
            [",", more @ ..] if !more.is_empty() => more,
            _ => return wrong(),
        };
    }
    Ok(found)
}

/// Names and signs of a text without strings.
fn split(text: &str) -> Vec<&str> {
    let mut found = vec![];
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            '=' | '!' if rest[1..].starts_with(['=', '~']) => 2,
            c => c.len_utf8(),
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_text(word: &str) -> bool {
    word.starts_with(['"', '`'])
}

/// A value as a string of LogQL.
fn quoted(value: &str) -> Result<String, String> {
    if value.chars().any(char::is_control) {
        return Err("the cluster's name holds a control character".into());
    }
    Ok(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pinned(query: &str) -> Result<String, String> {
        pin(query, "cluster", "own")
    }

    #[test]
    fn every_selector_is_pinned() {
        for (query, expected) in [
            ("{}", "{cluster=\"own\"}"),
            ("{namespace=\"shop\"}", "{cluster=\"own\", namespace=\"shop\"}"),
            ("{cluster=\"other\"}", "{cluster=\"own\"}"),
            ("{ cluster =~ `.*` , a != \"b\" ,cluster!=\"own\"}", "{cluster=\"own\", a!=\"b\"}"),
            ("{a=\"}\"} |= \"{cluster=`other`}\"", "{cluster=\"own\", a=\"}\"} |= \"{cluster=`other`}\""),
            ("{a=`\"`} |= `}` | json", "{cluster=\"own\", a=`\"`} |= `}` | json"),
            (
                "sum(rate({a=\"b\"}[5m])) / sum(rate({cluster=\"x\"} |= \"e\\\"{\" [5m] offset 1h))",
                "sum(rate({cluster=\"own\", a=\"b\"}[5m])) / sum(rate({cluster=\"own\"} |= \"e\\\"{\" [5m] offset 1h))",
            ),
            ("{a=\"b\"} # {cluster=\"x\"}\n|= \"c\"", "{cluster=\"own\", a=\"b\"}  \n|= \"c\""),
            ("{a=\"b\", # \"\ncluster=\"x\"}", "{cluster=\"own\", a=\"b\"}"),
            ("{a=\"b\"} | cluster=\"x\"", "{cluster=\"own\", a=\"b\"} | cluster=\"x\""),
            ("{a=\"b\"} | line_format \"{{.c}}\"", "{cluster=\"own\", a=\"b\"} | line_format \"{{.c}}\""),
        ] {
            assert_eq!(pinned(query).as_deref(), Ok(expected), "{query}");
        }
        assert_eq!(pin("{}", "cluster", "a\"b\\c").as_deref(), Ok("{cluster=\"a\\\"b\\\\c\"}"));
    }

    #[test]
    fn what_could_be_read_in_another_way_is_refused() {
        for query in [
            "",
            "vector(1)",
            "|= \"a\"",
            "{a=\"b\"",
            "a=\"b\"}",
            "{{a=\"b\"}}",
            "{a=\"b\",}",
            "{,a=\"b\"}",
            "{a=b}",
            "{a==\"b\"}",
            "{\"a\"=\"b\"}",
            "{a=\"b\" c=\"d\"}",
            "{a=\"b\" or cluster=\"x\"}",
            "{a='b'}",
            "{a=\"b\"} // {",
            "{a=\"b\" /* } */, cluster=\"x\"}",
            "{a=\"b\"} |= '\"' | x = '{cluster=\"x\"}'",
            "{a=\"b\n\"}",
            "{a=\"b\\\n\"}",
            "{a=\"b\"} |= \"c",
            "{a=\"b\"} |= `c",
            "{a=\"\0\"}",
            "{a=\"b\"} \0",
            "{clüster=\"x\"}",
        ] {
            assert!(pinned(query).is_err(), "{query:?}: {:?}", pinned(query));
        }
        assert!(pinned(&format!("{{a=\"{}\"}}", "b".repeat(9000))).is_err());
        assert!(pin("{}", "cluster", "a\nb").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(query in any::<String>()) {
            let _ = pinned(&query);
        }

        #[test]
        fn what_is_pinned_is_pinned_everywhere_and_stays_as_it_is(query in "[a-c{}=~!\"`'#/*\\\\, \\n|()]{0,40}") {
            if let Ok(text) = pinned(&query) {
                prop_assert_eq!(pinned(&text), Ok(text.clone()));
                let opened = pieces(&text).expect("read again").iter().filter(|piece| **piece == Piece::Open).count();
                prop_assert_eq!(text.matches("{cluster=\"own\"").count() >= opened, true);
            }
        }
    }
}
