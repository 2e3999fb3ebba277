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
