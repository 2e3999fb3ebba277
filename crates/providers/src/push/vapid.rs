//! Who pushes: the server's own key pair and the tokens it signs (RFC 8292).

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use kernel::{DAY_MS, Millis, SECOND_MS};

use super::pack;

/// How long a token is good: push services take up to a day, and clocks differ.
const TOKEN_MS: i64 = DAY_MS / 2;
/// `{"typ":"JWT","alg":"ES256"}`
const TOKEN_HEAD: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9";
/// Of 2^32 numbers of 32 bytes, about one is no key of this curve; twice in a row does not happen.
const DRAWS: u32 = 8;

/// There is no key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key pair for pushes cannot be made")]
pub struct VapidError;

/// The key pair by which push services know this server. It has no Debug: its secret never reaches a log.
pub struct Vapid {
    pair: EcdsaKeyPair,
    public: [u8; 65],
    subject: String,
}

impl Vapid {
    /// The key pair of a secret, which `draw` gives anew for each number until it is one. `subject` is how a push service
    /// reaches the operator: a `mailto:` or `https:` address.
    pub fn of(draw: impl Fn(u32) -> [u8; 32], subject: String) -> Result<Self, VapidError> {
        for number in 0..DRAWS {
            let secret = draw(number);
            let Ok(key) = PrivateKey::from_private_key(&ECDH_P256, &secret) else { continue };
            let public = key.compute_public_key().map_err(|_| VapidError)?;
            let alg = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair = EcdsaKeyPair::from_private_key_and_public_key(alg, &secret, public.as_ref());
            let pair = pair.map_err(|_| VapidError)?;
            return Ok(Self { pair, public: public.as_ref().try_into().map_err(|_| VapidError)?, subject });
        }
        Err(VapidError)
    }

    /// What a browser subscribes with: the public key in base64url.
    pub fn public_key(&self) -> String {
        pack(&self.public)
    }

    /// The value of `Authorization` for a push to `origin`.
    pub(super) fn authorization(&self, origin: &str, now: Millis) -> Result<String, VapidError> {
        let expires_s = (now.0 + TOKEN_MS) / SECOND_MS;
        let claims = serde_json::json!({ "aud": origin, "exp": expires_s, "sub": self.subject });
        let token = format!("{TOKEN_HEAD}.{}", pack(claims.to_string().as_bytes()));
        let signature = self.pair.sign_digest(&digest(&SHA256, token.as_bytes())).map_err(|_| VapidError)?;
        Ok(format!("vapid t={token}.{}, k={}", pack(signature.as_ref()), self.public_key()))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn vapid() -> Vapid {
        // The first two are no keys: zero, and more than the order of the curve.
        let draws = [[0; 32], [255; 32], [7; 32]];
        Vapid::of(|number| draws[number as usize], "mailto:ops@example.org".into()).unwrap()
    }

    #[test]
    fn a_token_is_signed_for_one_push_service_and_half_a_day() {
        let vapid = vapid();
        let now = Millis(1_800_000_000_000);
        let header = vapid.authorization("https://push.example", now).unwrap();
        let (token, key) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(key, vapid.public_key());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, vapid.public);
        public.verify(signed.as_bytes(), &signature).unwrap();
        assert!(public.verify(b"something else", &signature).is_err());
        let (head, claims) = signed.split_once('.').unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(head).unwrap(), br#"{"typ":"JWT","alg":"ES256"}"#);
        let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!(claims["aud"], "https://push.example");
        assert_eq!(claims["exp"], 1_800_000_000 + 12 * 3_600);
        assert_eq!(claims["sub"], "mailto:ops@example.org");
    }

    #[test]
    fn the_same_secret_is_the_same_key() {
        assert_eq!(vapid().public_key(), vapid().public_key());
        assert_eq!(vapid().public_key().len(), 87);
        assert!(Vapid::of(|_| [0; 32], String::new()).is_err());
    }
}
