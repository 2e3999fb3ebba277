//! What happens to people, told to their devices.

use std::sync::Arc;

use bus::{Bus, Event, Local};
use kernel::{AccountId, DeviceId};
use people::{Changes, Forgetting};
use storage::lease_log::LeaseLog;
use tokio::runtime::Handle;
use wire::ServerFrame;

use crate::push::Wakes;

/// Turns changes into notices and keeps the inboxes of devices in step.
pub(crate) struct Announcer {
    bus: Local,
    wakes: Wakes,
    log: LeaseLog,
    runtime: Handle,
}

impl Announcer {
    /// Announces over `bus`. Must be made on the runtime that it is to use.
    pub(crate) fn new(bus: Local, wakes: Wakes, log: LeaseLog) -> Arc<Self> {
        Arc::new(Self { bus, wakes, log, runtime: Handle::current() })
    }

    /// A notice waits nowhere: a device that was away asks anew when it comes back.
    fn notice(&self, account: AccountId, about: &str) {
        self.notice_to_others(account, about, None);
    }

    /// The same, but not for the device that caused it.
    fn notice_to_others(&self, account: AccountId, about: &str, origin: Option<DeviceId>) {
        let frame = ServerFrame::Notice { seq: 0, about: about.into(), account: None };
        let frame = serde_json::to_vec(&frame).expect("a frame of text and numbers always serialises");
        self.bus.publish(account, &Event { origin, ..Event::passing(frame.into()) });
    }
}

impl Changes for Announcer {
    fn contacts_changed(&self, account: AccountId) {
        self.notice(account, "contacts");
    }

    fn profile_changed(&self, account: AccountId) {
        self.notice(account, "profile");
    }

    fn chats_changed(&self, account: AccountId, by: DeviceId) {
        self.notice_to_others(account, "chats", Some(by));
    }

    fn contact_requested(&self, account: AccountId) {
        self.wakes.contacts(account);
    }

    fn reminders_changed(&self, account: AccountId, by: Option<DeviceId>) {
        self.notice_to_others(account, "reminders", by);
    }

    fn reminder_due(&self, account: AccountId) {
        self.notice(account, "reminders");
        self.wakes.reminder(account);
    }

    fn push_changed(&self, account: AccountId, device: DeviceId, on: bool) {
        self.wakes.subscribed(account, device, on);
    }

    fn device_added(&self, account: AccountId, device: DeviceId) {
        self.notice(account, "devices");
        self.wakes.devices(account, device);
        let log = self.log.clone();
        self.runtime.spawn(async move {
            if let Err(error) = log.add_device(account, device).await {
                tracing::warn!(%account, %device, %error, "a device gets its inbox only when it connects");
            }
        });
    }

    fn account_deleted(&self, account: AccountId, contacts: Vec<AccountId>) -> Forgetting<'_> {
        self.bus.disconnect_all(account);
        self.wakes.forget(account);
        Box::pin(async move {
            if let Err(error) = self.log.forget_account(account, contacts).await {
                // What it sent and what waits for it is dead with its key; the next start takes it out of the log.
                tracing::warn!(%account, %error, "a deleted account stays in the log until the next start");
            }
        })
    }

    fn device_ended(&self, account: AccountId, device: DeviceId) {
        self.bus.disconnect(account, device);
        self.wakes.subscribed(account, device, false);
        self.notice(account, "devices");
        let log = self.log.clone();
        self.runtime.spawn(async move {
            if let Err(error) = log.remove_device(account, device).await {
                tracing::warn!(%account, %device, %error, "the inbox of a removed device stays until its leases end");
            }
        });
    }
}
