//! Floor 3. Carries what was committed to the devices that are connected.
//!
//! A [`Subscription`] is one device's live line. Whoever publishes never waits for it: when a device does not keep up,
//! its line is marked [lagging](Subscription::take_lagging) and the socket reads on from the lease log. So nothing is
//! kept here that is not kept durably elsewhere, and nothing is lost by dropping it.
//!
//! - **Events** of one account reach each of its lines in the order they were published.
//! - **One line per device**: a newer one ends the older (`Ended::Replaced`).
//!
//! ```
//! # use kernel::{AccountId, DeviceId, Millis};
//! # use bus::{Bus, Event, Local};
//! let bus = Local::new();
//! let (account, device) = (AccountId::new(Millis(1), 1), DeviceId::new(Millis(1), 2));
//! let mut line = bus.subscribe(account, device);
//! bus.publish(account, &Event::passing("{\"op\":\"pong\"}".into()));
//! assert!(line.try_next().is_some());
//! ```

mod local;

use bytes::Bytes;
use kernel::{AccountId, DeviceId};

pub use local::{End, Ended, Local, Subscription};

/// Something for every connected device of an account.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its place in the inbox, when it waits there too; `None` for what is only passing (typing).
    pub seq: Option<u64>,
    /// Whether it is a message, which counts towards what a socket may have unacknowledged.
    pub envelope: bool,
    /// The device that caused it, which needs no copy.
    pub origin: Option<DeviceId>,
    /// The frame as it goes out.
    pub frame: Bytes,
}

impl Event {
    /// An event that waits nowhere: who is not connected misses it.
    pub const fn passing(frame: Bytes) -> Self {
        Self { seq: None, envelope: false, origin: None, frame }
    }
}

/// What a bus does; one machine has [`Local`], a cluster will have one over NATS.
pub trait Bus: Send + Sync + 'static {
    /// Gives an event to every connected device of an account. Never waits.
    fn publish(&self, to: AccountId, event: &Event);
    /// Whether any device of an account is connected: if none is, an event need not be made.
    fn listening(&self, account: AccountId) -> bool;
    /// Whether this device is connected.
    fn is_connected(&self, account: AccountId, device: DeviceId) -> bool;
    /// Ends the line of one device: its session is over.
    fn disconnect(&self, account: AccountId, device: DeviceId);
    /// Ends the lines of all devices of an account: it is gone.
    fn disconnect_all(&self, account: AccountId);
}
