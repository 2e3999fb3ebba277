//! Waking devices that are away: what was committed, asked or signed in, as a push to whoever is not connected.
//!
//! Nouns: a **wake** (an account has something of a kind), the **table** of devices that can be woken ([`Table`], in memory),
//! the **pusher** that turns the one into pushes to the other.
//!
//! - Whoever commits a message only looks into the table and leaves a wake in a queue with a bound; it waits for nothing, and
//!   a wake that finds no room is dropped: the next message makes another.
//! - While all devices of an account are connected nothing of this touches the database.
//! - A device gets one push of a kind until it connects, and another only after [`AGAIN_MS`].
//! - Nothing here knows a text or a name; a push says of which kind the news is, and nothing else.

mod pusher;
mod table;

use std::sync::Arc;

use bus::{Bus as _, Local};
use chats::Sleepers;
use kernel::{AccountId, Clock, DeviceId};
use tokio::sync::mpsc;

pub(crate) use self::pusher::Pusher;
use self::table::Table;

/// Wakes that wait for the pusher: as many as a second brings on a busy server.
const WAKES_MAX: usize = 4_096;
/// A device that has not come gets another push of the same kind after this.
const AGAIN_MS: i64 = 20_000;

/// What there is news of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum About {
    /// A message.
    Message,
    /// A message that was pushed has been taken back.
    Recalled,
    /// Somebody asks to become a contact.
    Contacts,
    /// A device signed in.
    Devices,
    /// The moment of a reminder.
    Reminder,
}

impl About {
    /// How many there are.
    const COUNT: usize = 5;

    /// All that a push says.
    const fn plain(self) -> &'static [u8] {
        match self {
            Self::Message => br#"{"about":"message"}"#,
            Self::Recalled => br#"{"about":"recalled"}"#,
            Self::Contacts => br#"{"about":"contacts"}"#,
            Self::Devices => br#"{"about":"devices"}"#,
            Self::Reminder => br#"{"about":"reminder"}"#,
        }
    }
}

/// Something for the devices of an account that are away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wake {
    account: AccountId,
    about: About,
    /// Whose message it is: no push when this conversation is muted.
    from: Option<AccountId>,
    /// The device that caused it.
    but: Option<DeviceId>,
}

/// Where wakes are left. Clones are handles to the same queue.
#[derive(Clone)]
pub(crate) struct Wakes {
    table: Arc<Table>,
    bus: Local,
    clock: Arc<dyn Clock>,
    queue: mpsc::Sender<Wake>,
}

impl Wakes {
    /// An empty table and its queue.
    pub(crate) fn new(bus: Local, clock: Arc<dyn Clock>) -> (Self, mpsc::Receiver<Wake>) {
        let (queue, wakes) = mpsc::channel(WAKES_MAX);
        (Self { table: Arc::default(), bus, clock, queue }, wakes)
    }

    /// Leaves a wake, when there is a device to be woken.
    fn leave(&self, wake: Wake) {
        let now = || self.clock.boot_ms();
        let sleeps = |device| Some(device) != wake.but && !self.bus.is_connected(wake.account, device);
        if self.table.any_to_wake(wake.account, wake.about, now, sleeps) && self.queue.try_send(wake).is_err() {
            tracing::warn!("more to push than can be; the next message tries again");
        }
    }

    /// Somebody asks to become a contact.
    pub(crate) fn contacts(&self, account: AccountId) {
        self.leave(Wake { account, about: About::Contacts, from: None, but: None });
    }

    /// A device signed in.
    pub(crate) fn devices(&self, account: AccountId, new: DeviceId) {
        self.leave(Wake { account, about: About::Devices, from: None, but: Some(new) });
    }

    /// The moment of a reminder has come.
    pub(crate) fn reminder(&self, account: AccountId) {
        self.leave(Wake { account, about: About::Reminder, from: None, but: None });
    }

    /// A device has subscribed, or ended its subscription.
    pub(crate) fn subscribed(&self, account: AccountId, device: DeviceId, on: bool) {
        self.table.set(account, device, on);
    }

    /// An account is gone with its devices.
    pub(crate) fn forget(&self, account: AccountId) {
        self.table.forget(account);
    }
}

impl Sleepers for Wakes {
    fn message(&self, account: AccountId, from: Option<AccountId>) {
        self.leave(Wake { account, about: About::Message, from, but: None });
    }

    fn recalled(&self, account: AccountId) {
        self.leave(Wake { account, about: About::Recalled, from: None, but: None });
    }

    fn woke(&self, device: DeviceId) {
        self.table.woke(device);
    }
}

#[cfg(test)]
mod tests {
    use kernel::Millis;
    use kernel::sim::SimClock;

    use super::*;

    struct World {
        wakes: Wakes,
        queue: mpsc::Receiver<Wake>,
        bus: Local,
        clock: Arc<SimClock>,
        account: AccountId,
        phone: DeviceId,
        desk: DeviceId,
    }

    /// Somebody whose phone can be woken and whose desk cannot.
    fn world() -> World {
        let (bus, clock) = (Local::new(), Arc::new(SimClock::new(Millis(1))));
        let (wakes, queue) = Wakes::new(bus.clone(), Arc::clone(&clock) as _);
        let account = AccountId::new(Millis(1), 1);
        let (phone, desk) = (DeviceId::new(Millis(1), 2), DeviceId::new(Millis(1), 3));
        wakes.subscribed(account, phone, true);
        World { wakes, queue, bus, clock, account, phone, desk }
    }

    impl World {
        /// What the pusher would be asked for.
        fn asked(&mut self) -> Vec<About> {
            std::iter::from_fn(|| self.queue.try_recv().ok()).map(|wake| wake.about).collect()
        }

        /// As the pusher does.
        fn pushed(&self, about: About) -> bool {
            self.wakes.table.claim(self.phone, about, self.clock.boot_ms())
        }
    }

    #[test]
    fn only_a_device_that_subscribed_and_is_away_is_woken() {
        let mut world = world();
        let stranger = AccountId::new(Millis(1), 9);
        world.wakes.message(stranger, None);
        assert_eq!(world.asked(), []);
        world.wakes.message(world.account, Some(stranger));
        assert_eq!(world.asked(), [About::Message]);
        let line = world.bus.subscribe(world.account, world.desk);
        world.wakes.message(world.account, Some(stranger));
        assert_eq!(world.asked(), [About::Message], "another device being there does not help the phone");
        drop(line);
        let _line = world.bus.subscribe(world.account, world.phone);
        world.wakes.message(world.account, Some(stranger));
        assert_eq!(world.asked(), []);
    }

    #[test]
    fn the_device_that_signs_in_is_not_told_of_itself() {
        let mut world = world();
        world.wakes.devices(world.account, world.phone);
        assert_eq!(world.asked(), []);
        world.wakes.devices(world.account, world.desk);
        assert_eq!(world.asked(), [About::Devices]);
    }

    #[test]
    fn one_push_of_a_kind_until_the_device_comes_and_another_only_after_a_while() {
        let mut world = world();
        assert!(world.pushed(About::Message) && !world.pushed(About::Message));
        assert!(world.pushed(About::Contacts), "each kind is its own");
        world.wakes.message(world.account, None);
        assert_eq!(world.asked(), []);
        world.clock.advance(AGAIN_MS);
        world.wakes.message(world.account, None);
        assert_eq!(world.asked(), [About::Message]);
        assert!(world.pushed(About::Message));
        world.wakes.woke(world.phone);
        world.wakes.message(world.account, None);
        assert_eq!(world.asked(), [About::Message], "it has come in between");
    }

    #[test]
    fn a_recall_is_pushed_only_to_a_device_that_was_pushed_a_message_and_has_not_come() {
        let mut world = world();
        world.wakes.recalled(world.account);
        assert_eq!(world.asked(), []);
        assert!(world.pushed(About::Message));
        world.wakes.recalled(world.account);
        assert_eq!(world.asked(), [About::Recalled]);
        world.wakes.woke(world.phone);
        world.wakes.recalled(world.account);
        assert_eq!(world.asked(), []);
    }

    #[test]
    fn who_has_ended_the_subscription_or_is_gone_is_woken_no_more() {
        let mut world = world();
        world.wakes.subscribed(world.account, world.phone, false);
        world.wakes.message(world.account, None);
        assert_eq!(world.asked(), []);
        world.wakes.subscribed(world.account, world.phone, true);
        world.wakes.forget(world.account);
        world.wakes.message(world.account, None);
        assert_eq!(world.asked(), []);
    }

    #[test]
    fn what_a_push_says_is_its_kind_alone() {
        for about in [About::Message, About::Recalled, About::Contacts, About::Devices, About::Reminder] {
            let said: serde_json::Value = serde_json::from_slice(about.plain()).unwrap();
            assert_eq!(said.as_object().unwrap().keys().collect::<Vec<_>>(), ["about"]);
        }
    }
}
