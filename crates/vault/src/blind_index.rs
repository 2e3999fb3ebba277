//! The blind index: looking up a number or a handle without storing it.

use aws_lc_rs::hmac;
use kernel::AccountId;
use zeroize::Zeroizing;

use crate::Vault;
use crate::boxes::{self, BoxKind, Reader};
use crate::crypto::{Cipher, Key, NONCE_BYTES, TAG_BYTES, Use, derive};

/// Magic, slot, birth.
pub(crate) const CLEAR_BYTES: usize = 4 + 4 + 8;
const ID_BYTES: usize = 16;

/// The account has no key, so nothing can point at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("account {0} has no key: it was deleted, or never created")]
pub struct PointerError(pub AccountId);

impl Vault {
    /// A keyed hash (HMAC-SHA-256) of a number, a token, a code; `domain` keeps uses apart. Without the key file nobody can
    /// try numbers against it.
    pub fn keyed_hash(&self, domain: &str, bytes: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.keys().hash_key.bytes());
        let mut context = hmac::Context::with_key(&key);
        context.update(&(domain.len() as u64).to_le_bytes());
        context.update(domain.as_bytes());
        context.update(bytes);
        context.sign().as_ref().try_into().expect("SHA-256 gives 32 bytes")
    }

    /// The value of a blind index: names only a slot and its birth in clear, so that after the account's deletion an old
    /// backup leads nowhere.
    pub fn seal_pointer(&self, account: AccountId) -> Result<Vec<u8>, PointerError> {
        let (key, slot, born) = {
            let keys = self.keys();
            let held = keys.accounts.get(&account).ok_or(PointerError(account))?;
            (pointer_key(&held.key), held.slot, held.born)
        };
        let nonce = self.nonces.next();
        let mut sealed = Vec::with_capacity(CLEAR_BYTES + NONCE_BYTES + ID_BYTES + TAG_BYTES);
        sealed.extend_from_slice(&boxes::magic(BoxKind::Pointer));
        sealed.extend_from_slice(&slot.to_le_bytes());
        sealed.extend_from_slice(&born.to_le_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&account.to_bytes());
        let (clear, rest) = sealed.split_at_mut(CLEAR_BYTES);
        let tag = Cipher::new(&key).seal(nonce, clear, &mut rest[NONCE_BYTES..]);
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Whom a pointer leads to; `None` when that account is gone or the bytes are not a pointer.
    pub fn open_pointer(&self, sealed: &[u8]) -> Option<AccountId> {
        boxes::check(sealed, BoxKind::Pointer).ok()?;
        let mut reader = Reader::after_magic(sealed)?;
        let slot = u32::from_le_bytes(reader.take()?);
        let born = u64::from_le_bytes(reader.take()?);
        let (account, key) = {
            let keys = self.keys();
            let (account, held) = keys.account_in(slot, born)?;
            (account, pointer_key(&held.key))
        };
        open_pointer_with(sealed, &key).filter(|found| *found == account)
    }
}

pub(crate) fn pointer_key(account: &Key) -> Key {
    derive(Use::Pointer, &[account], &[])
}

pub(crate) fn open_pointer_with(sealed: &[u8], key: &Key) -> Option<AccountId> {
    let (aad, rest) = sealed.split_at_checked(CLEAR_BYTES)?;
    let (nonce, rest) = rest.split_at_checked(NONCE_BYTES)?;
    let mut content = Zeroizing::new([0; ID_BYTES + TAG_BYTES]);
    (rest.len() == content.len()).then(|| content.copy_from_slice(rest))?;
    let plain = Cipher::new(key).open(nonce, aad, content.as_mut_slice())?;
    Some(AccountId::from_bytes((&*plain).try_into().ok()?))
}
