//! The bytes of the key file. Frozen in `docs/formats.md`, section "Key file".

use kernel::{AccountId, BootId, ItemId, Millis};
use zeroize::Zeroizing;

use crate::crypto::{Cipher, KEY_BYTES, Key, NONCE_BYTES, TAG_BYTES};
use crate::deadlines::Grain;
use crate::leases::Lease;
use crate::master::MASTER_ID_BYTES;

/// The newest version this code reads and writes.
pub(crate) const VERSION: u8 = 2;
/// The version of a file whose preamble was never changed: no master key was rotated, no clock reset.
const VERSION_UNCHANGED: u8 = 1;
/// Bytes of a slot, and of the preamble before the first one.
pub(crate) const SLOT_BYTES: usize = 128;
/// Where the header lies.
pub(crate) const HEADER_SLOT: u32 = 0;

const MAGIC: [u8; 8] = *b"BILLETKY";
const FILE_ID_BYTES: usize = 16;
const OWNER_BYTES: usize = 16;
/// Kind, master key number, two zero bytes, generation, owner.
const CLEAR_BYTES: usize = 1 + 1 + 2 + 8 + OWNER_BYTES;
const PAYLOAD_BYTES: usize = SLOT_BYTES - NONCE_BYTES - CLEAR_BYTES - TAG_BYTES;
const SEALED_AT: usize = NONCE_BYTES + CLEAR_BYTES;
/// Where a slot names the master key that wraps it.
const WRAP_AT: usize = 13;
const _: () = assert!(PAYLOAD_BYTES == 72);

/// The bytes of one slot.
pub(crate) type SlotBytes = [u8; SLOT_BYTES];
/// Which key file: two copies of one file have the same.
pub(crate) type FileId = [u8; FILE_ID_BYTES];

/// The name of a master key.
pub(crate) type MasterId = [u8; MASTER_ID_BYTES];

/// What stands in clear before the slots, the same in all copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preamble {
    pub(crate) file: FileId,
    /// The master key that wraps the slots; while a rotation is under way, the old one.
    pub(crate) master: MasterId,
    /// The number in the slots it wraps: 0 until the first rotation.
    pub(crate) number: u8,
    /// The master key that a rotation under way wraps them with. Its number is the next one.
    pub(crate) next: Option<MasterId>,
    /// How often this was changed. Of two preambles of one file the one with more changes counts.
    pub(crate) changes: u32,
}

/// A master key ready to wrap slots, and the number they will carry.
pub(crate) struct Wrap {
    pub(crate) number: u8,
    pub(crate) cipher: Cipher,
}

/// The master keys that wrap the slots of a file: one, or two while a rotation is under way.
pub(crate) struct Wraps(pub(crate) Vec<Wrap>);

impl Wraps {
    /// Unwraps slot `number` with the master key it names; `None` as for [`Content::decode`].
    pub(crate) fn decode(&self, bytes: &SlotBytes, file: &FileId, number: u32) -> Option<(u64, Content)> {
        let wrap = self.0.iter().find(|wrap| wrap.number == bytes[WRAP_AT])?;
        Content::decode(bytes, &wrap.cipher, file, number)
    }
}

/// What the first bytes of a file turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    Ours(Preamble),
    OtherVersion(u8),
    Damaged,
}

impl Preamble {
    /// Of a file that is new.
    pub(crate) fn new(file: FileId, master: MasterId) -> Self {
        Self { file, master, number: 0, next: None, changes: 0 }
    }

    /// The number of the master key after this one.
    pub(crate) fn next_number(&self) -> u8 {
        self.number.wrapping_add(1)
    }

    pub(crate) fn encode(&self) -> SlotBytes {
        let mut bytes = [0; SLOT_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8] = if self.changes == 0 { VERSION_UNCHANGED } else { VERSION };
        bytes[12..16].copy_from_slice(&(SLOT_BYTES as u32).to_le_bytes());
        bytes[16..32].copy_from_slice(&self.file);
        bytes[32..40].copy_from_slice(&self.master);
        bytes[40] = self.number;
        bytes[41] = u8::from(self.next.is_some());
        bytes[44..48].copy_from_slice(&self.changes.to_le_bytes());
        bytes[48..56].copy_from_slice(&self.next.unwrap_or_default());
        let sum = crc32c::crc32c(&bytes[..124]);
        bytes[124..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }
}

impl Identity {
    /// Magic, version byte and checksum lie in the same places in every version.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let Some(bytes) = bytes.first_chunk::<SLOT_BYTES>() else { return Self::Damaged };
        if bytes[..8] != MAGIC || crc32c::crc32c(&bytes[..124]).to_le_bytes() != bytes[124..] {
            return Self::Damaged;
        }
        if !(VERSION_UNCHANGED..=VERSION).contains(&bytes[8]) {
            return Self::OtherVersion(bytes[8]);
        }
        Self::Ours(Preamble {
            file: array(&bytes[16..32]),
            master: array(&bytes[32..40]),
            number: bytes[40],
            next: (bytes[41] != 0).then(|| array(&bytes[48..56])),
            changes: u32::from_le_bytes(array(&bytes[44..48])),
        })
    }
}

/// Slot 0: what the file says about itself and about time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Durable key steps so far.
    pub(crate) step: u64,
    /// The highest batch of the lease log known durable at that step.
    pub(crate) batches: u64,
    /// Effective time of that step.
    pub(crate) at: Millis,
    /// The boot it was written in, and that boot's clock.
    pub(crate) boot: BootId,
    pub(crate) boot_ms: i64,
    /// Slots in use or free, this one included; what lies behind them is an unfinished extension.
    pub(crate) slots: u32,
    /// How often all roots were drawn anew because the clock had been wrong, modulo 256.
    pub(crate) drawing: u8,
}

/// What a slot holds.
#[derive(Clone)]
pub(crate) enum Content {
    Free,
    Header(Header),
    /// The key of blind indexes and other keyed hashes.
    HashKey(Key),
    /// A root of deadline keys, stepped forward `position` times.
    Root {
        grain: Grain,
        index: i64,
        position: u32,
        state: Key,
    },
    /// A lease key, and for how long it has been held beyond its time so far.
    Lease {
        lease: Lease,
        key: Key,
        held_ms: i64,
    },
    /// An account's key. `born` is the generation it was written in: a later account in the same slot has another.
    Account {
        id: AccountId,
        key: Key,
        born: u64,
    },
    /// A long-lived item's key.
    Item {
        id: ItemId,
        key: Key,
        born: u64,
    },
}

/// The kinds of slots as they are written.
mod kind {
    pub(super) const FREE: u8 = 0;
    pub(super) const HEADER: u8 = 1;
    pub(super) const HASH_KEY: u8 = 2;
    pub(super) const HOUR_ROOT: u8 = 3;
    pub(super) const DAY_ROOT: u8 = 4;
    pub(super) const LEASE: u8 = 5;
    pub(super) const ACCOUNT: u8 = 6;
    pub(super) const ITEM: u8 = 7;
}

type Payload = Zeroizing<[u8; PAYLOAD_BYTES]>;

impl Content {
    /// Wraps this for slot `number` of `file`.
    pub(crate) fn encode(
        &self,
        wrap: &Wrap,
        nonce: [u8; NONCE_BYTES],
        file: &FileId,
        number: u32,
        generation: u64,
    ) -> SlotBytes {
        let (kind, owner, mut payload) = self.parts();
        let mut bytes = [0; SLOT_BYTES];
        bytes[..NONCE_BYTES].copy_from_slice(&nonce);
        bytes[12] = kind;
        bytes[WRAP_AT] = wrap.number;
        bytes[16..24].copy_from_slice(&generation.to_le_bytes());
        bytes[24..40].copy_from_slice(&owner);
        let aad = associated_data(file, number, &bytes);
        let tag = wrap.cipher.seal(nonce, &aad, payload.as_mut_slice());
        bytes[SEALED_AT..SLOT_BYTES - TAG_BYTES].copy_from_slice(payload.as_slice());
        bytes[SLOT_BYTES - TAG_BYTES..].copy_from_slice(&tag);
        bytes
    }

    /// Unwraps slot `number` of `file`; `None` when it is torn, damaged or not of this place.
    pub(crate) fn decode(bytes: &SlotBytes, master: &Cipher, file: &FileId, number: u32) -> Option<(u64, Self)> {
        let aad = associated_data(file, number, bytes);
        let mut sealed = Zeroizing::new([0; PAYLOAD_BYTES + TAG_BYTES]);
        sealed.copy_from_slice(&bytes[SEALED_AT..]);
        let payload = master.open(&bytes[..NONCE_BYTES], &aad, sealed.as_mut_slice())?;
        let generation = u64::from_le_bytes(array(&bytes[16..24]));
        Self::from_parts(bytes[12], array(&bytes[24..40]), payload).map(|content| (generation, content))
    }

    fn parts(&self) -> (u8, [u8; OWNER_BYTES], Payload) {
        match self {
            Self::Free => (kind::FREE, [0; OWNER_BYTES], Payload::new([0; PAYLOAD_BYTES])),
            Self::Header(header) => (kind::HEADER, [0; OWNER_BYTES], header.payload()),
            Self::HashKey(key) => (kind::HASH_KEY, [0; OWNER_BYTES], key_payload(key, 0)),
            Self::Root { grain: Grain::Hour, index, position, state } => {
                (kind::HOUR_ROOT, number_owner(*index), key_payload(state, (*position).into()))
            }
            Self::Root { grain: Grain::Day, index, position, state } => {
                (kind::DAY_ROOT, number_owner(*index), key_payload(state, (*position).into()))
            }
            Self::Lease { lease, key, held_ms } => {
                (kind::LEASE, number_owner(lease.0), key_payload(key, u64::try_from(*held_ms).unwrap_or_default()))
            }
            Self::Account { id, key, born } => (kind::ACCOUNT, id.to_bytes(), key_payload(key, *born)),
            Self::Item { id, key, born } => (kind::ITEM, id.to_bytes(), key_payload(key, *born)),
        }
    }

    fn from_parts(kind: u8, owner: [u8; OWNER_BYTES], payload: &[u8]) -> Option<Self> {
        let key = || Key::new(array(&payload[..KEY_BYTES]));
        let number = u64::from_le_bytes(array(&payload[KEY_BYTES..KEY_BYTES + 8]));
        let index = i64::from_le_bytes(array(&owner[..8]));
        let root = |grain: Grain| {
            let position = u32::try_from(number).ok().filter(|position| *position <= grain.steps())?;
            Some(Self::Root { grain, index, position, state: key() })
        };
        Some(match kind {
            kind::FREE => Self::Free,
            kind::HEADER => Self::Header(Header::from_payload(payload)),
            kind::HASH_KEY => Self::HashKey(key()),
            kind::HOUR_ROOT => root(Grain::Hour)?,
            kind::DAY_ROOT => root(Grain::Day)?,
            kind::LEASE => Self::Lease { lease: Lease(index), key: key(), held_ms: i64::try_from(number).ok()? },
            kind::ACCOUNT => Self::Account { id: AccountId::from_bytes(owner), key: key(), born: number },
            kind::ITEM => Self::Item { id: ItemId::from_bytes(owner), key: key(), born: number },
            _ => return None,
        })
    }
}

impl Header {
    fn payload(&self) -> Payload {
        let mut payload = Payload::new([0; PAYLOAD_BYTES]);
        payload[..8].copy_from_slice(&self.step.to_le_bytes());
        payload[8..16].copy_from_slice(&self.batches.to_le_bytes());
        payload[16..24].copy_from_slice(&self.at.0.to_le_bytes());
        payload[24..40].copy_from_slice(&self.boot.0);
        payload[40..48].copy_from_slice(&self.boot_ms.to_le_bytes());
        payload[48..52].copy_from_slice(&self.slots.to_le_bytes());
        payload[52] = self.drawing;
        payload
    }

    fn from_payload(payload: &[u8]) -> Self {
        Self {
            step: u64::from_le_bytes(array(&payload[..8])),
            batches: u64::from_le_bytes(array(&payload[8..16])),
            at: Millis(i64::from_le_bytes(array(&payload[16..24]))),
            boot: BootId(array(&payload[24..40])),
            boot_ms: i64::from_le_bytes(array(&payload[40..48])),
            slots: u32::from_le_bytes(array(&payload[48..52])),
            drawing: payload[52],
        }
    }
}

/// File, slot number, and what stands in clear in the slot.
fn associated_data(file: &FileId, number: u32, slot: &SlotBytes) -> [u8; FILE_ID_BYTES + 4 + CLEAR_BYTES] {
    let mut aad = [0; FILE_ID_BYTES + 4 + CLEAR_BYTES];
    aad[..16].copy_from_slice(file);
    aad[16..20].copy_from_slice(&number.to_le_bytes());
    aad[20..].copy_from_slice(&slot[NONCE_BYTES..SEALED_AT]);
    aad
}

fn key_payload(key: &Key, number: u64) -> Payload {
    let mut payload = Payload::new([0; PAYLOAD_BYTES]);
    payload[..KEY_BYTES].copy_from_slice(key.bytes());
    payload[KEY_BYTES..KEY_BYTES + 8].copy_from_slice(&number.to_le_bytes());
    payload
}

fn number_owner(number: i64) -> [u8; OWNER_BYTES] {
    let mut owner = [0; OWNER_BYTES];
    owner[..8].copy_from_slice(&number.to_le_bytes());
    owner
}

/// The bytes of a slice whose length is known.
pub(crate) fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice was cut to this length")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by another program from `docs/formats.md`.
    const ACCOUNT_SLOT: &str = "090909090909090909090909060000000300000000000000101112131415161718191a1b1c1d1e1f\
        26848595bff1c060a163ca39e7eba2ded5b162f235eff6c16eaf47a7d475007bd1e5e7c3e2522a107fb3a5164434e3d47c549e941294ae4e656f\
        019756167a8e6c7f880e8926eca395d584cc007c93a82fc8dabc91b36750";

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn numbers<const N: usize>(first: u8) -> [u8; N] {
        std::array::from_fn(|at| first + u8::try_from(at).unwrap())
    }

    #[test]
    fn the_bytes_of_a_slot_are_frozen() {
        let account = AccountId::from_bytes(numbers(16));
        let content = Content::Account { id: account, key: Key::new([1; KEY_BYTES]), born: 2 };
        let wrap = Wrap { number: 0, cipher: Cipher::new(&Key::new([7; KEY_BYTES])) };
        let master = &wrap.cipher;
        let bytes = content.encode(&wrap, [9; NONCE_BYTES], &numbers(0), 5, 3);
        assert_eq!(hex(&bytes), ACCOUNT_SLOT);
        let read = Content::decode(&bytes, master, &numbers(0), 5);
        assert!(matches!(read, Some((3, Content::Account { id, born: 2, .. })) if id == account));
        assert!(Content::decode(&bytes, master, &numbers(0), 6).is_none(), "another slot");
        assert!(Content::decode(&bytes, master, &numbers(1), 5).is_none(), "another file");
        for bit in 0..SLOT_BYTES * 8 {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(Content::decode(&changed, master, &numbers(0), 5).is_none(), "bit {bit}");
        }
    }

    #[test]
    fn every_kind_of_slot_is_read_as_it_was_written() {
        let key = || Key::new([3; KEY_BYTES]);
        let header =
            Header { step: 1, batches: 2, at: Millis(-3), boot: BootId([4; 16]), boot_ms: 5, slots: 6, drawing: 7 };
        let contents = [
            Content::Free,
            Content::Header(header),
            Content::HashKey(key()),
            Content::Root { grain: Grain::Hour, index: -7, position: 240, state: key() },
            Content::Root { grain: Grain::Day, index: 8, position: 2_880, state: key() },
            Content::Lease { lease: Lease(9), key: key(), held_ms: 10 },
            Content::Account { id: AccountId::from_bytes([11; 16]), key: key(), born: 12 },
            Content::Item { id: ItemId::from_bytes([13; 16]), key: key(), born: 14 },
        ];
        let wrap = Wrap { number: 200, cipher: Cipher::new(&key()) };
        for (kind, content) in contents.iter().enumerate() {
            let bytes = content.encode(&wrap, [0; NONCE_BYTES], &[0; 16], 0, 1);
            assert_eq!((usize::from(bytes[12]), bytes[13]), (kind, 200));
            let (_, read) = Content::decode(&bytes, &wrap.cipher, &[0; 16], 0).unwrap();
            let (written, read) = (content.parts(), read.parts());
            assert!(written.0 == read.0 && written.1 == read.1 && *written.2 == *read.2, "kind {kind}");
        }
    }

    #[test]
    fn the_preamble_is_known_by_its_magic_version_and_sum() {
        let preamble = Preamble::new(numbers(0), numbers(100));
        let bytes = preamble.encode();
        assert_eq!(&bytes[..9], b"BILLETKY\x01");
        assert_eq!(Identity::decode(&bytes), Identity::Ours(preamble));
        assert!(bytes[40..124].iter().all(|byte| *byte == 0), "an unchanged file is one of version 1");
        let changed = Preamble { number: 1, next: Some(numbers(200)), changes: 3, ..preamble };
        assert_eq!(&changed.encode()[..9], b"BILLETKY\x02");
        assert_eq!(Identity::decode(&changed.encode()), Identity::Ours(changed));
        for bit in 0..SLOT_BYTES * 8 {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Identity::decode(&changed), Identity::Damaged, "bit {bit}");
        }
    }
}
