//! Where the parts of a YAML document stand: line, column and spelling of each node by JSON pointer.

use std::collections::BTreeMap;

use flagstaff_model::layer::escape;
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};

/// Where one node stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// The text of a scalar that is written without quotes.
    pub plain: Option<String>,
}

/// Where each node of one document stands, keyed by JSON pointer. For an entry of a mapping this is its value.
#[derive(Debug, Clone, Default)]
pub struct Marks(BTreeMap<String, Mark>);

impl Marks {
    /// Reads the places in one document; `offset` lines stand before it. What cannot be read has no place.
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let mut marks = BTreeMap::new();
        walk(text, offset, &mut |node| {
            marks.entry(node.pointer).or_insert(node.mark);
            true
        });
        Self(marks)
    }

    /// The place of a node.
    pub fn get(&self, pointer: &str) -> Option<&Mark> {
        self.0.get(pointer)
    }
}

/// The first key that stands twice in one mapping: the key, where it stood first, where again.
pub(super) fn duplicate(text: &str, offset: usize) -> Option<(String, Mark, Mark)> {
    let mut keys: BTreeMap<(usize, String), Mark> = BTreeMap::new();
    let mut found = None;
    walk(text, offset, &mut |node| {
        let Some((mapping, key, mark)) = node.key else { return true };
        match keys.get(&(mapping, key.clone())) {
            Some(first) => {
                found = Some((key, first.clone(), mark));
                false
            }
            None => {
                keys.insert((mapping, key), mark);
                true
            }
        }
    });
    found
}

struct Node {
    pointer: String,
    mark: Mark,
    /// Number of the mapping it is an entry of, its key and the key's place.
    key: Option<(usize, String, Mark)>,
}

enum Level {
    Sequence {
        pointer: String,
        next: usize,
    },
    Mapping {
        pointer: String,
        number: usize,
        key: Option<(String, Mark)>,
    },
    /// A collection used as a key: of no interest.
    Key(usize),
}

/// Tells `visit` of each node in order, until it says false or the text cannot be read further.
fn walk(text: &str, offset: usize, visit: &mut dyn FnMut(Node) -> bool) {
    let mut levels: Vec<Level> = vec![];
    let mut mappings = 0;
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { return };
        let mark = |plain| Mark { line: offset + span.start.line(), column: span.start.col() + 1, plain };
        if let Some(Level::Key(depth)) = levels.last_mut() {
            match event {
                Event::SequenceStart(..) | Event::MappingStart(..) => *depth += 1,
                Event::SequenceEnd | Event::MappingEnd => *depth -= 1,
                _ => {}
            }
            if *depth == 0 {
                levels.pop();
                let unnamed = (String::from("?"), mark(None));
                if let Some(Level::Mapping { key, .. }) = levels.last_mut() {
                    *key = Some(unnamed);
                }
            }
            continue;
        }
        let (scalar, sequence) = match &event {
            Event::Scalar(text, style, ..) => {
                (Some((text.to_string(), (*style == ScalarStyle::Plain).then(|| text.to_string()))), false)
            }
            Event::Alias(_) => (Some((String::from("*"), None)), false),
            Event::SequenceStart(..) => (None, true),
            Event::MappingStart(..) => (None, false),
            Event::SequenceEnd | Event::MappingEnd => {
                levels.pop();
                continue;
            }
            _ => continue,
        };
        let (pointer, entry) = match levels.last_mut() {
            None => (String::new(), None),
            Some(Level::Sequence { pointer, next }) => {
                *next += 1;
                (format!("{pointer}/{}", *next - 1), None)
            }
            Some(Level::Mapping { pointer, number, key }) => match key.take() {
                Some((name, place)) => (format!("{pointer}/{}", escape(&name)), Some((*number, name, place))),
                None => {
                    match scalar {
                        Some((text, plain)) => *key = Some((text, mark(plain))),
                        None => levels.push(Level::Key(1)),
                    }
                    continue;
                }
            },
            Some(Level::Key(_)) => continue,
        };
        let plain = scalar.as_ref().and_then(|(_, plain)| plain.clone());
        if !visit(Node { pointer: pointer.clone(), mark: mark(plain), key: entry }) {
            return;
        }
        if scalar.is_none() {
            if sequence {
                levels.push(Level::Sequence { pointer, next: 0 });
            } else {
                mappings += 1;
                levels.push(Level::Mapping { pointer, number: mappings, key: None });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_found_by_pointer() {
        let marks = Marks::of("a:\n  b: No\n  c:\n    - 'x'\n    - {d/e: 1}\n", 10);
        let at = |pointer: &str| marks.get(pointer).map(|mark| (mark.line, mark.column, mark.plain.as_deref()));
        assert_eq!(at("/a/b"), Some((12, 6, Some("No"))));
        assert_eq!(at("/a/c/0"), Some((14, 7, None)));
        assert_eq!(at("/a/c/1/d~1e"), Some((15, 13, Some("1"))));
        assert_eq!(at("/a/x"), None);
    }

    #[test]
    fn the_same_key_in_two_mappings_is_no_duplicate() {
        assert!(duplicate("- {a: 1}\n- {a: 2}\n", 0).is_none());
        let (key, first, again) = duplicate("x: {a: 1}\ny: {a: 1, \"a\": 2}\n", 0).unwrap();
        assert_eq!((key.as_str(), first.line, again.column), ("a", 2, 11));
    }
}
