use std::future::Future;
use std::pin::Pin;

use kernel::{AccountId, DeviceId};

/// What other rooms are told, after it is durable. Called from within a request: an implementation must not wait.
pub trait Changes: Send + Sync + 'static {
    /// Contacts, requests or blocks of this account changed, or how one of its contacts is called.
    fn contacts_changed(&self, account: AccountId) {
        let _ = account;
    }

    /// The profile of this account changed.
    fn profile_changed(&self, account: AccountId) {
        let _ = account;
    }

    /// How conversations of this account stand changed, by this device of it, which knows.
    fn chats_changed(&self, account: AccountId, by: DeviceId) {
        let _ = (account, by);
    }

    /// Somebody asks this account to become a contact; `contacts_changed` is told as well.
    fn contact_requested(&self, account: AccountId) {
        let _ = account;
    }

    /// The reminders of this account changed, by this device of it, which knows.
    fn reminders_changed(&self, account: AccountId, by: Option<DeviceId>) {
        let _ = (account, by);
    }

    /// The moment of a reminder has come.
    fn reminder_due(&self, account: AccountId) {
        let _ = account;
    }

    /// A device can be woken by a push, or no longer.
    fn push_changed(&self, account: AccountId, device: DeviceId, on: bool) {
        let _ = (account, device, on);
    }

    /// A device signed in.
    fn device_added(&self, account: AccountId, device: DeviceId) {
        let _ = (account, device);
    }

    /// A device was signed out or removed: its socket closes (4001) and what waits for it is destroyed (SECU-DEVICES).
    fn device_ended(&self, account: AccountId, device: DeviceId) {
        let _ = (account, device);
    }

    /// An account was deleted and its key is destroyed (D-05): its sockets close (4001), what it sent and what waits for
    /// it is withdrawn, and its contacts are told. The only one of these that is waited for.
    fn account_deleted(&self, account: AccountId, contacts: Vec<AccountId>) -> Forgetting<'_> {
        let _ = (account, contacts);
        Box::pin(async {})
    }
}

/// Resolves when an account is forgotten.
pub type Forgetting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
