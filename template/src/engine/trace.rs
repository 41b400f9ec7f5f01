//! Which line of a pack each rendered line came from: the templates are rendered again with marks in their text.

use super::environment::Spelling;

/// Marks stand between two characters that no template has.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// The origin of each line: number of the file, line from 1.
#[derive(Debug)]
pub(super) struct Lines(Vec<Option<(usize, usize)>>);

impl Lines {
    /// The origin of a line, counted from 1.
    pub(super) fn origin(&self, line: usize) -> Option<(usize, usize)> {
        self.0.get(line.checked_sub(1)?).copied().flatten()
    }
}

/// A template with a mark in each line of its text and before each value. None where it holds marks already.
///
/// A mark never touches white space at the edge of a tag, so trimming (`{%-`) works as before.
pub(super) fn mark(source: &str, file: usize, spelling: Spelling) -> Option<String> {
    if source.contains([OPEN, CLOSE]) {
        return None;
    }
    let [value, block, comment] = spelling.tags();
    let mut marked = String::with_capacity(source.len() * 2);
    let (mut rest, mut line, mut fresh, mut raw) = (source, 1, true, false);
    while let Some(c) = rest.chars().next() {
        if !raw && rest.starts_with(comment.0) {
            let end = rest[2..].find(comment.1).map_or(rest.len(), |at| at + 4);
            line += take(&mut marked, &mut rest, end);
        } else if rest.starts_with(block.0) {
            let end = tag_end(rest, block.1);
            let word = rest[2..end].trim_start_matches(['-', '+']).trim_start();
            if word.starts_with("endraw") {
                raw = false;
            } else if word.starts_with("raw") {
                raw = true;
            }
            line += take(&mut marked, &mut rest, end);
        } else if !raw && rest.starts_with(value.0) {
            let trim = if rest[2..].starts_with('-') { "-" } else { "" };
            marked.push_str(&format!("{}{trim} \"{OPEN}{file}:{line}{CLOSE}\" {}", value.0, value.1));
            let end = tag_end(rest, value.1);
            line += take(&mut marked, &mut rest, end);
            fresh = false;
        } else {
            take(&mut marked, &mut rest, c.len_utf8());
            if c == '\n' {
                line += 1;
                fresh = true;
            } else if fresh && !c.is_whitespace() {
                marked.push_str(&format!("{OPEN}{file}:{line}{CLOSE}"));
                fresh = false;
            }
        }
    }
    Some(marked)
}

/// Moves the first `length` bytes on and counts their lines.
fn take(marked: &mut String, rest: &mut &str, length: usize) -> usize {
    let (head, tail) = rest.split_at(length);
    marked.push_str(head);
    *rest = tail;
    head.matches('\n').count()
}

/// Length of a tag up to and with its closing, which does not count within a string.
fn tag_end(text: &str, close: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(2) {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if text[at..].starts_with(close) => return at + close.len(),
            None if c == '"' || c == '\'' => quote = Some(c),
            None => {}
        }
    }
    text.len()
}

/// Reads the marks in a rendered text. None where the text without them is not `plain`.
pub(super) fn read(marked: &str, plain: &str) -> Option<Lines> {
    let mut lines = vec![];
    let mut text = String::with_capacity(plain.len());
    let mut last = None;
    for line in marked.split('\n') {
        let mut own = None;
        let mut rest = line;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let (origin, after) = after.split_once(CLOSE)?;
            let (file, number) = origin.split_once(':')?;
            let origin = (file.parse().ok()?, number.parse().ok()?);
            own.get_or_insert(origin);
            last = Some(origin);
            text.push_str(before);
            rest = after;
        }
        text.push_str(rest);
        text.push('\n');
        lines.push(own.or(last));
    }
    text.pop();
    (text == plain).then_some(Lines(lines))
}
