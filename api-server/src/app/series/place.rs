//! Where in a JSON text something is, as a person would write it, such as `scopes[17].active`.

/// Names longer than this are not those of fields.
const FIELD: usize = 32;

enum Inside {
    Object { field: String, named: bool },
    Array { index: usize },
}

/// The place of a byte of `text`. Only names of fields are told, never values.
pub(super) fn of(text: &[u8], end: usize) -> String {
    let mut inside: Vec<Inside> = vec![];
    let mut bytes = text.iter().take(end).copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' => inside.push(Inside::Object { field: String::new(), named: false }),
            b'[' => inside.push(Inside::Array { index: 0 }),
            b'}' | b']' => drop(inside.pop()),
            b',' => match inside.last_mut() {
                Some(Inside::Array { index }) => *index += 1,
                Some(Inside::Object { named, .. }) => *named = false,
                None => {}
            },
            b'"' => {
                let mut word = vec![];
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ if word.len() <= FIELD => word.push(byte),
                        _ => {}
                    }
                }
                if let Some(Inside::Object { field, named }) = inside.last_mut()
                    && !*named
                {
                    *named = true;
                    let plain =
                        word.len() <= FIELD && word.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_');
                    *field = if plain { String::from_utf8_lossy(&word).into_owned() } else { "…".to_owned() };
                }
            }
            _ => {}
        }
    }
    let mut place = String::new();
    for one in inside {
        match one {
            Inside::Array { index } => place.push_str(&format!("[{index}]")),
            Inside::Object { field, .. } if place.is_empty() => place = field,
            Inside::Object { field, .. } => place.push_str(&format!(".{field}")),
        }
    }
    if place.is_empty() { "its beginning".to_owned() } else { place.trim_end_matches('.').to_owned() }
}

/// The byte at a line and column, both from 1, as a reader of JSON counts them.
pub(super) fn byte(text: &[u8], line: usize, column: usize) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1));
    lines.map(<[u8]>::len).sum::<usize>() + column
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_as_a_person_would() {
        let text = br#"{"instance": "a{[\"", "scopes": [{"metric": "up"}, {"metric": "x", "active": "many"}]}"#;
        let at = |needle: &str| {
            let text = std::str::from_utf8(text).expect("text");
            of(text.as_bytes(), text.find(needle).expect("in it"))
        };
        assert_eq!(at("\"many"), "scopes[1].active");
        assert_eq!(at("\"up"), "scopes[0].metric");
        assert_eq!(at("\"a{"), "instance");
        assert_eq!(of(b"[1, 2", 5), "[1]");
        assert_eq!((of(b"nonsense", 3), byte(b"a\nbc", 2, 1)), ("its beginning".to_owned(), 3));
        assert_eq!(of(br#"{"Secret-Value": 1"#, 17), "…", "a name that is no field's is not told");
    }
}
