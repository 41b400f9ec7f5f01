//! Who the hub is: its certificates, believed because the pinned identity key signed them.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use flagstaff_model::wire::TrustAnswer;

use super::error::HubError;
use crate::object::sha256;

/// Checks that `answer` was signed by `pinned`, and is no older than the newest one seen.
///
/// # Errors
/// [`HubError::Untrusted`] for another key, a wrong signature, or a lower number.
pub fn check(answer: &TrustAnswer, pinned: &str, newest: u64, url: &str) -> Result<(), HubError> {
    let untrusted = |why: &str| HubError::Untrusted { url: url.to_owned(), why: why.to_owned() };
    if answer.key != pinned {
        return Err(untrusted("its identity key is not the one that the join token names"));
    }
    let key = URL_SAFE_NO_PAD.decode(pinned).map_err(|_| untrusted("the identity key is no base64url"))?;
    let signature =
        URL_SAFE_NO_PAD.decode(&answer.signature).map_err(|_| untrusted("the signature is no base64url"))?;
    let text = answer.signed_text(&sha256(answer.certificates_pem.as_bytes()));
    UnparsedPublicKey::new(&ED25519, key)
        .verify(text.as_bytes(), &signature)
        .map_err(|_| untrusted("the signature over its certificates is wrong"))?;
    if answer.number < newest {
        return Err(untrusted("its certificates are older than those seen before"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    fn signed(pair: &Ed25519KeyPair, number: u64, pem: &str) -> TrustAnswer {
        let mut answer = TrustAnswer {
            number,
            public_roots: false,
            certificates_pem: pem.into(),
            key: URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
            signature: String::new(),
        };
        let text = answer.signed_text(&sha256(pem.as_bytes()));
        answer.signature = URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes()).as_ref());
        answer
    }

    #[test]
    fn only_what_the_pinned_key_signed_is_believed_and_nothing_older() {
        let (ours, other) = (Ed25519KeyPair::generate().expect("a key"), Ed25519KeyPair::generate().expect("a key"));
        let good = signed(&ours, 7, "PEM");
        let pinned = good.key.clone();
        assert!(check(&good, &pinned, 7, "https://hub").is_ok());
        assert!(check(&good, &pinned, 8, "https://hub").is_err(), "a lower number is a step back");
        assert!(check(&signed(&other, 7, "PEM"), &pinned, 0, "https://hub").is_err(), "another key");
        let mut forged = good.clone();
        forged.certificates_pem = "another".into();
        assert!(check(&forged, &pinned, 0, "https://hub").is_err(), "another bundle under the same signature");
        let mut forged = good;
        forged.public_roots = true;
        assert!(check(&forged, &pinned, 0, "https://hub").is_err(), "the roots are signed too");
    }
}
