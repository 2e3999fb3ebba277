//! The rooms of a running server: put together in order, taken down in order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bus::Local;
use chats::{Chats, NoSleepers, Outgoing, Sleepers};
use kernel::{Clock, Disk, Rng};
use people::{People, PeopleConfig, PushConfig};
use policy::operators::Operator;
use providers::push::{Vapid, VapidError, WebPush};
use providers::sms::{DemoOutbox, Sms as SmsProvider, TwilioOptions, TwilioShaped};
use rights::audit::Running;
use storage::lease_log::{LeaseLog, LeaseLogOptions};
use storage::sql::Db;
use tokio::sync::mpsc;
use vault::{OsDisk, Vault};

use crate::changes::Announcer;
use crate::looker::{LagKeeper, Looker};
use crate::machine::{MachineClock, MachineRng};
use crate::push::{Pusher, Wake, Wakes};
use crate::serve::ServeError;
use crate::settings::{Settings, Sms};

/// How long open sockets get to hear that the server stops.
pub(crate) const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// What wakes devices, and what it is left.
pub(crate) struct Pushing {
    pub(crate) pusher: Pusher,
    pub(crate) queue: mpsc::Receiver<Wake>,
}

/// The rooms of a running server.
pub(crate) struct Rooms {
    pub(crate) chats: Chats,
    pub(crate) people: Arc<People>,
    pub(crate) operator: Operator,
    pub(crate) looker: Arc<Looker>,
    pub(crate) lags: Arc<LagKeeper>,
    /// What pushes, until it runs; none where nothing is pushed.
    pub(crate) pushing: Option<Pushing>,
    db: Db,
}

impl Rooms {
    /// Opens all of them.
    pub(crate) async fn open(settings: &Settings, origins: &[String]) -> Result<Self, ServeError> {
        let clock: Arc<dyn Clock> = Arc::new(MachineClock::new());
        let rng: Arc<dyn Rng> = Arc::new(MachineRng);
        let disk = Arc::new(OsDisk);
        let operator = crate::operator::of(settings)?;
        make_folder(&settings.places.data)?;
        let vault = open_vault(settings, &clock, &rng)?;
        vault.step()?;
        let lags = Arc::new(LagKeeper::resume(Arc::clone(&vault), settings.places.data.clone()));
        let db = Db::open(&settings.places.database).await?;
        let bus = Local::new();
        let (sms, demo_outbox) = sms(settings)?;
        let sign_ups_per_hour_and_address = settings.sign_ups_per_hour_and_address;
        let origins = origins.to_vec();
        let vapid = settings.push.any().then(|| vapid(&vault, &operator)).transpose()?.map(Arc::new);
        let push =
            PushConfig { hosts: settings.push.clone(), public_key: vapid.as_ref().map(|vapid| vapid.public_key()) };
        let config =
            PeopleConfig { origins, demo_outbox, sign_ups_per_hour_and_address, push, ..PeopleConfig::default() };
        // Before the log, which forgets whoever has no key any more: deletions that a crash cut off end here.
        let people = Arc::new(People::open(db.clone(), Arc::clone(&vault), sms, Arc::clone(&rng), config).await?);
        let options = LeaseLogOptions::new(settings.places.data.join("lease-log"));
        let (wakes, queue) = Wakes::new(bus.clone(), Arc::clone(&clock));
        let sleepers: Arc<dyn Sleepers> =
            if settings.push.any() { Arc::new(wakes.clone()) } else { Arc::new(NoSleepers) };
        let deliveries = Arc::new(Outgoing::new(bus.clone(), Arc::clone(&sleepers)));
        let log = LeaseLog::open(options, disk, Arc::clone(&vault), deliveries).map_err(ServeError::LeaseLog)?;
        people.listen(Announcer::new(bus.clone(), wakes.clone(), log.clone()));
        let looked_at =
            Running { db: db.clone(), people: Arc::clone(&people), log: log.clone(), vault: Arc::clone(&vault) };
        let looker = Arc::new(Looker::new(looked_at, clock));
        let push = vapid.map(|vapid| WebPush::new(vapid, Arc::clone(&rng))).transpose()?;
        let pushing = push.map(|push| {
            let pusher = Pusher::new(wakes.clone(), Arc::clone(&people), Arc::clone(&vault), push);
            Pushing { pusher, queue }
        });
        let chats = Chats { log, people: Arc::clone(&people), bus, vault, sleepers, rng };
        Ok(Self { chats, people, operator, looker, lags, pushing, db })
    }

    /// Tells the sockets, commits what is left, and takes a last key step.
    pub(crate) async fn close(self) -> Result<(), ServeError> {
        self.chats.bus.stop();
        let goodbye = async {
            while self.chats.bus.lines() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        // Whoever has not heard by then finds out by itself.
        let _told = tokio::time::timeout(GOODBYE_MAX, goodbye).await;
        self.chats.log.close().await;
        self.chats.vault.last_step()?;
        self.lags.save();
        self.db.close().await;
        Ok(())
    }
}

fn open_vault(settings: &Settings, clock: &Arc<dyn Clock>, rng: &Arc<dyn Rng>) -> Result<Arc<Vault>, ServeError> {
    for folder in [Some(&settings.places.keys), settings.places.keys_mirror.as_ref()].into_iter().flatten() {
        check_file_system(settings, folder, OsDisk::copy_on_write(existing(folder))?)?;
    }
    let master = settings.places.load_master_key(&**rng)?;
    let options = vault::Options { believe_far_jumps: settings.believe_clock, ..settings.places.vault_options() };
    Ok(Arc::new(Vault::open(Arc::new(OsDisk), options, master, Arc::clone(clock), Arc::clone(rng))?))
}

/// The key pair by which push services know this server. It is made from the key of keyed hashes, which is as old as the keys
/// folder and lives as long: subscriptions outlive every restart, and there is no other secret to keep.
fn vapid(vault: &Vault, operator: &Operator) -> Result<Vapid, VapidError> {
    let draw = |number: u32| vault.keyed_hash("vapid key v1", &number.to_le_bytes());
    Vapid::of(draw, format!("mailto:{}", operator.contact.email))
}

/// Where a folder lies or, when it is not made yet, will lie: the vault makes its folders itself, durably.
pub(crate) fn existing(folder: &Path) -> &Path {
    folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."))
}

/// A key dies by being overwritten in place. Where that cannot be, a demonstration may go on with a warning.
fn check_file_system(
    settings: &Settings,
    folder: &Path,
    copy_on_write: Option<&'static str>,
) -> Result<(), ServeError> {
    let Some(file_system) = copy_on_write else { return Ok(()) };
    if settings.demo {
        tracing::warn!(
            file_system,
            "keys are kept on a file system that keeps what is overwritten: they do not die in time"
        );
        return Ok(());
    }
    Err(ServeError::CopyOnWrite { folder: folder.to_owned(), file_system })
}

/// Where texts go, and in demo mode where they can be read.
type Texts = (Arc<dyn SmsProvider>, Option<Arc<DemoOutbox>>);

fn sms(settings: &Settings) -> Result<Texts, ServeError> {
    Ok(match &settings.sms {
        Sms::Demo => {
            let outbox = Arc::new(DemoOutbox::new());
            (Arc::clone(&outbox) as _, Some(outbox))
        }
        Sms::Twilio { url, account, token, from } => {
            let options = TwilioOptions {
                base_url: url.clone(),
                account_sid: account.clone(),
                auth_token: token.clone(),
                from: from.clone(),
            };
            (Arc::new(TwilioShaped::new(options)?), None)
        }
    })
}

/// Makes the data folder, and its name durable: what is acknowledged in it must be found again.
fn make_folder(folder: &Path) -> Result<(), ServeError> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = OsDisk.create_dir_all(folder).and_then(|()| OsDisk.sync_dir(parent));
    made.map_err(|source| ServeError::Folder { folder: folder.into(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Flags;

    #[test]
    fn keys_are_not_kept_where_nothing_is_overwritten() {
        let mut settings = Settings::from_flags(Flags::demo()).unwrap();
        let keys = Path::new("keys");
        assert!(check_file_system(&settings, keys, Some("btrfs")).is_ok(), "a demonstration only warns");
        settings.demo = false;
        assert!(check_file_system(&settings, keys, None).is_ok());
        let refused = check_file_system(&settings, keys, Some("btrfs")).unwrap_err().to_string();
        assert!(refused.contains("btrfs") && refused.contains("--keys"), "{refused}");
    }
}
