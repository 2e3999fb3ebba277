//! What a push needs to know of people: which of their devices can be woken, how, and what they do not want to be woken for.

use kernel::{AccountId, DeviceId, Millis};
use policy::{Permit, purposes, rows};
use providers::push::{BrowserKeys, Endpoint};

use crate::records::{PushRecord, of_chat, of_device};
use crate::store::chats;
use crate::store::push::{self, PushRow};
use crate::{Fault, People};

/// Devices read at once at the start: 32 bytes each.
const DEVICES_PER_PAGE: i64 = 10_000;

/// A device that can be woken. It has no Debug: its address never reaches a log.
pub struct PushTarget {
    /// Which.
    pub device: DeviceId,
    /// When it subscribed: which subscription this is.
    pub created_at: Millis,
    /// Its address.
    pub endpoint: Endpoint,
    /// Its keys.
    pub keys: BrowserKeys,
    /// It is not to be woken at this hour.
    pub quiet: bool,
}

impl People {
    /// Every device that has a subscription, for the table in memory.
    pub async fn push_devices(&self) -> Result<Vec<(AccountId, DeviceId)>, Fault> {
        let mut devices = Vec::new();
        let mut after = DeviceId::from_bytes([0; 16]);
        loop {
            let page = push::page(&self.db, after, DEVICES_PER_PAGE).await?;
            let Some((_, last)) = page.last() else { return Ok(devices) };
            after = *last;
            devices.extend(page);
        }
    }

    /// The devices of an account that can be woken now. A subscription with a push service that is no longer allowed is left out.
    pub async fn push_targets(&self, account: AccountId) -> Result<Vec<PushTarget>, Fault> {
        let now = self.now()?;
        let mut targets = Vec::new();
        for row in push::list(&self.db, account).await? {
            targets.extend(self.push_target(account, &row, now)?);
        }
        Ok(targets)
    }

    fn push_target(&self, account: AccountId, row: &PushRow, now: Millis) -> Result<Option<PushTarget>, Fault> {
        let permit = Permit::<rows::PushSubscription>::to::<purposes::SendNotices>();
        let address = of_device(account, row.device, row.created_at);
        let record = self.open_sealed::<PushRecord>(&row.sealed, &address, permit)?;
        let endpoint = self.config.push.hosts.check(&record.endpoint).ok();
        let keys = BrowserKeys::parse(&record.p256dh, &record.auth);
        let quiet = record.quiet.as_ref().is_some_and(|quiet| quiet.holds(now));
        let (device, created_at) = (row.device, row.created_at);
        Ok(endpoint.zip(keys).map(|(endpoint, keys)| PushTarget { device, created_at, endpoint, keys, quiet }))
    }

    /// Whether an account has muted its conversation with another.
    pub async fn is_muted(&self, account: AccountId, peer: AccountId) -> Result<bool, Fault> {
        let Some(sealed) = chats::sealed(&self.db, account, peer).await? else { return Ok(false) };
        let permit = Permit::<rows::Mute>::to::<purposes::ProvideChat>();
        let record = self.open_sealed::<crate::records::ChatRecord>(&sealed, &of_chat(account, peer), permit)?;
        Ok(record.muted)
    }

    /// Takes the subscription of a device away; with `created_at`, only the one of that moment, as a push service says that
    /// it has ended while the device may have got another.
    pub async fn unsubscribe_push(
        &self,
        account: AccountId,
        device: DeviceId,
        created_at: Option<Millis>,
    ) -> Result<(), Fault> {
        let mut tx = self.db.begin_write().await?;
        let removed = push::remove(&mut tx, account, device, created_at).await?;
        tx.commit().await?;
        if removed {
            self.tell_push_changed(account, device, false);
            self.shed_soon();
        }
        Ok(())
    }
}
