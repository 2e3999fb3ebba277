//! Typed records: sealed under the key of their owner, the key of their deadline, or both.

use std::ops::Deref;

use kernel::{AccountId, ItemId, Millis};
use policy::{Permit, Row, RowInfo, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::Vault;
use crate::boxes::{self, BoxKind, Reader};
use crate::crypto::{Cipher, KEY_BYTES, Key, NONCE_BYTES, TAG_BYTES, Use, derive};
use crate::deadlines::{Grain, Step};
use crate::keys::Keys;
use crate::step::StepError;
use crate::time::ClockCheck;

/// Where a record belongs. It opens at the same address only, so that no row can be put in another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whose it is: it dies with that account. Without an owner it lives under its deadline alone.
    pub owner: Option<AccountId>,
    /// Which record of its kind.
    pub record: [u8; 16],
    /// When its period began; the deadline follows from this and the policy.
    pub started: Millis,
}

/// Why a record, body or entry cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The clock is not believed.
    #[error(transparent)]
    ClockCheck(#[from] ClockCheck),
    /// Its time is over already.
    #[error("its deadline has passed")]
    Expired,
    /// Its owner, sender or recipient has no key (any more).
    #[error("account {0} has no key: it was deleted, or never created")]
    Gone(AccountId),
    /// The item has no key (any more).
    #[error("item {0} has no key: it was deleted, or never created")]
    ItemGone(ItemId),
    /// The lease is over.
    #[error("lease {} has no key: it is over, or too far ahead", .0.0)]
    LeaseOver(crate::Lease),
    /// The deadline is beyond all roots.
    #[error("row {row}: deadlines over 400 days ahead have no key")]
    TooFar {
        /// The row.
        row: &'static str,
    },
    /// No key would ever die.
    #[error("row {row}: a record without owner and without deadline would never be gone")]
    NoKey {
        /// The row.
        row: &'static str,
    },
    /// Keys had to be drawn first and could not be.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The deadline has no key although a step was made: the disk is full.
    #[error("no key could be drawn for the deadline: make room on the disk of the keys")]
    NotDrawn,
    /// The value does not become JSON.
    #[error("row {row}: the value cannot be written as JSON")]
    Encode {
        /// The row.
        row: &'static str,
    },
}

/// Why a sealed box stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefused {
    /// Its deadline has come.
    #[error("its deadline has passed")]
    Expired,
    /// One of its keys is dead.
    #[error("it is gone: a key it was sealed under is destroyed")]
    Gone,
    /// The clock is not believed.
    #[error(transparent)]
    ClockCheck(#[from] ClockCheck),
    /// The bytes are not what was sealed here.
    #[error("it does not open: {0}")]
    Damaged(&'static str),
}

/// A record that was opened. It can be looked at and not printed or passed on whole.
pub struct Opened<T>(T);

impl<T> Deref for Opened<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// What stands in clear in a sealed record; all of it is authenticated.
pub(crate) struct Clear {
    pub(crate) row: u16,
    pub(crate) grain: Option<Grain>,
    pub(crate) owner: Option<AccountId>,
    pub(crate) item: Option<ItemId>,
    pub(crate) record: [u8; 16],
    pub(crate) started: Millis,
    /// The deadline as it was fixed when the record was sealed.
    pub(crate) deadline: Option<Millis>,
    /// Which drawing of roots the deadline's key comes from; 0 without a deadline.
    pub(crate) drawing: u8,
    /// Bytes it takes, magic included.
    pub(crate) bytes: usize,
}

mod flag {
    pub(super) const OWNER: u8 = 1;
    pub(super) const ITEM: u8 = 2;
    pub(super) const HOUR: u8 = 4;
    pub(super) const DAY: u8 = 8;
}

impl Vault {
    /// Seals a value for its address. The deadline comes from the policy and is fixed here (`D-03`).
    pub fn seal<T: Stored + Serialize>(&self, value: &T, address: &Address) -> Result<Vec<u8>, SealError> {
        self.seal_record(value, address, None)
    }

    /// Seals a value that also dies with a long-lived item.
    pub fn seal_in_item<T: Stored + Serialize>(
        &self,
        value: &T,
        item: ItemId,
        address: &Address,
    ) -> Result<Vec<u8>, SealError> {
        self.seal_record(value, address, Some(item))
    }

    /// Opens a record at its address, for a purpose that the policy lists (`RTLE-PURPOSE`), before its deadline.
    pub fn open_record<T: Stored + DeserializeOwned>(
        &self,
        sealed: &[u8],
        address: &Address,
        permit: Permit<T::Row>,
    ) -> Result<Opened<T>, OpenRefused> {
        self.open_sealed(sealed, address, None, permit)
    }

    /// Opens a record that was sealed in an item.
    pub fn open_in_item<T: Stored + DeserializeOwned>(
        &self,
        sealed: &[u8],
        item: ItemId,
        address: &Address,
        permit: Permit<T::Row>,
    ) -> Result<Opened<T>, OpenRefused> {
        self.open_sealed(sealed, address, Some(item), permit)
    }

    fn seal_record<T: Stored + Serialize>(
        &self,
        value: &T,
        address: &Address,
        item: Option<ItemId>,
    ) -> Result<Vec<u8>, SealError> {
        let row = T::Row::INFO;
        let (clear, key) = self.key_to_seal(row, address, item)?;
        let mut sealed = clear.encode();
        let clear_bytes = sealed.len();
        let nonce = self.nonces.next();
        sealed.extend_from_slice(&nonce);
        serde_json::to_writer(&mut sealed, value).map_err(|_| SealError::Encode { row: row.id })?;
        let (clear, rest) = sealed.split_at_mut(clear_bytes);
        let tag = Cipher::new(&key).seal(nonce, clear, &mut rest[NONCE_BYTES..]);
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    fn key_to_seal(
        &self,
        row: &'static RowInfo,
        address: &Address,
        item: Option<ItemId>,
    ) -> Result<(Clear, Key), SealError> {
        let now = self.now()?;
        let deadline = row.period.deadline(address.started);
        if deadline.is_some_and(|deadline| deadline <= now) {
            return Err(SealError::Expired);
        }
        let step = deadline.map(|deadline| Step::for_deadline(deadline, now).ok_or(SealError::TooFar { row: row.id }));
        let step = step.transpose()?;
        if address.owner.is_none() && item.is_none() && step.is_none() {
            return Err(SealError::NoKey { row: row.id });
        }
        let clear = Clear {
            row: row.number,
            grain: step.map(|step| step.grain),
            owner: address.owner,
            item,
            record: address.record,
            started: address.started,
            deadline,
            drawing: if step.is_some() { self.drawing } else { 0 },
            bytes: 0,
        };
        if let Some(step) = step {
            self.draw_for(step)?;
        }
        match clear.key(&self.keys()) {
            Ok(key) => Ok((clear, key)),
            Err(Missing::Account(account)) => Err(SealError::Gone(account)),
            Err(Missing::Item(item)) => Err(SealError::ItemGone(item)),
            Err(Missing::Step) => Err(SealError::NotDrawn),
        }
    }

    /// Makes the step that draws the root of `step`, when a new hour or a believed jump came just before.
    pub(crate) fn draw_for(&self, step: Step) -> Result<(), StepError> {
        let drawn = self.keys().roots(step.grain).contains_key(&step.place().0);
        if drawn { Ok(()) } else { self.step().map(|_| ()) }
    }

    fn open_sealed<T: Stored + DeserializeOwned>(
        &self,
        sealed: &[u8],
        address: &Address,
        item: Option<ItemId>,
        permit: Permit<T::Row>,
    ) -> Result<Opened<T>, OpenRefused> {
        let row = permit.row();
        let plain = self.open_bytes(sealed, address, item, row)?;
        // What the parser complains of may quote the content, so it is not passed on.
        let value = serde_json::from_slice(&plain);
        value.map(Opened).map_err(|_| OpenRefused::Damaged("its content is not what this version expects"))
    }

    fn open_bytes(
        &self,
        sealed: &[u8],
        address: &Address,
        item: Option<ItemId>,
        row: &'static RowInfo,
    ) -> Result<Zeroizing<Vec<u8>>, OpenRefused> {
        let clear = Clear::decode(sealed)?;
        let here = (clear.row, clear.owner, clear.item, clear.record, clear.started);
        if here != (row.number, address.owner, item, address.record, address.started) {
            return Err(OpenRefused::Damaged("it was sealed for another place"));
        }
        let now = self.now()?;
        // A policy that became shorter since holds at once; one that became longer does not prolong.
        let deadline = [clear.deadline, row.period.deadline(clear.started)].into_iter().flatten().min();
        if deadline.is_some_and(|deadline| deadline <= now) {
            return Err(OpenRefused::Expired);
        }
        // The roots were drawn anew since, after a wrong clock.
        if clear.step().is_some() && clear.drawing != self.drawing {
            return Err(OpenRefused::Gone);
        }
        let key = clear.key(&self.keys()).map_err(|_| OpenRefused::Gone)?;
        clear.open(sealed, &key).ok_or(OpenRefused::Damaged("the bytes or the keys are not those it was sealed with"))
    }
}

/// Which key is not there.
pub(crate) enum Missing {
    Account(AccountId),
    Item(ItemId),
    Step,
}

impl Clear {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        bytes.extend_from_slice(&boxes::magic(BoxKind::Record));
        bytes.extend_from_slice(&self.row.to_le_bytes());
        let grain = self.grain.map_or(0, |grain| if grain == Grain::Hour { flag::HOUR } else { flag::DAY });
        let owner = if self.owner.is_some() { flag::OWNER } else { 0 };
        let item = if self.item.is_some() { flag::ITEM } else { 0 };
        bytes.extend_from_slice(&[owner | item | grain, self.drawing]);
        bytes.extend_from_slice(&self.record);
        bytes.extend_from_slice(&self.started.0.to_le_bytes());
        if let Some(owner) = self.owner {
            bytes.extend_from_slice(&owner.to_bytes());
        }
        if let Some(item) = self.item {
            bytes.extend_from_slice(&item.to_bytes());
        }
        if let Some(deadline) = self.deadline {
            bytes.extend_from_slice(&deadline.0.to_le_bytes());
        }
        bytes
    }

    pub(crate) fn decode(sealed: &[u8]) -> Result<Self, OpenRefused> {
        boxes::check(sealed, BoxKind::Record)?;
        let clear = Self::fields(sealed).filter(|clear| sealed.len() >= clear.bytes + NONCE_BYTES + TAG_BYTES);
        clear.ok_or(OpenRefused::Damaged("it is cut short"))
    }

    /// What stands in clear behind a magic number, whatever follows it.
    pub(crate) fn fields(sealed: &[u8]) -> Option<Self> {
        let mut reader = Reader::after_magic(sealed)?;
        let row = u16::from_le_bytes(reader.take()?);
        let [flags, drawing] = reader.take()?;
        let has = |flag| flags & flag != 0;
        let clear = Self {
            row,
            grain: [(flag::HOUR, Grain::Hour), (flag::DAY, Grain::Day)]
                .iter()
                .find(|(flag, _)| has(*flag))
                .map(|f| f.1),
            record: reader.take()?,
            started: Millis(i64::from_le_bytes(reader.take()?)),
            owner: if has(flag::OWNER) { Some(AccountId::from_bytes(reader.take()?)) } else { None },
            item: if has(flag::ITEM) { Some(ItemId::from_bytes(reader.take()?)) } else { None },
            deadline: if has(flag::HOUR) || has(flag::DAY) {
                Some(Millis(i64::from_le_bytes(reader.take()?)))
            } else {
                None
            },
            drawing,
            bytes: 0,
        };
        let bytes = reader.position();
        Some(Self { bytes, ..clear })
    }

    /// The key's step, when it has a deadline.
    pub(crate) fn step(&self) -> Option<Step> {
        self.grain.zip(self.deadline).map(|(grain, deadline)| Step::new(grain, deadline))
    }

    fn key(&self, keys: &Keys) -> Result<Key, Missing> {
        let owner = self.owner.map(|id| keys.accounts.get(&id).ok_or(Missing::Account(id))).transpose()?;
        let item = self.item.map(|id| keys.items.get(&id).ok_or(Missing::Item(id))).transpose()?;
        let step = self.step().map(|step| keys.step_key(step).ok_or(Missing::Step)).transpose()?;
        Ok(self.key_from(owner.map(|held| &held.key), item.map(|held| &held.key), step.as_ref()))
    }

    /// The key of this record from those it lives under.
    pub(crate) fn key_from(&self, owner: Option<&Key>, item: Option<&Key>, step: Option<&Key>) -> Key {
        let none = Key::new([0; KEY_BYTES]);
        let secrets = [owner.unwrap_or(&none), item.unwrap_or(&none), step.unwrap_or(&none)];
        let mut context = [0; 18];
        context[..2].copy_from_slice(&self.row.to_le_bytes());
        context[2..].copy_from_slice(&self.record);
        derive(Use::Record, &secrets, &context)
    }

    /// The content, when `key` is the right one.
    pub(crate) fn open(&self, sealed: &[u8], key: &Key) -> Option<Zeroizing<Vec<u8>>> {
        let (aad, rest) = sealed.split_at(self.bytes);
        let (nonce, rest) = rest.split_at(NONCE_BYTES);
        let mut plain = Zeroizing::new(rest.to_vec());
        let count = Cipher::new(key).open(nonce, aad, &mut plain)?.len();
        plain.truncate(count);
        Some(plain)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::Clock as _;
    use kernel::HOUR_MS;
    use kernel::sim::{SimClock, SimDisk, SimRng};
    use policy::{Length, Limit, Period, rows};
    use serde::Deserialize;

    use super::*;
    use crate::{MasterKey, Options};

    #[derive(Serialize, Deserialize)]
    struct Note(String);
    policy::stored!(Note => rows::ContactRequest);

    /// NOTI-BEFORE, D-63: a record is opened until the earlier of the deadline it was written with and the one that the
    /// policy of now gives it: a shorter policy ends it, a longer one does not prolong it.
    #[test]
    fn a_policy_that_changed_shortens_and_never_prolongs() {
        let clock = Arc::new(SimClock::new(Millis(1_800_000_000_000)));
        let (rng, master) = (Arc::new(SimRng::new(3)), MasterKey::from_bytes([3; 32]));
        let open = Vault::open(Arc::new(SimDisk::new()), Options::new("/keys"), master, Arc::clone(&clock) as _, rng);
        let vault = open.unwrap();
        vault.step().unwrap();
        let address = Address { owner: None, record: [7; 16], started: vault.now().unwrap() };
        let sealed = vault.seal(&Note("hi".to_owned()), &address).unwrap();
        let written = rows::ContactRequest::INFO;
        let of = |length: i64| -> &'static RowInfo {
            let limit = Limit { length: Length::Millis(length), from: written.period.starts };
            let period = Period { limits: Box::leak(Box::new([limit])), ..written.period };
            Box::leak(Box::new(RowInfo { period, ..*written }))
        };
        let (shorter, longer) = (of(HOUR_MS), of(9_000 * HOUR_MS));
        for row in [written, shorter, longer] {
            assert!(vault.open_bytes(&sealed, &address, None, row).is_ok(), "the control");
        }
        clock.advance(HOUR_MS);
        assert_eq!(vault.open_bytes(&sealed, &address, None, shorter).unwrap_err(), OpenRefused::Expired);
        assert!(vault.open_bytes(&sealed, &address, None, written).is_ok());
        let end = written.period.deadline(address.started).unwrap();
        clock.advance(end.since(clock.wall()));
        for row in [written, longer] {
            assert_eq!(vault.open_bytes(&sealed, &address, None, row).unwrap_err(), OpenRefused::Expired);
        }
    }
}
