//! The few primitives everything here is made of: keys that wipe themselves, one derivation, one sealing.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::digest;
use aws_lc_rs::iv::FixedLength;
use kernel::Rng;
use zeroize::Zeroizing;

/// Bytes of every key.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes of a nonce of AES-GCM.
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes of the tag of AES-GCM.
pub(crate) const TAG_BYTES: usize = 16;

/// A secret key. It wipes itself when dropped and cannot be printed.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl Key {
    pub(crate) fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn random(rng: &dyn Rng) -> Self {
        let mut key = Self::new([0; KEY_BYTES]);
        rng.fill(key.0.as_mut_slice());
        key
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

/// What a derived key is for. Two uses never give the same key. The texts are frozen: they are part of the formats.
#[derive(Clone, Copy)]
pub(crate) enum Use {
    NextState,
    StepKey,
    Record,
    Body,
    Entry,
    Pointer,
}

impl Use {
    const fn label(self) -> &'static [u8; LABEL_BYTES] {
        match self {
            Self::NextState => b"billet next  v1 ",
            Self::StepKey => b"billet step  v1 ",
            Self::Record => b"billet recordv1 ",
            Self::Body => b"billet body  v1 ",
            Self::Entry => b"billet entry v1 ",
            Self::Pointer => b"billet point v1 ",
        }
    }
}

const LABEL_BYTES: usize = 16;
/// A counter, three secrets, a label and 40 bytes of context: the entry of a message.
const DERIVE_BYTES_MAX: usize = 4 + 3 * KEY_BYTES + LABEL_BYTES + 40;

/// The one-step key derivation of NIST SP 800-56C with SHA-256: hash of 1, the secrets, and what the key is for. Every use
/// has a fixed number of secrets and a fixed length of context, so no two inputs can be mistaken for each other.
pub(crate) fn derive(what_for: Use, secrets: &[&Key], context: &[u8]) -> Key {
    let mut input = Zeroizing::new([0_u8; DERIVE_BYTES_MAX]);
    let mut filled = 0;
    let mut push = |bytes: &[u8]| {
        input[filled..filled + bytes.len()].copy_from_slice(bytes);
        filled += bytes.len();
    };
    push(&1_u32.to_be_bytes());
    for secret in secrets {
        push(secret.bytes());
    }
    push(what_for.label());
    push(context);
    let hash = digest::digest(&digest::SHA256, &input[..filled]);
    Key::new(hash.as_ref().try_into().expect("SHA-256 gives 32 bytes"))
}

/// AES-256-GCM with its tables made: for a key that is used often.
pub(crate) struct Cipher(LessSafeKey);

impl Cipher {
    pub(crate) fn new(key: &Key) -> Self {
        Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.bytes()).expect("32 bytes are a key of AES-256")))
    }

    /// Encrypts `in_out` where it lies and gives the tag.
    pub(crate) fn seal(&self, nonce: [u8; NONCE_BYTES], aad: &[u8], in_out: &mut [u8]) -> [u8; TAG_BYTES] {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(aad), in_out);
        let tag = tag.expect("only a plaintext of 64 GiB cannot be sealed");
        tag.as_ref().try_into().expect("the tag of AES-GCM has 16 bytes")
    }

    /// Decrypts ciphertext and tag where they lie; `None` when key, nonce, associated data or content are not the same.
    pub(crate) fn open<'a>(&self, nonce: &[u8], aad: &[u8], in_out: &'a mut [u8]) -> Option<&'a mut [u8]> {
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        self.0.open_in_place(nonce, Aad::from(aad), in_out).ok()
    }
}

/// Decrypts what AES-GCM sealed without looking at its tag, so also when the end of it is not known or not there: GCM
/// encrypts in counter mode, and counts the content from 2 on.
pub(crate) fn decrypt_unchecked(key: &Key, nonce: &[u8; NONCE_BYTES], in_out: &mut [u8]) {
    let mut counter = [0; 16];
    counter[..NONCE_BYTES].copy_from_slice(nonce);
    counter[15] = 2;
    let cipher = UnboundCipherKey::new(&AES_256, key.bytes()).and_then(DecryptingKey::ctr);
    let cipher = cipher.expect("32 bytes are a key of AES-256");
    let context = DecryptionContext::Iv128(FixedLength::from(counter));
    cipher.decrypt(in_out, context).expect("counter mode takes every length");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(what_for: Use, secrets: u8, context: &[u8], expected: &str) {
        let secrets: Vec<_> = (1..=secrets).map(|byte| Key::new([byte; KEY_BYTES])).collect();
        let key = derive(what_for, &secrets.iter().collect::<Vec<_>>(), context);
        let hex: String = key.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected);
    }

    #[test]
    fn what_was_sealed_is_decrypted_without_its_end() {
        let key = Key::new([7; KEY_BYTES]);
        let mut sealed: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        let plain = sealed.clone();
        Cipher::new(&key).seal([9; NONCE_BYTES], b"address", &mut sealed);
        for bytes in [0, 1, 16, 4_999, 5_000] {
            let mut cut = sealed[..bytes].to_vec();
            decrypt_unchecked(&key, &[9; NONCE_BYTES], &mut cut);
            assert_eq!(cut, plain[..bytes]);
        }
    }

    /// The expected keys were made by another program from `docs/formats.md`.
    #[test]
    fn derivations_are_frozen() {
        check(Use::NextState, 1, &[], "fe11dcaeba7cb1665cb0b0fef8d7536702cb47518675105bc6c5f92f7a0a56ee");
        check(Use::StepKey, 1, &[], "b5fa453f0ad5d598b2ef4280756e95aae60ea7442b52737ab0b4f57bc3decbbd");
        check(Use::Record, 3, &[0; 18], "26f3c4c4c5e1f79d2d669fc6559858658696f3b0145fe7f66c87accd858e0ce7");
        check(Use::Body, 2, &[0; 16], "da7b7059de170ef04ddc7889f62d40ce729381752ec36f70301dd7bc9938a5c8");
        check(Use::Entry, 3, &[0; 24], "d3d453856aa458e6fa3d3c060e50a5b0e3b9c2f1430addf5bd9362f21f3f31c8");
        check(Use::Pointer, 1, &[], "6ea0bb2f7a24be2a75204b6103821ec8bb82ab127860a639ae7a0770ed43d886");
    }
}
