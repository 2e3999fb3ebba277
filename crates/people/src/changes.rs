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

    /// A device signed in.
    fn device_added(&self, account: AccountId, device: DeviceId) {
        let _ = (account, device);
    }

    /// A device was signed out or removed: its socket closes (4001) and what waits for it is destroyed (SECU-DEVICES).
    fn device_ended(&self, account: AccountId, device: DeviceId) {
        let _ = (account, device);
    }
}
