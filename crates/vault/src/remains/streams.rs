//! Sealed boxes whose end is not known: decrypted from where the content begins, for as far as there are bytes.

use kernel::MessageId;
use zeroize::Zeroizing;

use super::{RemainingKeys, held, put};
use crate::blind_index::{CLEAR_BYTES as POINTER_CLEAR_BYTES, pointer_key};
use crate::boxes::{self, BoxKind, Reader};
use crate::crypto::{KEY_BYTES, Key, NONCE_BYTES, decrypt_unchecked};
use crate::deadlines::Grain;
use crate::messages::{BODY_CLEAR_BYTES, BodyAddress, BodyKey, ENTRY_CLEAR_BYTES, EntryAddress};
use crate::records::Clear;

/// What one key makes of the bytes behind a magic number. With the right key, the box's content; behind its end, and with a
/// wrong key, noise.
pub struct Opened {
    /// `record`, `body` or `pointer`.
    pub kind: &'static str,
    /// The number of its row in the policy; a pointer has none.
    pub row: Option<u16>,
    /// The keys that were needed: `account + step`.
    pub keys: String,
    /// Where the content begins, counted from the magic number.
    pub content_at: usize,
    /// The content, and noise.
    pub plain: Zeroizing<Vec<u8>>,
}

/// The clear part of a box, as far as it makes sense.
enum Head {
    Record(Clear),
    Body(BodyAddress),
    Entry(EntryAddress),
    Pointer { slot: u32, born: u64 },
}

impl Head {
    fn of(bytes: &[u8]) -> Option<Self> {
        match boxes::kind_of(bytes)? {
            BoxKind::Record => Clear::fields(bytes).filter(is_sensible).map(Self::Record),
            BoxKind::Body => BodyAddress::fields(bytes).map(Self::Body),
            BoxKind::Entry => EntryAddress::fields(bytes).map(Self::Entry),
            BoxKind::Pointer => {
                let mut reader = Reader::after_magic(bytes)?;
                let slot = u32::from_le_bytes(reader.take()?);
                Some(Self::Pointer { slot, born: u64::from_le_bytes(reader.take()?) })
            }
        }
    }
}

fn is_sensible(clear: &Clear) -> bool {
    policy::by_number(clear.row).is_some()
}

/// Whether a sealed box begins here: its magic number, and an address behind it that could be one.
pub fn is_box(bytes: &[u8]) -> bool {
    Head::of(bytes).is_some()
}

impl RemainingKeys {
    /// Notes the body's key in an entry that begins here, for every key that could have sealed it; whole or cut, its tag is
    /// not looked at. True when there was one.
    pub fn learn(&mut self, bytes: &[u8]) -> bool {
        let Some(Head::Entry(address)) = Head::of(bytes) else { return false };
        let keys = self.entry_keys(&address);
        for key in &keys {
            let Some(plain) = decrypt(bytes, ENTRY_CLEAR_BYTES, key, KEY_BYTES) else { return false };
            let Ok(own) = <[u8; KEY_BYTES]>::try_from(plain.as_slice()) else { return false };
            put(&mut self.bodies, address.message, Key::new(own));
        }
        !keys.is_empty()
    }

    /// Whether any body's key was learned.
    pub fn knows_bodies(&self) -> bool {
        !self.bodies.is_empty()
    }

    /// What every key that could have sealed the box that begins here makes of the bytes up to the end of `bytes`: the content
    /// of the box, when one of them is right, wherever the box ends. Entries hold nothing but keys, and are not opened here.
    pub fn streams(&self, bytes: &[u8]) -> Vec<Opened> {
        let Some(head) = Head::of(bytes) else { return Vec::new() };
        let (kind, row, names, content_at, keys) = match head {
            Head::Record(clear) => {
                let steps = clear.step().map_or_else(Vec::new, |step| self.step_keys(step));
                ("record", Some(clear.row), names(&clear), clear.bytes, self.record_keys(&clear, &steps))
            }
            Head::Body(address) => {
                let row = u16::from_le_bytes([bytes[4], bytes[5]]);
                ("body", Some(row), "sender + body".to_owned(), BODY_CLEAR_BYTES, self.body_keys(&address))
            }
            Head::Pointer { slot, born } => {
                let keys = held(&self.slots, &(slot, born)).iter().map(pointer_key).collect();
                ("pointer", None, "account".to_owned(), POINTER_CLEAR_BYTES, keys)
            }
            Head::Entry(_) => return Vec::new(),
        };
        let plain = keys.iter().filter_map(|key| decrypt(bytes, content_at, key, usize::MAX));
        let content_at = content_at + NONCE_BYTES;
        plain.map(|plain| Opened { kind, row, keys: names.clone(), content_at, plain }).collect()
    }

    fn body_keys(&self, address: &BodyAddress) -> Vec<Key> {
        let own: &[Key] = held::<MessageId, _>(&self.bodies, &address.message);
        let senders = held(&self.accounts, &address.sender);
        own.iter()
            .map(|own| BodyKey(own.clone()))
            .flat_map(|own| senders.iter().map(move |sender| address.key_from(&own, sender)))
            .collect()
    }
}

/// The names of the keys a record lives under.
fn names(clear: &Clear) -> String {
    let parts = [
        clear.owner.map(|_| "account"),
        clear.item.map(|_| "item"),
        clear.grain.map(|grain| if grain == Grain::Hour { "hour step" } else { "day step" }),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" + ")
}

/// Up to `max` bytes of content behind an address of `clear` bytes; `None` when not even the nonce is there.
fn decrypt(bytes: &[u8], clear: usize, key: &Key, max: usize) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, content) = bytes.get(clear..)?.split_first_chunk::<NONCE_BYTES>()?;
    let mut plain = Zeroizing::new(content[..content.len().min(max)].to_vec());
    decrypt_unchecked(key, nonce, &mut plain);
    Some(plain)
}
