//! Storing a message: its body once, an entry per recipient, and the client id by which a repeated send is known.

use std::sync::Arc;

use bytes::Bytes;
use kernel::{AccountId, DeviceId, MessageId, Millis};
use policy::{Permit, purposes, rows};
use serde::{Deserialize, Serialize};
use vault::{Address, BodyAddress, EntryAddress, EntryBox, Lease, OpenRefused, SealError, Vault};

use super::batch::{Batch, COMMIT};
use super::client_ids::IdPlace;
use super::format::{Kind, Name};
use super::index::{EntryKind, Message as IndexMessage};
use super::read::Loaded;
use super::records::{BodyAt, CLIENT_ID_HEAD_BYTES, ClientId, Entry, Message, Record};
use super::{Core, Delivery, Envelope, StopReason, What, times};

/// A message to store.
#[derive(Clone)]
pub struct NewMessage {
    /// Who sends it.
    pub sender: AccountId,
    /// From which device.
    pub device: DeviceId,
    /// What that device calls it; a repeated send with this id is stored once.
    pub client_id: String,
    /// Its id.
    pub message: MessageId,
    /// For whom. The sender among them means nothing: see `sender_copy`.
    pub recipients: Vec<AccountId>,
    /// Keep a copy for the sender's other devices.
    pub sender_copy: bool,
    /// What is passed on.
    pub body: Bytes,
}

/// The answer to a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message as it was stored the first time.
    pub message: MessageId,
    /// When that was.
    pub at: Millis,
    /// Its place in the sender's own inbox.
    pub seq: u64,
    /// It was stored by an earlier send with the same client id.
    pub repeated: bool,
}

/// Why a message is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The client id stands for another content, which is still held.
    #[error("this client id was used for another message; take a new one")]
    IdReused,
    /// No recipient's account is left, or the sender's own is gone.
    #[error("no recipient of this message has an account")]
    NoAccount,
    /// The disk is nearly full: what is left is for acks and passes.
    #[error("the server's disk is nearly full; try again later")]
    StorageFull,
    /// The clock is in doubt.
    #[error("the server's clock is being checked; try again in half a minute")]
    ClockCheck,
    /// The lease log has stopped.
    #[error("the server is stopping after a failure of its disk")]
    Stopped,
}

/// A [`NewMessage`] with the keyed hash of its client id.
pub struct Prepared {
    pub(super) message: NewMessage,
    hash: u128,
}

impl Prepared {
    pub(super) fn new(vault: &Vault, message: NewMessage) -> Self {
        let mut bytes = Vec::with_capacity(32 + message.client_id.len());
        bytes.extend_from_slice(&message.sender.to_bytes());
        bytes.extend_from_slice(&message.device.to_bytes());
        bytes.extend_from_slice(message.client_id.as_bytes());
        let hash = vault.keyed_hash("lease log: client id", &bytes);
        Self { message, hash: u128::from_le_bytes(*hash.first_chunk().expect("32 bytes")) }
    }
}

/// What a repeated send is answered.
#[derive(Serialize, Deserialize)]
struct Answer(MessageId, u64);

policy::stored!(Answer => rows::ChatIdempotency);

fn answer_address(sender: AccountId, hash: u128, at: Millis) -> Address {
    Address { owner: Some(sender), record: hash.to_le_bytes(), started: at }
}

/// Everything that is sealed for a message, before any of it is written.
struct Sealed {
    body: Vec<u8>,
    answer: Vec<u8>,
    sender_seq: u64,
    /// Inbox, account, seq and box of each recipient; the sender's own copy last.
    entries: Vec<(u32, AccountId, u64, EntryBox)>,
    of: u16,
}

impl Core {
    pub(super) fn send(&mut self, batch: &mut Batch, new: Prepared) -> Result<Result<Sent, SendError>, StopReason> {
        if let Some(known) = self.repeated(batch, &new)? {
            return Ok(known);
        }
        if self.space.is_full() {
            return Ok(Err(SendError::StorageFull));
        }
        let sealed = match self.seal_message(batch, &new) {
            Ok(sealed) => sealed,
            Err(SealError::Gone(_)) => return Ok(Err(SendError::NoAccount)),
            Err(SealError::ClockCheck(_)) => return Ok(Err(SendError::ClockCheck)),
            Err(error) => return Err(StopReason::Keys(error.to_string())),
        };
        self.write_message(batch, new, &sealed).map(Ok)
    }

    fn seal_message(&self, batch: &Batch, new: &Prepared) -> Result<Sealed, SealError> {
        let NewMessage { sender, message, recipients, sender_copy, body, .. } = &new.message;
        let at = batch.now;
        let mut accounts: Vec<_> = recipients.iter().copied().filter(|account| account != sender).collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts.retain(|account| self.vault.holds_account(*account));
        if accounts.is_empty() && !(*sender_copy && recipients.iter().all(|account| account == sender)) {
            return Err(SealError::Gone(*sender));
        }
        let (key, body) =
            self.vault.seal_body(&BodyAddress { sender: *sender, message: *message, sent_at: at }, body)?;
        let of = u16::try_from(accounts.len()).expect("a group has far fewer members");
        accounts.extend(sender_copy.then_some(*sender));
        let lease = Lease(self.lease_at(at).into());
        let mut entries = Vec::with_capacity(accounts.len());
        let mut index = self.shared.index_mut();
        let sender_inbox = index.account_or_new(*sender);
        let sender_seq = index.next_seq(sender_inbox, at);
        for recipient in accounts {
            let inbox = index.account_or_new(recipient);
            let seq = if recipient == *sender { sender_seq } else { index.next_seq(inbox, at) };
            let address = EntryAddress { lease, recipient, message: *message, seq, sent_at: at };
            entries.push((inbox, recipient, seq, self.vault.seal_entry(&address, &key)?));
        }
        let answer = Answer(*message, sender_seq);
        let answer = self.vault.seal(&answer, &answer_address(*sender, new.hash, at))?;
        Ok(Sealed { body, answer, sender_seq, entries, of })
    }

    fn write_message(&mut self, batch: &mut Batch, new: Prepared, sealed: &Sealed) -> Result<Sent, StopReason> {
        let Prepared { message: new, hash } = new;
        let (at, hour) = (batch.now, times::hour(batch.now));
        let bodies = self.part(batch, Kind::Bodies, hour)?;
        let ids = self.part(batch, Kind::ClientIds, hour)?;
        let bodies = &mut batch.parts[bodies];
        let bytes = u32::try_from(sealed.body.len()).expect("a body is small");
        let body = BodyAt { hour, number: bodies.name.number, offset: bodies.place().offset, bytes };
        bodies.frame.extend_from_slice(&sealed.body);
        let ids = &mut batch.parts[ids];
        let place = IdPlace { number: ids.name.number, offset: ids.place().offset };
        ClientId { hash, at, sealed: &sealed.answer }.encode(&mut ids.frame);
        self.ids.insert(hour, hash, place);
        let (sender_seq, of) = (sealed.sender_seq, sealed.of);
        let NewMessage { sender, device, message: id, .. } = new;
        let message = Message { id, sender, device, at, sender_seq, body, of, delivered: 0 };
        let message_at = batch.parts[COMMIT].message(&message);
        let mut index = self.shared.index_mut();
        let sender_inbox = index.account_or_new(sender);
        let number = index.add_message(IndexMessage::new(id, at, sender_inbox, of, 0));
        let lease = batch.parts[COMMIT].name.hour;
        let envelope = Envelope { message: id, from: sender, from_device: device, at, body: new.body.clone() };
        let envelope = Arc::new(envelope);
        for &(inbox, recipient, seq, sealed) in &sealed.entries {
            let own_copy = recipient == sender;
            let until = if own_copy { times::until(at).max(lease) } else { 0 };
            let commit = &mut batch.parts[COMMIT];
            let place = commit.place();
            Record::Entry(Entry { message_at, own_copy, until, sealed }).encode(&mut commit.frame);
            let kind = if own_copy { EntryKind::OwnCopy } else { EntryKind::Envelope };
            let entry = index.add_entry(inbox, seq, number, kind, place);
            index.entries[entry].set_until(until);
            batch.fresh.push(entry);
            batch.seq_max = batch.seq_max.max(seq);
            batch.told.push((recipient, Delivery { seq, message: id, what: What::Envelope(Arc::clone(&envelope)) }));
        }
        batch.seq_max = batch.seq_max.max(sender_seq);
        let sent = Sent { message: id, at, seq: sender_seq, repeated: false };
        batch.ids.insert(hash, (sent, new.body));
        Ok(sent)
    }

    /// The answer to a client id that is known; `None` for a new one.
    fn repeated(&self, batch: &Batch, new: &Prepared) -> Result<Option<Result<Sent, SendError>>, StopReason> {
        if let Some((sent, body)) = batch.ids.get(&new.hash) {
            let same = *body == new.message.body;
            return Ok(Some(if same { Ok(Sent { repeated: true, ..*sent }) } else { Err(SendError::IdReused) }));
        }
        for (hour, place) in self.ids.find(new.hash)? {
            let (at, sealed) = self.load_id(hour, place, new.hash)?;
            if times::client_id_deadline(at) <= batch.now {
                continue;
            }
            let permit = Permit::<rows::ChatIdempotency>::to::<purposes::ProvideChat>();
            let address = answer_address(new.message.sender, new.hash, at);
            let answer = match self.vault.open_record::<Answer>(&sealed, &address, permit) {
                Ok(answer) => Sent { message: answer.0, at, seq: answer.1, repeated: true },
                Err(OpenRefused::Expired | OpenRefused::Gone) => continue,
                Err(OpenRefused::ClockCheck(_)) => return Ok(Some(Err(SendError::ClockCheck))),
                Err(OpenRefused::Damaged(_)) => {
                    return Err(StopReason::Damaged { what: format!("a client id of account {}", new.message.sender) });
                }
            };
            let other = self.held_body(answer.message)?.is_some_and(|body| body != new.message.body);
            return Ok(Some(if other { Err(SendError::IdReused) } else { Ok(answer) }));
        }
        Ok(None)
    }

    /// The record of a client id: when it was first seen, and what is sealed.
    fn load_id(&self, hour: u32, place: IdPlace, hash: u128) -> Result<(Millis, Vec<u8>), StopReason> {
        let name = Name { kind: Kind::ClientIds, hour, number: place.number };
        let index = self.shared.index();
        let Some((_, segment)) = index.segment_named(name) else {
            return Err(StopReason::broken(&name.path(&self.root), 0, "a client id lies here, but the file is gone"));
        };
        let mut head = [0; CLIENT_ID_HEAD_BYTES];
        segment.read(place.offset, &mut head)?;
        let sealed = u16::from_le_bytes([head[CLIENT_ID_HEAD_BYTES - 2], head[CLIENT_ID_HEAD_BYTES - 1]]);
        let mut bytes = vec![0; CLIENT_ID_HEAD_BYTES + usize::from(sealed)];
        segment.read(place.offset, &mut bytes)?;
        let mut rest = bytes.as_slice();
        match ClientId::decode(&mut rest) {
            Ok(found) if found.hash == hash => Ok((found.at, found.sealed.to_vec())),
            _ => Err(StopReason::broken(&segment.path, place.offset.into(), "there is no such client id here")),
        }
    }

    /// The body of a message, while any of its entries still opens it.
    fn held_body(&self, message: MessageId) -> Result<Option<Vec<u8>>, StopReason> {
        let index = self.shared.index();
        let Some(number) = index.message(message) else { return Ok(None) };
        for entry in index.entries_of(number) {
            let entry = &index.entries[entry];
            let Some(segment) = index.segment(entry.place.segment) else { continue };
            let loaded = Loaded::read(segment, entry.place.offset)?;
            match loaded.open_body(&self.vault, |name| index.segment_named(name).map(|(_, s)| Arc::clone(s)))? {
                Ok(body) => return Ok(Some(body)),
                Err(OpenRefused::Damaged(what)) => {
                    return Err(StopReason::Damaged { what: format!("message {message}: {what}") });
                }
                Err(_) => {}
            }
        }
        Ok(None)
    }
}
