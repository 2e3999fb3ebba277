//! Keys of accounts and of long-lived items: erasing one is overwriting its slot.

use kernel::{AccountId, ItemId};

use crate::Vault;
use crate::crypto::Key;
use crate::file::KeyFileError;
use crate::file::format::Content;

/// A key could not be made or destroyed; nothing changed.
pub type SlotError = KeyFileError;

impl Vault {
    /// Draws the key of an account, durable when it returns. An account that has one keeps it.
    pub fn create_account(&self, account: AccountId) -> Result<(), SlotError> {
        let mut writer = self.writer();
        if self.holds_account(account) {
            return Ok(());
        }
        let slot = self.free_slot(&mut writer)?;
        let born = writer.file.next_generation(slot);
        let key = Key::random(self.rng());
        self.commit(&mut writer, vec![(slot, Content::Account { id: account, key, born })])
    }

    /// Destroys the key of an account in all copies, durable when it returns: everything sealed under it is gone (`D-05`,
    /// `D-71`). Destroying it twice is no error.
    pub fn destroy_account(&self, account: AccountId) -> Result<(), SlotError> {
        let called = self.look();
        let mut writer = self.writer();
        let Some(slot) = self.keys().accounts.get(&account).map(|held| held.slot) else { return Ok(()) };
        self.commit(&mut writer, vec![(slot, Content::Free)])?;
        self.note_destroyed(called);
        Ok(())
    }

    /// Whether the account has a key.
    pub fn holds_account(&self, account: AccountId) -> bool {
        self.keys().accounts.contains_key(&account)
    }

    /// Every account that has a key, in no order: so that keys of accounts that never came to be can be found.
    pub fn accounts(&self) -> Vec<AccountId> {
        self.keys().accounts.keys().copied().collect()
    }

    /// Draws the key of a long-lived item (a Moment, a Favorite), durable when it returns.
    pub fn create_item(&self, item: ItemId) -> Result<(), SlotError> {
        let mut writer = self.writer();
        if self.holds_item(item) {
            return Ok(());
        }
        let slot = self.free_slot(&mut writer)?;
        let born = writer.file.next_generation(slot);
        let key = Key::random(self.rng());
        self.commit(&mut writer, vec![(slot, Content::Item { id: item, key, born })])
    }

    /// Destroys the key of an item in all copies, durable when it returns.
    pub fn destroy_item(&self, item: ItemId) -> Result<(), SlotError> {
        let called = self.look();
        let mut writer = self.writer();
        let Some(slot) = self.keys().items.get(&item).map(|held| held.slot) else { return Ok(()) };
        self.commit(&mut writer, vec![(slot, Content::Free)])?;
        self.note_destroyed(called);
        Ok(())
    }

    /// Whether the item has a key.
    pub fn holds_item(&self, item: ItemId) -> bool {
        self.keys().items.contains_key(&item)
    }
}
