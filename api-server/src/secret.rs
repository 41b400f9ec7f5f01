//! Random words, and the hashes that are kept of them.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::fill;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct RandomError;

/// 32 random bytes as base64url: a token or credential.
pub fn token() -> Result<String, RandomError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// A name such as `c-7g2k4m9x0q3w`: the prefix and 60 random bits, nothing secret.
pub fn id(prefix: &str) -> Result<String, RandomError> {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let letters = random::<12>()?.map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    Ok(format!("{prefix}-{}", letters.iter().collect::<String>()))
}

/// SHA-256 of a text.
pub fn sha256(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The 32 bytes of a SHA-256 in hex; none when it is no such thing.
pub fn read_sha256(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// Whether two hashes are the same, in a time that does not tell.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    fill(&mut bytes).map_err(|_| RandomError)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_was_written() {
        let hash = sha256("credential");
        assert_eq!(read_sha256(&hex(&hash)), Some(hash));
        assert_eq!(read_sha256("ab"), None);
        assert_eq!(read_sha256(&"zz".repeat(32)), None);
    }

    #[test]
    fn no_two_words_are_the_same() {
        let words: std::collections::BTreeSet<_> = (0..1000).map(|_| id("c").expect("random")).collect();
        assert_eq!(words.len(), 1000);
        assert_eq!(token().expect("random").len(), 43);
    }
}
