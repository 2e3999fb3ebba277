//! A device that was away asks for everything after its cursor.

use bytes::Bytes;
use storage::lease_log::{Delivery, ReadError, What};

use crate::{Actor, Chats, deliver};

/// One frame of a device's inbox.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its place.
    pub seq: u64,
    /// Whether it is a message, which counts towards what a socket may have unacknowledged.
    pub envelope: bool,
    /// The frame; none for what this device sent itself and so holds already.
    pub frame: Option<Bytes>,
}

impl Chats {
    /// The next frames for a device after `after`, in order: at most `events_max`, and no more once `bytes_max` is
    /// passed. Empty when nothing is left.
    pub fn synchronise(
        &self,
        who: Actor,
        after: u64,
        events_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<Waiting>, ReadError> {
        let page = self.log.read_after(who.account, who.device, after, events_max, bytes_max)?;
        Ok(page.iter().map(|delivery| waiting(who, delivery)).collect())
    }

    /// How many messages for this account expired without reaching any device, within the time that is told (D-27).
    pub fn missed(&self, who: Actor) -> Result<u32, ReadError> {
        self.log.missed(who.account, who.device)
    }
}

/// The stable code of a read that was refused.
pub const fn code(error: &ReadError) -> &'static str {
    match error {
        ReadError::UnknownDevice => "unknown_device",
        ReadError::BadSeq => "bad_seq",
        ReadError::ClockCheck(_) => "clock_check",
        ReadError::Stopped(_) => "stopped",
    }
}

fn waiting(who: Actor, delivery: &Delivery) -> Waiting {
    let own = matches!(&delivery.what, What::Envelope(e) if e.from_device == who.device);
    Waiting {
        seq: delivery.seq,
        envelope: !own && matches!(delivery.what, What::Envelope(_)),
        frame: (!own).then(|| deliver::frame(delivery)),
    }
}
