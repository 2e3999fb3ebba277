//! `billet serve`: puts the rooms together, runs them, and takes them down in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use bus::Local;
use chats::{Chats, Outgoing};
use kernel::{Clock, Disk, Rng};
use people::{People, PeopleConfig};
use policy::operators::Operator;
use providers::sms::{DemoOutbox, Sms as SmsProvider, TwilioOptions, TwilioShaped};
use storage::lease_log::{LeaseLog, LeaseLogOptions, StopReason};
use storage::sql::Db;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use vault::{OsDisk, Vault};

use crate::changes::Announcer;
use crate::headers::Hosts;
use crate::health::About;
use crate::machine::{MachineClock, MachineRng};
use crate::router::{self, Parts};
use crate::settings::{Flags, MasterKey, Settings, SettingsError, Sms};
use crate::ticker;

/// How long open sockets get to hear that the server stops.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// Settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The operator's file.
    #[error("the operator's particulars are not right: {0}")]
    Operator(String),
    /// The data folder.
    #[error("the folder {folder} cannot be used; check that it can be written to", folder = folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The address.
    #[error("cannot listen on {address}; is another server running there? Choose another with --listen")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A file system that keeps what was overwritten.
    #[error("the keys folder {folder} is on {file_system}, which keeps what is overwritten, so keys would not die; \
        put --keys on another file system, such as ext4 or xfs", folder = folder.display())]
    CopyOnWrite {
        /// Which folder.
        folder: PathBuf,
        /// What is there.
        file_system: &'static str,
    },
    /// The keys.
    #[error("the keys cannot be used")]
    Keys(#[from] vault::OpenError),
    /// The master key.
    #[error("the master key cannot be used")]
    MasterKey(#[from] vault::MasterKeyError),
    /// A key step failed.
    #[error("keys could not be stepped; nothing more is served")]
    Step(#[from] vault::StepError),
    /// The database.
    #[error("the database cannot be used")]
    Database(#[from] storage::sql::OpenError),
    /// The messages in flight.
    #[error("the messages in flight cannot be used")]
    LeaseLog(#[source] StopReason),
    /// Accounts and contacts.
    #[error("accounts cannot be used")]
    People(#[from] people::OpenError),
    /// Texts.
    #[error("texts cannot be sent")]
    Sms(#[from] providers::sms::SmsError),
    /// The lease log.
    #[error("the server stopped because messages can no longer be kept safe")]
    Stopped(#[source] Arc<StopReason>),
    /// The machine.
    #[error("the server cannot run on this machine")]
    Machine(#[from] std::io::Error),
}

/// Runs until SIGTERM or Ctrl-C.
pub(crate) fn run(flags: Flags) -> Result<(), ServeError> {
    let settings = Settings::from_flags(flags)?;
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log).unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(settings))
}

async fn serve(settings: Settings) -> Result<(), ServeError> {
    let address = settings.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })?;
    let listening = listener.local_addr()?;
    let origins = origins(&settings, listening);

    let rooms = Rooms::open(&settings, &origins).await?;
    let (stop, stopping) = ticker::stop_signal();
    let ticking = tokio::spawn(ticker::run(rooms.chats.log.clone(), Arc::clone(&rooms.people), stopping.clone()));
    let router = router::build(Parts {
        about: About { demo: settings.demo, operator: rooms.operator.clone() },
        hosts: Hosts::of(&origins),
        people: Arc::clone(&rooms.people),
        chats: rooms.chats.clone(),
    });
    let listener = listener.tap_io(|stream| {
        // Without it small frames wait for each other; where it cannot be set they are only later.
        let _best_effort = stream.set_nodelay(true);
    });
    // Whoever has read that the server listens may already want it to stop.
    let terminate = signal(SignalKind::terminate())?;
    let ended = tokio::spawn(end(terminate, ticking, Arc::clone(&stop)));
    say_ready(listening);

    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopped(stopping)).await?;
    let outcome = ended.await.unwrap_or(Ok(()));
    rooms.close().await?;
    outcome
}

/// The rooms of a running server.
struct Rooms {
    chats: Chats,
    people: Arc<People>,
    operator: String,
    db: Db,
}

impl Rooms {
    async fn open(settings: &Settings, origins: &[String]) -> Result<Self, ServeError> {
        let clock: Arc<dyn Clock> = Arc::new(MachineClock::new());
        let rng: Arc<dyn Rng> = Arc::new(MachineRng);
        let disk = Arc::new(OsDisk);
        let operator = operator(settings)?;
        make_folder(&settings.data)?;
        let vault = open_vault(settings, &clock, &rng)?;
        vault.step()?;
        let db = Db::open(&settings.database).await?;
        let bus = Local::new();
        let options = LeaseLogOptions::new(settings.data.join("lease-log"));
        let deliveries = Arc::new(Outgoing::new(bus.clone()));
        let log = LeaseLog::open(options, disk, Arc::clone(&vault), deliveries).map_err(ServeError::LeaseLog)?;
        let (sms, demo_outbox) = sms(settings)?;
        let config = PeopleConfig { origins: origins.to_vec(), demo_outbox, ..PeopleConfig::default() };
        let people = Arc::new(People::open(db.clone(), Arc::clone(&vault), sms, Arc::clone(&rng), config).await?);
        people.listen(Announcer::new(bus.clone(), log.clone()));
        let chats = Chats { log, people: Arc::clone(&people), bus, vault, rng };
        Ok(Self { chats, people, operator, db })
    }

    /// Tells the sockets, commits what is left, and takes a last key step.
    async fn close(self) -> Result<(), ServeError> {
        self.chats.bus.stop();
        let goodbye = async {
            while self.chats.bus.lines() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        // Whoever has not heard by then finds out by itself.
        let _told = tokio::time::timeout(GOODBYE_MAX, goodbye).await;
        self.chats.log.close().await;
        self.chats.vault.step()?;
        self.db.close().await;
        Ok(())
    }
}

fn open_vault(settings: &Settings, clock: &Arc<dyn Clock>, rng: &Arc<dyn Rng>) -> Result<Arc<Vault>, ServeError> {
    let master = match &settings.master_key {
        MasterKey::File(path) => vault::MasterKey::from_file(path, &**rng),
        MasterKey::Text(text) => vault::MasterKey::from_text(text),
    };
    // The vault makes the folder itself, durably; what is looked at is where it will lie.
    let existing = settings.keys.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    check_file_system(settings, OsDisk::copy_on_write(existing)?)?;
    let options = vault::Options::new(&settings.keys);
    Ok(Arc::new(Vault::open(Arc::new(OsDisk), options, master?, Arc::clone(clock), Arc::clone(rng))?))
}

/// A key dies by being overwritten in place. Where that cannot be, a demonstration may go on with a warning.
fn check_file_system(settings: &Settings, copy_on_write: Option<&'static str>) -> Result<(), ServeError> {
    let Some(file_system) = copy_on_write else { return Ok(()) };
    if settings.demo {
        tracing::warn!(
            file_system,
            "keys are kept on a file system that keeps what is overwritten: they do not die in time"
        );
        return Ok(());
    }
    Err(ServeError::CopyOnWrite { folder: settings.keys.clone(), file_system })
}

/// The operator's particulars; outside demo mode none may be missing (D-54).
fn operator(settings: &Settings) -> Result<String, ServeError> {
    let Some(text) = &settings.operator else { return Ok(policy::operators::demo().name.to_string()) };
    let operator: Operator = toml::from_str(text).map_err(|e| ServeError::Operator(e.to_string()))?;
    let mut missing = operator.check();
    if operator.demo && !settings.demo {
        missing.push("it is the demo's own file: give one with demo = false and your particulars".into());
    }
    if missing.is_empty() { Ok(operator.name.to_string()) } else { Err(ServeError::Operator(missing.join("; "))) }
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

/// Where browsers find this server. In demo mode each name of loopback will do.
fn origins(settings: &Settings, listening: SocketAddr) -> Vec<String> {
    match &settings.origin {
        Some(origin) => vec![origin.trim_end_matches('/').to_owned()],
        None => ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("http://{host}:{}", listening.port())).into(),
    }
}

/// Waits for a reason to stop: a signal, or the background loop giving up.
async fn end(
    mut terminate: Signal,
    ticking: tokio::task::JoinHandle<Result<(), Arc<StopReason>>>,
    stop: Arc<watch::Sender<bool>>,
) -> Result<(), ServeError> {
    let outcome = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
        ticked = ticking => ticked.unwrap_or(Ok(())).map_err(ServeError::Stopped),
    };
    // The receivers live as long as the server.
    let _told = stop.send(true);
    outcome
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is as good a reason.
    let _changed = stopping.wait_for(|stop| *stop).await;
}

#[expect(clippy::print_stdout, reason = "the one line that scripts wait for")]
fn say_ready(listening: SocketAddr) {
    println!("listening on http://{listening}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_not_kept_where_nothing_is_overwritten() {
        let mut settings = Settings::from_flags(Flags::demo()).unwrap();
        assert!(check_file_system(&settings, Some("btrfs")).is_ok(), "a demonstration only warns");
        settings.demo = false;
        assert!(check_file_system(&settings, None).is_ok());
        let refused = check_file_system(&settings, Some("btrfs")).unwrap_err().to_string();
        assert!(refused.contains("btrfs") && refused.contains("--keys"), "{refused}");
    }
}
