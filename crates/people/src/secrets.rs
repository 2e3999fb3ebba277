//! Codes, tokens and the keyed hashes under which they, numbers and handles are looked up.

use std::fmt::Write as _;

use kernel::{AccountId, Rng};
use vault::Vault;

use crate::limits::CODE_DIGITS;
use crate::phone::Phone;
use crate::rate_limit::RateKey;
use crate::store::Hash;
use crate::store::devices::SessionRow;
use crate::store::links::LinkRow;
use crate::words::Handle;

/// Bytes of a token: nobody guesses 256 bits.
const TOKEN_BYTES: usize = 32;

/// Bytes of a token that is shown as a QR code: as few as nobody guesses, so that the code is coarse and easy to scan.
const SHOWN_TOKEN_BYTES: usize = 16;

/// A code that is sent to a number.
pub(crate) fn code(rng: &dyn Rng) -> String {
    let codes = 10_u64.pow(CODE_DIGITS as u32);
    format!("{:0width$}", rng.next_u64() % codes, width = CODE_DIGITS)
}

/// The six digits of a code as somebody typed it; nothing when it cannot be a code.
pub(crate) fn typed_code(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == CODE_DIGITS && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// A token for a session.
pub(crate) fn token(rng: &dyn Rng) -> String {
    hexadecimal::<TOKEN_BYTES>(rng)
}

/// A token for a QR code.
pub(crate) fn shown_token(rng: &dyn Rng) -> String {
    hexadecimal::<SHOWN_TOKEN_BYTES>(rng)
}

fn hexadecimal<const BYTES: usize>(rng: &dyn Rng) -> String {
    let mut bytes = [0; BYTES];
    rng.fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(2 * BYTES), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

/// Whether a text can be a token: then it is worth a look.
pub(crate) fn is_token(text: &str) -> bool {
    is_hexadecimal::<TOKEN_BYTES>(text)
}

/// Whether a text can be the token of a QR code.
pub(crate) fn is_shown_token(text: &str) -> bool {
    is_hexadecimal::<SHOWN_TOKEN_BYTES>(text)
}

fn is_hexadecimal<const BYTES: usize>(text: &str) -> bool {
    text.len() == 2 * BYTES && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Where a number is found.
pub(crate) fn number_hash(vault: &Vault, phone: &Phone) -> Hash {
    vault.keyed_hash("number", phone.e164().as_bytes())
}

/// Where a Billet ID is found, whatever its case.
pub(crate) fn handle_hash(vault: &Vault, handle: &Handle) -> Hash {
    vault.keyed_hash("handle", handle.folded().as_bytes())
}

/// What is kept of a code: useless for another number.
pub(crate) fn code_hash(vault: &Vault, number: Hash, code: &str) -> Hash {
    vault.keyed_hash("verification code", &[&number, code.as_bytes()].concat())
}

/// What is kept of a session's token.
pub(crate) fn token_hash(vault: &Vault, token: &str) -> Hash {
    vault.keyed_hash("session", token.as_bytes())
}

/// Where the token of a person's QR code is found.
pub(crate) fn add_token_hash(vault: &Vault, token: &str) -> Hash {
    vault.keyed_hash("add token", token.as_bytes())
}

/// Where a device that waits to be let in is found.
pub(crate) fn link_hash(vault: &Vault, token: &str) -> Hash {
    vault.keyed_hash("device link", token.as_bytes())
}

/// What is kept of the secret with which it claims its session.
pub(crate) fn link_secret_hash(vault: &Vault, token: Hash, secret: &str) -> Hash {
    vault.keyed_hash("device link secret", &[&token, secret.as_bytes()].concat())
}

/// The seal of a confirmation: whoever can write to the tables and has no keys lets no device into an account
/// (SECR-INTEGRITY).
pub(crate) fn link_seal(vault: &Vault, link: &LinkRow, account: AccountId) -> Hash {
    let at = link.started_at.0.to_le_bytes();
    vault.keyed_hash("device link confirmed", &[&link.token, &link.secret, &account.to_bytes()[..], &at].concat())
}

/// The seal of a session's row: whoever can write to the tables and has no keys can neither give a token to another
/// account nor make it live longer (SECR-INTEGRITY).
pub(crate) fn session_seal(vault: &Vault, token: Hash, session: &SessionRow) -> Hash {
    vault.keyed_hash("session row", &session.sealed_bytes(token))
}

/// What a limit is counted by.
pub(crate) fn rate_key(vault: &Vault, what: &[u8]) -> RateKey {
    let hash = vault.keyed_hash("rate limit", what);
    *hash.first_chunk().expect("a keyed hash has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::sim::SimRng;

    #[test]
    fn a_code_has_six_digits_and_is_read_as_people_type_it() {
        let rng = SimRng::new(1);
        for _ in 0..1_000 {
            let code = code(&rng);
            assert_eq!(typed_code(&code).as_ref(), Some(&code));
            assert_eq!(typed_code(&format!(" {} {}\n", &code[..3], &code[3..])).as_ref(), Some(&code));
        }
        for bad in ["", "12345", "1234567", "12345a", "\u{ff11}23456"] {
            assert_eq!(typed_code(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_token_looks_like_one() {
        let token = token(&SimRng::new(1));
        assert!(is_token(&token));
        assert!(!is_token(&token[1..]) && !is_token(&token.to_uppercase()));
    }
}
