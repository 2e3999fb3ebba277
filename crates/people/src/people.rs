use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use kernel::{AccountId, DeviceId, Millis, Rng};
use policy::{Permit, Stored};
use providers::push::Hosts;
use providers::sms::{DemoOutbox, Sms};
use serde::Serialize;
use serde::de::DeserializeOwned;
use storage::sql::Db;
use vault::{Address, Opened, Vault};

use crate::add_reminder::NextReminder;
use crate::cache::Cache;
use crate::limits::{self, RATE_KEYS_MAX, SESSIONS_CACHED_MAX};
use crate::link_waits::LinkWaits;
use crate::problem::slow_down;
use crate::rate_limit::{Rate, RateKey, RateLimit};
use crate::reach::Reach;
use crate::store::Hash;
use crate::store::devices::SessionRow;
use crate::{BeginPolicyError, Changes, Fault, Phone, PolicyEdition, secrets};

/// How devices that are away are woken.
#[derive(Clone, Debug)]
pub struct PushConfig {
    /// Where pushes may go.
    pub hosts: Hosts,
    /// What browsers subscribe with; none where nothing is pushed.
    pub public_key: Option<String>,
}

impl Default for PushConfig {
    fn default() -> Self {
        Self { hosts: Hosts::parse("", false), public_key: None }
    }
}

/// How this room is set up.
#[derive(Clone)]
pub struct PeopleConfig {
    /// Where browsers find this server, as they write it in `Origin`: `https://chat.example.org`.
    pub origins: Vec<String>,
    /// What the texts with codes call the service.
    pub service: String,
    /// How many codes one address asks for in an hour: a school behind one address needs more than a household.
    pub sign_ups_per_hour_and_address: u32,
    /// In demo mode: what would have been sent, for `GET /v1/demo/outbox`.
    pub demo_outbox: Option<Arc<DemoOutbox>>,
    /// How long a device that waits to be let in waits for one answer.
    pub claim_wait_ms: u64,
    /// How devices that are away are woken.
    pub push: PushConfig,
    /// The version of the policy that is obeyed.
    pub policy: PolicyEdition,
}

impl Default for PeopleConfig {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            service: "Billet".to_owned(),
            sign_ups_per_hour_and_address: limits::SIGN_UPS_PER_HOUR_AND_ADDRESS,
            demo_outbox: None,
            claim_wait_ms: limits::CLAIM_WAIT_MS,
            push: PushConfig::default(),
            policy: policy::version().into(),
        }
    }
}

impl fmt::Debug for PeopleConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeopleConfig").field("origins", &self.origins).finish_non_exhaustive()
    }
}

/// Why this room could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The accounts could not be compared with their keys.
    #[error("the accounts cannot be read")]
    Accounts(#[from] Fault),
    /// The policy cannot begin.
    #[error("this version of the policy cannot begin")]
    Policy(#[from] BeginPolicyError),
}

/// Accounts, devices, contacts and blocks. Shared as `Arc<People>`.
pub struct People {
    pub(crate) db: Db,
    pub(crate) vault: Arc<Vault>,
    pub(crate) sms: Arc<dyn Sms>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) config: PeopleConfig,
    pub(crate) reach: Reach,
    pub(crate) sessions: Cache<Hash, SessionRow>,
    pub(crate) limits: Limits,
    pub(crate) next_reminder: NextReminder,
    pub(crate) link_waits: LinkWaits,
    changes: OnceLock<Arc<dyn Changes>>,
    shed_wanted: Arc<AtomicBool>,
}

/// The limiters of this room.
pub(crate) struct Limits {
    pub(crate) codes_per_number: RateLimit,
    pub(crate) codes_per_address: RateLimit,
    pub(crate) logins_per_address: RateLimit,
    pub(crate) requests_per_account: RateLimit,
    pub(crate) requests_per_pair: RateLimit,
    pub(crate) tokens_looked_up: RateLimit,
    pub(crate) links_per_address: RateLimit,
    pub(crate) photos_per_account: RateLimit,
    pub(crate) reports_per_account: RateLimit,
}

impl Limits {
    fn new(sign_ups_per_hour_and_address: u32) -> Self {
        let limit = |rate: Rate| RateLimit::new(rate, RATE_KEYS_MAX);
        Self {
            codes_per_number: limit(limits::CODES_PER_NUMBER),
            codes_per_address: limit(limits::codes_per_address(sign_ups_per_hour_and_address)),
            logins_per_address: limit(limits::logins_per_address(sign_ups_per_hour_and_address)),
            requests_per_account: limit(limits::REQUESTS_PER_ACCOUNT),
            requests_per_pair: limit(limits::REQUESTS_PER_PAIR),
            tokens_looked_up: limit(limits::TOKENS_LOOKED_UP),
            reports_per_account: limit(limits::REPORTS_PER_ACCOUNT),
            photos_per_account: limit(limits::PHOTOS_PER_ACCOUNT),
            links_per_address: limit(limits::links_per_address(sign_ups_per_hour_and_address)),
        }
    }
}

impl Limits {
    /// All of them.
    pub(crate) fn all(&self) -> [&RateLimit; 9] {
        [
            &self.codes_per_number,
            &self.codes_per_address,
            &self.logins_per_address,
            &self.requests_per_account,
            &self.requests_per_pair,
            &self.tokens_looked_up,
            &self.links_per_address,
            &self.photos_per_account,
            &self.reports_per_account,
        ]
    }
}

/// Too often; try again after so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests")]
pub(crate) struct TooMany {
    /// How long to wait.
    pub(crate) wait_ms: i64,
}

impl TooMany {
    pub(crate) fn problem(self) -> wire::Problem {
        slow_down(self.wait_ms)
    }
}

impl People {
    /// Opens the room, and destroys the keys of accounts whose registration a crash cut off.
    pub async fn open(
        db: Db,
        vault: Arc<Vault>,
        sms: Arc<dyn Sms>,
        rng: Arc<dyn Rng>,
        config: PeopleConfig,
    ) -> Result<Self, OpenError> {
        let people = Self {
            db,
            vault,
            sms,
            rng,
            reach: Reach::new(),
            sessions: Cache::new(SESSIONS_CACHED_MAX),
            limits: Limits::new(config.sign_ups_per_hour_and_address),
            link_waits: LinkWaits::default(),
            config,
            next_reminder: NextReminder::default(),
            changes: OnceLock::new(),
            shed_wanted: Arc::new(AtomicBool::new(false)),
        };
        let fresh = people.is_fresh().await?;
        people.sweep_unfinished_accounts(fresh).await?;
        people.begin_policy().await?;
        // Beside the start, so that nobody waits for it.
        tokio::task::spawn_blocking(Phone::load_tables);
        Ok(people)
    }

    /// An address of the web client, for a QR code. What follows `#` stays in the browser that opens it.
    pub(crate) fn client_url(&self, path: &str, token: &str) -> String {
        format!("{}/{path}#{token}", self.config.origins.first().map_or("", String::as_str))
    }

    /// Who is told of changes. Only the first call counts.
    pub fn listen(&self, changes: Arc<dyn Changes>) {
        if self.changes.set(changes).is_err() {
            tracing::warn!("somebody listens to the changes of people already");
        }
    }

    /// What a limit is counted by, so that memory holds no number and no address.
    pub fn rate_key(&self, what: &[u8]) -> RateKey {
        secrets::rate_key(&self.vault, what)
    }

    /// Effective time.
    pub(crate) fn now(&self) -> Result<Millis, Fault> {
        Ok(self.vault.now()?)
    }

    pub(crate) fn seal<T: Stored + Serialize>(&self, record: &T, address: &Address) -> Result<Vec<u8>, Fault> {
        Ok(self.vault.seal(record, address)?)
    }

    pub(crate) fn open_sealed<T: Stored + DeserializeOwned>(
        &self,
        sealed: &[u8],
        address: &Address,
        permit: Permit<T::Row>,
    ) -> Result<Opened<T>, Fault> {
        Ok(self.vault.open_record(sealed, address, permit)?)
    }

    /// Counts against a limit.
    pub(crate) fn take(&self, limit: &RateLimit, what: &[u8], now: Millis) -> Result<(), TooMany> {
        limit.take(self.rate_key(what), now.0).map_err(|wait_ms| TooMany { wait_ms })
    }

    /// Does what waits for a disk of its own (keys) away from the threads that serve.
    pub(crate) async fn with_vault<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let vault = Arc::clone(&self.vault);
        tokio::task::spawn_blocking(move || work(&vault)).await.map_err(|_| Fault::Broken)
    }

    /// After something was removed that was sealed under a key that lives on: takes it out of the engine's side files
    /// too, beside the request that removed it.
    pub(crate) fn shed_soon(&self) {
        if self.shed_wanted.swap(true, Ordering::Relaxed) {
            return;
        }
        let (db, wanted) = (self.db.clone(), Arc::clone(&self.shed_wanted));
        tokio::spawn(async move {
            // From here on somebody else's removal wants another round.
            wanted.store(false, Ordering::Relaxed);
            if !matches!(db.shed().await, Ok(true)) {
                wanted.store(true, Ordering::Relaxed);
                tracing::warn!("the side files of the database could not be cut; the next sweep tries again");
            }
        });
    }

    /// Whether something that was removed may still be in the side files.
    pub(crate) fn wants_shedding(&self) -> bool {
        self.shed_wanted.load(Ordering::Relaxed)
    }

    /// Takes what was removed out of the side files now.
    pub(crate) async fn shed(&self) -> Result<(), Fault> {
        self.shed_wanted.store(false, Ordering::Relaxed);
        if !self.db.shed().await? {
            self.shed_wanted.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Answers whoever is kept waiting, so that a server that stops need not wait for them.
    pub fn answer_who_waits(&self) {
        self.link_waits.wake_all();
    }

    pub(crate) fn tell_contacts_changed(&self, account: AccountId) {
        if let Some(changes) = self.changes.get() {
            changes.contacts_changed(account);
        }
    }

    pub(crate) fn tell_profile_changed(&self, account: AccountId) {
        if let Some(changes) = self.changes.get() {
            changes.profile_changed(account);
        }
    }

    pub(crate) fn tell_chats_changed(&self, account: AccountId, by: DeviceId) {
        if let Some(changes) = self.changes.get() {
            changes.chats_changed(account, by);
        }
    }

    pub(crate) fn tell_push_changed(&self, account: AccountId, device: DeviceId, on: bool) {
        if let Some(changes) = self.changes.get() {
            changes.push_changed(account, device, on);
        }
    }

    pub(crate) fn tell_requested(&self, account: AccountId) {
        if let Some(changes) = self.changes.get() {
            changes.contact_requested(account);
        }
    }

    pub(crate) fn tell_reminders_changed(&self, account: AccountId, by: Option<DeviceId>) {
        if let Some(changes) = self.changes.get() {
            changes.reminders_changed(account, by);
        }
    }

    pub(crate) fn tell_reminder_due(&self, account: AccountId) {
        if let Some(changes) = self.changes.get() {
            changes.reminder_due(account);
        }
    }

    pub(crate) fn tell_device_added(&self, account: AccountId, device: DeviceId) {
        if let Some(changes) = self.changes.get() {
            changes.device_added(account, device);
        }
    }

    /// Waits until everybody else has forgotten the account.
    pub(crate) async fn tell_account_deleted(&self, account: AccountId, contacts: Vec<AccountId>) {
        if let Some(changes) = self.changes.get() {
            changes.account_deleted(account, contacts).await;
        }
    }

    pub(crate) fn tell_device_ended(&self, account: AccountId, device: DeviceId) {
        if let Some(changes) = self.changes.get() {
            changes.device_ended(account, device);
        }
    }
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("People").field("db", &self.db).finish_non_exhaustive()
    }
}
