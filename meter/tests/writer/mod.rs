//! Writes requests of both versions by hand: a few lines of protobuf, so that nothing of the reader is used to test it.

use std::collections::HashMap;

use flagstaff_remote_write::{STALE, Version};

/// One series with one sample.
#[derive(Debug, Clone)]
pub struct Series {
    /// Labels in the order in which they are sent.
    pub labels: Vec<(String, String)>,
    /// The sample's value.
    pub value: f64,
    /// When it was, in milliseconds since 1970.
    pub at: i64,
}

impl Series {
    /// Its sample is a stale marker.
    pub fn ends(&mut self) {
        self.value = f64::from_bits(STALE);
    }
}

/// A series with these labels.
pub fn series(labels: &[(&str, &str)]) -> Series {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Series { labels, value: 1.0, at: 1_795_000_000_000 }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend(content);
}

fn sample(value: f64, at: i64) -> Vec<u8> {
    let mut out = vec![1 << 3 | 1];
    out.extend(value.to_bits().to_le_bytes());
    varint(&mut out, 2 << 3);
    varint(&mut out, at as u64);
    out
}

/// The request, not packed.
pub fn write(version: Version, all: &[Series]) -> Vec<u8> {
    match version {
        Version::One => one(all),
        Version::Two => two(all),
    }
}

fn one(all: &[Series]) -> Vec<u8> {
    let mut out = vec![];
    for series in all {
        let mut message = vec![];
        for (name, value) in &series.labels {
            let mut label = vec![];
            bytes(&mut label, 1, name.as_bytes());
            bytes(&mut label, 2, value.as_bytes());
            bytes(&mut message, 1, &label);
        }
        bytes(&mut message, 2, &sample(series.value, series.at));
        bytes(&mut out, 1, &message);
    }
    out
}

fn two(all: &[Series]) -> Vec<u8> {
    let (mut symbols, mut known) = (vec![String::new()], HashMap::from([(String::new(), 0)]));
    let mut messages = vec![];
    for series in all {
        let mut references = vec![];
        for text in series.labels.iter().flat_map(|(name, value)| [name, value]) {
            let next = symbols.len() as u64;
            let reference = *known.entry(text.clone()).or_insert_with(|| {
                symbols.push(text.clone());
                next
            });
            varint(&mut references, reference);
        }
        let mut message = vec![];
        bytes(&mut message, 1, &references);
        bytes(&mut message, 2, &sample(series.value, series.at));
        messages.push(message);
    }
    let mut out = vec![];
    symbols.iter().for_each(|symbol| bytes(&mut out, 4, symbol.as_bytes()));
    messages.iter().for_each(|message| bytes(&mut out, 5, message));
    out
}
