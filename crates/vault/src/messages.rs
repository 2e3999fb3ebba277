//! Messages in flight: a body under its own key, and per recipient an entry that holds the body's key.
//!
//! The body opens exactly while one entry does. The key of an entry mixes its lease, its recipient's account and the deadline
//! of the message; the key of a body mixes its own random key and the sender's account. Any one of them dead, it is gone.

use kernel::{AccountId, MessageId, Millis};
use policy::{Row, rows};
use zeroize::Zeroizing;

use crate::boxes::{self, BoxKind, Reader};
use crate::crypto::{Cipher, KEY_BYTES, Key, NONCE_BYTES, TAG_BYTES, Use, derive};
use crate::deadlines::{Grain, Step};
use crate::records::{OpenRefused, SealError};
use crate::{Lease, Vault};

/// What every message obeys.
const ROW: &policy::RowInfo = rows::ChatMessage::INFO;
/// Magic, row, sender, message, time of sending.
pub(crate) const BODY_CLEAR_BYTES: usize = 4 + 2 + 16 + 16 + 8;
/// Magic, row, lease, recipient, message, seq, time of sending.
pub(crate) const ENTRY_CLEAR_BYTES: usize = 4 + 2 + 4 + 16 + 16 + 8 + 8;
/// How much longer a sealed body is than the body: 74 bytes.
pub const BODY_OVERHEAD_BYTES: usize = BODY_CLEAR_BYTES + NONCE_BYTES + TAG_BYTES;
/// Bytes of a sealed entry: 118. Its address can be read from it, so it need not be stored beside it.
pub const ENTRY_BOX_BYTES: usize = ENTRY_CLEAR_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES;
const _: () = assert!(BODY_OVERHEAD_BYTES == 74 && ENTRY_BOX_BYTES == 118);

/// Which body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BodyAddress {
    /// Who sent it.
    pub sender: AccountId,
    /// The message.
    pub message: MessageId,
    /// When; the deadline follows from this and the policy (`CHAT-72H`).
    pub sent_at: Millis,
}

/// Which entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EntryAddress {
    /// The lease it lives under (`CHAT-3H`).
    pub lease: Lease,
    /// Whom it is for.
    pub recipient: AccountId,
    /// The message.
    pub message: MessageId,
    /// Its place in the recipient's inbox.
    pub seq: u64,
    /// When the message was sent.
    pub sent_at: Millis,
}

/// The key of one body. It cannot be printed and wipes itself.
#[derive(Clone)]
pub struct BodyKey(pub(crate) Key);

/// A sealed entry.
pub type EntryBox = [u8; ENTRY_BOX_BYTES];

impl Vault {
    /// Seals a body under a new key of its own.
    pub fn seal_body(&self, address: &BodyAddress, plain: &[u8]) -> Result<(BodyKey, Vec<u8>), SealError> {
        self.must_be_due_later(address.sent_at)?;
        let own = BodyKey(Key::random(self.rng()));
        let key = {
            let keys = self.keys();
            let sender = keys.accounts.get(&address.sender).ok_or(SealError::Gone(address.sender))?;
            address.key_from(&own, &sender.key)
        };
        let nonce = self.nonces.next();
        let mut sealed = Vec::with_capacity(plain.len() + BODY_OVERHEAD_BYTES);
        sealed.extend_from_slice(&address.encode());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (clear, rest) = sealed.split_at_mut(BODY_CLEAR_BYTES);
        let tag = Cipher::new(&key).seal(nonce, clear, &mut rest[NONCE_BYTES..]);
        sealed.extend_from_slice(&tag);
        Ok((own, sealed))
    }

    /// Opens a body with the key that an entry held.
    pub fn open_body(&self, address: &BodyAddress, own: &BodyKey, sealed: &[u8]) -> Result<Vec<u8>, OpenRefused> {
        self.must_not_be_due(address.sent_at)?;
        check_place(BodyAddress::of(sealed)? == *address)?;
        let key = {
            let keys = self.keys();
            let sender = keys.accounts.get(&address.sender).ok_or(OpenRefused::Gone)?;
            address.key_from(own, &sender.key)
        };
        open_body_with(sealed, &key).ok_or(WRONG_KEYS)
    }

    /// Seals a body's key for one recipient, under a lease.
    pub fn seal_entry(&self, address: &EntryAddress, body: &BodyKey) -> Result<EntryBox, SealError> {
        let step = self.must_be_due_later(address.sent_at)?;
        let key = match self.entry_key(address, step) {
            // The first message of an hour may come before the step that draws its lease and its deadline.
            Err(NoEntryKey::Lease | NoEntryKey::Step) => {
                self.step()?;
                self.entry_key(address, step)
            }
            other => other,
        };
        let key = key.map_err(|missing| match missing {
            NoEntryKey::Lease => SealError::LeaseOver(address.lease),
            NoEntryKey::Recipient => SealError::Gone(address.recipient),
            NoEntryKey::Step => SealError::NotDrawn,
        })?;
        let nonce = self.nonces.next();
        let mut sealed = [0; ENTRY_BOX_BYTES];
        sealed[..ENTRY_CLEAR_BYTES].copy_from_slice(&address.encode());
        let (clear, rest) = sealed.split_at_mut(ENTRY_CLEAR_BYTES);
        rest[..NONCE_BYTES].copy_from_slice(&nonce);
        let (content, tag) = rest[NONCE_BYTES..].split_at_mut(KEY_BYTES);
        content.copy_from_slice(body.0.bytes());
        tag.copy_from_slice(&Cipher::new(&key).seal(nonce, clear, content));
        Ok(sealed)
    }

    /// Opens an entry while its lease, its recipient and its deadline live.
    pub fn open_entry(&self, address: &EntryAddress, sealed: &EntryBox) -> Result<BodyKey, OpenRefused> {
        let step = self.must_not_be_due(address.sent_at)?;
        check_place(EntryAddress::of(sealed)? == *address)?;
        let key = self.entry_key(address, step).map_err(|_| OpenRefused::Gone)?;
        open_entry_with(sealed, &key).ok_or(WRONG_KEYS)
    }

    fn entry_key(&self, address: &EntryAddress, step: Step) -> Result<Key, NoEntryKey> {
        let keys = self.keys();
        let lease = keys.leases.get(&address.lease).ok_or(NoEntryKey::Lease)?;
        let recipient = keys.accounts.get(&address.recipient).ok_or(NoEntryKey::Recipient)?;
        let step = keys.step_key(step).ok_or(NoEntryKey::Step)?;
        Ok(address.key_from(&lease.key, &recipient.key, &step))
    }

    fn must_be_due_later(&self, sent_at: Millis) -> Result<Step, SealError> {
        let now = self.now()?;
        let deadline = deadline(sent_at).ok_or(SealError::NoKey { row: ROW.id })?;
        if deadline <= now { Err(SealError::Expired) } else { Ok(Step::new(Grain::Hour, deadline)) }
    }

    fn must_not_be_due(&self, sent_at: Millis) -> Result<Step, OpenRefused> {
        let now = self.now()?;
        let deadline = deadline(sent_at).filter(|deadline| *deadline > now).ok_or(OpenRefused::Expired)?;
        Ok(Step::new(Grain::Hour, deadline))
    }
}

/// Which key of an entry is not there.
enum NoEntryKey {
    Lease,
    Recipient,
    Step,
}

const WRONG_KEYS: OpenRefused = OpenRefused::Damaged("the bytes or the keys are not those it was sealed with");

/// When a message sent at `sent_at` is gone.
pub(crate) fn deadline(sent_at: Millis) -> Option<Millis> {
    ROW.period.deadline(sent_at)
}

impl BodyAddress {
    /// The address that stands in clear in a sealed body.
    pub fn of(sealed: &[u8]) -> Result<Self, OpenRefused> {
        boxes::check(sealed, BoxKind::Body)?;
        let address = Self::fields(sealed).filter(|_| sealed.len() >= BODY_OVERHEAD_BYTES);
        address.ok_or(OpenRefused::Damaged("it is no body of a message"))
    }

    /// The address behind a magic number, whatever follows it.
    pub(crate) fn fields(sealed: &[u8]) -> Option<Self> {
        let mut reader = Reader::after_magic(sealed)?;
        let row = u16::from_le_bytes(reader.take()?);
        let sender = AccountId::from_bytes(reader.take()?);
        let message = MessageId::from_bytes(reader.take()?);
        let sent_at = Millis(i64::from_le_bytes(reader.take()?));
        (row == ROW.number).then_some(Self { sender, message, sent_at })
    }

    fn encode(&self) -> [u8; BODY_CLEAR_BYTES] {
        let mut clear = [0; BODY_CLEAR_BYTES];
        clear[..4].copy_from_slice(&boxes::magic(BoxKind::Body));
        clear[4..6].copy_from_slice(&ROW.number.to_le_bytes());
        clear[6..22].copy_from_slice(&self.sender.to_bytes());
        clear[22..38].copy_from_slice(&self.message.to_bytes());
        clear[38..].copy_from_slice(&self.sent_at.0.to_le_bytes());
        clear
    }

    pub(crate) fn key_from(&self, own: &BodyKey, sender: &Key) -> Key {
        derive(Use::Body, &[&own.0, sender], &self.message.to_bytes())
    }
}

impl EntryAddress {
    /// The address that stands in clear in a sealed entry.
    pub fn of(sealed: &EntryBox) -> Result<Self, OpenRefused> {
        boxes::check(sealed, BoxKind::Entry)?;
        Self::fields(sealed).ok_or(OpenRefused::Damaged("it is no entry of a message"))
    }

    /// The address behind a magic number, whatever follows it.
    pub(crate) fn fields(sealed: &[u8]) -> Option<Self> {
        let mut reader = Reader::after_magic(sealed)?;
        let row = u16::from_le_bytes(reader.take()?);
        let address = Self {
            lease: Lease(u32::from_le_bytes(reader.take()?).into()),
            recipient: AccountId::from_bytes(reader.take()?),
            message: MessageId::from_bytes(reader.take()?),
            seq: u64::from_le_bytes(reader.take()?),
            sent_at: Millis(i64::from_le_bytes(reader.take()?)),
        };
        (row == ROW.number).then_some(address)
    }

    fn encode(&self) -> [u8; ENTRY_CLEAR_BYTES] {
        let mut clear = [0; ENTRY_CLEAR_BYTES];
        clear[..4].copy_from_slice(&boxes::magic(BoxKind::Entry));
        clear[4..6].copy_from_slice(&ROW.number.to_le_bytes());
        // A key exists for hours around now only, so the number fits: 2^32 hours are 490,000 years.
        let lease = u32::try_from(self.lease.0).unwrap_or(u32::MAX);
        clear[6..10].copy_from_slice(&lease.to_le_bytes());
        clear[10..26].copy_from_slice(&self.recipient.to_bytes());
        clear[26..42].copy_from_slice(&self.message.to_bytes());
        clear[42..50].copy_from_slice(&self.seq.to_le_bytes());
        clear[50..].copy_from_slice(&self.sent_at.0.to_le_bytes());
        clear
    }

    pub(crate) fn key_from(&self, lease: &Key, recipient: &Key, step: &Key) -> Key {
        let mut context = [0; 24];
        context[..16].copy_from_slice(&self.message.to_bytes());
        context[16..].copy_from_slice(&self.seq.to_le_bytes());
        derive(Use::Entry, &[lease, recipient, step], &context)
    }
}

fn check_place(same: bool) -> Result<(), OpenRefused> {
    if same { Ok(()) } else { Err(OpenRefused::Damaged("it was sealed for another place")) }
}

pub(crate) fn open_body_with(sealed: &[u8], key: &Key) -> Option<Vec<u8>> {
    let (aad, rest) = sealed.split_at_checked(BODY_CLEAR_BYTES)?;
    let (nonce, rest) = rest.split_at_checked(NONCE_BYTES)?;
    let mut plain = rest.to_vec();
    let count = Cipher::new(key).open(nonce, aad, &mut plain)?.len();
    plain.truncate(count);
    Some(plain)
}

pub(crate) fn open_entry_with(sealed: &EntryBox, key: &Key) -> Option<BodyKey> {
    let (aad, rest) = sealed.split_at(ENTRY_CLEAR_BYTES);
    let (nonce, rest) = rest.split_at(NONCE_BYTES);
    let mut content = Zeroizing::new([0; KEY_BYTES + TAG_BYTES]);
    content.copy_from_slice(rest);
    let plain = Cipher::new(key).open(nonce, aad, content.as_mut_slice())?;
    Some(BodyKey(Key::new((&*plain).try_into().expect("the tag is cut off"))))
}
