//! Identity of a series: a finalised sum of the hashes of its label pairs, so that order does not matter and a label can be taken out again.
//!
//! The rule is a contract ([`VERSION`]); `vectors/identity-v1.json` pins it. Decision 0015 says why it is so.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Version of the rule. What was stored under another one is begun anew, never mixed.
pub const VERSION: u32 = 1;

/// Seed of the hash of a text: the bytes `flagstaf`, little-endian.
const SEED: u64 = 0x6661_7473_6761_6c66;
/// What a sum begins with, so that a series without labels is not zero: the golden ratio, as in SplitMix64.
const START: u64 = 0x9e37_79b9_7f4a_7c15;
/// Tells a name from a value: an odd number, the multiplier of PCG64.
const NAME: u64 = 0x2360_ed05_1fc6_5da5;

/// Identity of one series, the same from every version of the protocol and in every order of its labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(pub u64);

/// Sum of the hashes of label pairs; [`Sum::identity`] finalises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum(u64);

/// Hash of one text, be it a name or a value: what is repeated in a request is hashed once.
#[inline]
pub fn text(text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), SEED)
}

/// Hash of a pair, from the hashes of its name and of its value.
#[inline]
pub fn pair(name: u64, value: u64) -> u64 {
    finalise(name.wrapping_mul(NAME).rotate_left(32) ^ value)
}

/// The hash of a pair of texts.
#[inline]
pub fn label(name: &str, value: &str) -> u64 {
    pair(text(name), text(value))
}

/// Spreads every bit over all others (the last steps of MurmurHash3, for 64 bits).
#[inline]
fn finalise(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

impl Sum {
    /// Of no labels.
    pub const EMPTY: Self = Self(START);

    /// Of these labels, in any order.
    pub fn of<'a>(labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        labels.into_iter().fold(Self::EMPTY, |sum, (name, value)| sum.with(label(name, value)))
    }

    /// With one more pair.
    #[inline]
    #[must_use]
    pub fn with(self, pair: u64) -> Self {
        Self(self.0.wrapping_add(pair))
    }

    /// Without a pair that is in it: the same as if it had never been added.
    #[inline]
    #[must_use]
    pub fn without(self, pair: u64) -> Self {
        Self(self.0.wrapping_sub(pair))
    }

    /// The identity.
    #[inline]
    pub fn identity(self) -> Identity {
        Identity(finalise(self.0))
    }
}
