//! From the lease log to the bus: what was committed, as frames.

use std::sync::{Arc, Mutex, PoisonError};

use bus::{Bus, Event, Local};
use bytes::Bytes;
use kernel::{AccountId, DeviceId, MessageId};
use storage::lease_log::{Deliveries, Delivery, Notice, ReceiptState, What};
use wire::{EnvelopeTail, ServerFrame};

/// Whoever wakes devices that are away. Called by the writer of the lease log: an implementation must not wait.
pub trait Sleepers: Send + Sync + 'static {
    /// A message waits for this account; `from` is known unless several may.
    fn message(&self, account: AccountId, from: Option<AccountId>);
    /// A message of or for this account was taken back.
    fn recalled(&self, account: AccountId);
    /// A device is here.
    fn woke(&self, device: DeviceId);
}

/// Wakes nobody: for a server that pushes nowhere.
#[derive(Clone, Copy, Debug)]
pub struct NoSleepers;

impl Sleepers for NoSleepers {
    fn message(&self, _account: AccountId, _from: Option<AccountId>) {}

    fn recalled(&self, _account: AccountId) {}

    fn woke(&self, _device: DeviceId) {}
}

/// Encodes each committed message once and gives it to the connected devices of its recipients.
pub struct Outgoing {
    bus: Local,
    sleepers: Arc<dyn Sleepers>,
    /// The message last encoded: the entries of one message are committed one after the other.
    last: Mutex<Option<(MessageId, EnvelopeTail)>>,
}

impl Outgoing {
    /// Delivers over `bus`, and lets `sleepers` know.
    pub fn new(bus: Local, sleepers: Arc<dyn Sleepers>) -> Self {
        Self { bus, sleepers, last: Mutex::new(None) }
    }

    fn envelope(&self, seq: u64, envelope: &storage::lease_log::Envelope) -> Bytes {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((message, tail)) if *message == envelope.message => tail.frame(seq),
            _ => {
                let tail = tail(envelope);
                let frame = tail.frame(seq);
                *last = Some((envelope.message, tail));
                frame
            }
        }
    }
}

impl Deliveries for Outgoing {
    fn committed(&self, to: AccountId, delivery: &Delivery) {
        match &delivery.what {
            // One's own copy is no news.
            What::Envelope(envelope) if envelope.from != to => self.sleepers.message(to, Some(envelope.from)),
            What::Recalled => self.sleepers.recalled(to),
            _ => {}
        }
        if !self.bus.listening(to) {
            return;
        }
        let (frame, origin) = match &delivery.what {
            What::Envelope(envelope) => (self.envelope(delivery.seq, envelope), Some(envelope.from_device)),
            _ => (frame(delivery), None),
        };
        let envelope = matches!(delivery.what, What::Envelope(_));
        self.bus.publish(to, &Event { seq: Some(delivery.seq), envelope, origin, frame });
    }
}

fn tail(envelope: &storage::lease_log::Envelope) -> EnvelopeTail {
    EnvelopeTail::new(envelope.message, envelope.from, envelope.at, &envelope.body)
}

/// The frame of one entry of an inbox.
pub(crate) fn frame(delivery: &Delivery) -> Bytes {
    let (seq, message) = (delivery.seq, delivery.message);
    let frame = match &delivery.what {
        What::Envelope(envelope) => return tail(envelope).frame(seq),
        What::Receipt { state, account, delivered, of } => {
            let state = match state {
                ReceiptState::Delivered => wire::ReceiptState::Delivered,
                ReceiptState::Expired => wire::ReceiptState::Expired,
            };
            let group = *of > 1;
            ServerFrame::Receipt {
                seq,
                message,
                state,
                account: *account,
                delivered: group.then_some(*delivered),
                of: group.then_some(*of),
            }
        }
        What::Recalled => ServerFrame::Recalled { seq, message },
        What::Notice(notice) => {
            let (about, account) = match notice {
                Notice::Missed { .. } => ("missed", None),
                Notice::Restored => ("restored", None),
                Notice::AccountGone { account } => ("account_deleted", Some(*account)),
            };
            ServerFrame::Notice { seq, about: about.into(), account }
        }
    };
    serde_json::to_vec(&frame).expect("a frame of text, numbers and ids always serialises").into()
}
