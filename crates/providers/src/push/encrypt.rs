//! Encryption for a browser: RFC 8291 over RFC 8188, one record.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

use super::BrowserKeys;

/// The record size in the header: all fits into one record.
pub const RECORD_BYTES: u32 = 4096;
const TAG_BYTES: usize = 16;
/// Salt, record size, length of the key, the key.
const HEADER_BYTES: usize = 16 + 4 + 1 + 65;

/// Why nothing was encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The browser's key is no point of the curve, or the secret is none.
    #[error("a key of this push is not on the curve")]
    Key,
    /// More than one record.
    #[error("a push has at most {} bytes", RECORD_BYTES as usize - TAG_BYTES - 1)]
    TooLong,
}

/// Encrypts a push for a browser. `secret` is a fresh private key on P-256, `salt` fresh too; what is shorter than
/// `pad_to` is padded, so that its length tells nothing.
pub fn encrypt(
    to: &BrowserKeys,
    plain: &[u8],
    pad_to: usize,
    secret: &[u8; 32],
    salt: [u8; 16],
) -> Result<Vec<u8>, EncryptError> {
    let length = plain.len().max(pad_to) + 1;
    if length + TAG_BYTES > RECORD_BYTES as usize {
        return Err(EncryptError::TooLong);
    }
    let mine = PrivateKey::from_private_key(&ECDH_P256, secret).map_err(|_| EncryptError::Key)?;
    let public = mine.compute_public_key().map_err(|_| EncryptError::Key)?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &to.p256dh);
    let shared: [u8; 32] = agreement::agree(&mine, theirs, EncryptError::Key, |shared| {
        let extracted = Salt::new(HKDF_SHA256, &to.auth).extract(shared);
        expand(&extracted, &[b"WebPush: info\0", &to.p256dh, public.as_ref()])
    })?;
    let extracted = Salt::new(HKDF_SHA256, &salt).extract(&shared);
    let key: [u8; 16] = expand(&extracted, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = expand(&extracted, &[b"Content-Encoding: nonce\0"])?;

    let mut record = Vec::with_capacity(length + TAG_BYTES);
    record.extend_from_slice(plain);
    // The mark of the last record; the rest is padding.
    record.push(2);
    record.resize(length, 0);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(|_| EncryptError::Key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
        .map_err(|_| EncryptError::Key)?;

    let mut body = Vec::with_capacity(HEADER_BYTES + record.len());
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD_BYTES.to_be_bytes());
    body.push(65);
    body.extend_from_slice(public.as_ref());
    body.extend_from_slice(&record);
    Ok(body)
}

struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(extracted: &Prk, info: &[&[u8]]) -> Result<[u8; N], EncryptError> {
    let mut out = [0; N];
    let expanded = extracted.expand(info, Bytes(N)).map_err(|_| EncryptError::Key)?;
    expanded.fill(&mut out).map_err(|_| EncryptError::Key)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::{pack, unpack};

    fn keys() -> BrowserKeys {
        BrowserKeys {
            p256dh: unpack("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
                .unwrap(),
            auth: unpack("BTBZMqHH6r4Tts7J_aSIgg").unwrap(),
        }
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out_byte_for_byte() {
        let secret = unpack("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").unwrap();
        let salt = unpack("DGv6ra1nlYgDCS1FRnbzlw").unwrap();
        let plain = b"When I grow up, I want to be a watermelon";
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6\
            TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(pack(&encrypt(&keys(), plain, 0, &secret, salt).unwrap()), expected);
    }

    #[test]
    fn everything_short_has_the_same_length_and_what_is_too_long_is_refused() {
        let length = |plain: &[u8]| encrypt(&keys(), plain, 100, &[1; 32], [0; 16]).map(|body| body.len());
        assert_eq!(length(b"a"), length(b"something longer"));
        assert_eq!(length(&[0; 4096]), Err(EncryptError::TooLong));
    }

    #[test]
    fn what_is_no_point_of_the_curve_is_no_key() {
        let mut bad = keys();
        bad.p256dh[40] ^= 1;
        assert_eq!(encrypt(&bad, b"", 0, &[1; 32], [0; 16]), Err(EncryptError::Key));
        assert!(BrowserKeys::parse(&pack(&bad.p256dh), "BTBZMqHH6r4Tts7J_aSIgg").is_none());
        assert!(BrowserKeys::parse(&pack(&keys().p256dh), "BTBZMqHH6r4Tts7J_aSIgg==").is_some());
        assert!(BrowserKeys::parse(&pack(&keys().p256dh), "BTBZMqHH").is_none());
    }
}
