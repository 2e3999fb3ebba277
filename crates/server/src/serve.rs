//! `billet serve`: puts the rooms together, runs them, and takes them down in order.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use disclosure::Site;
use people::People;
use storage::lease_log::StopReason;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Ending;
use crate::assets::Client;
use crate::backups::Backups;
use crate::control::{self, Control};
use crate::headers::Hosts;
use crate::health::About;
use crate::master_key::MasterKeyTrouble;
use crate::metrics::{self, Metrics};
use crate::policy_page::Pages;
use crate::rooms::{self, Rooms};
use crate::router::{self, Parts};
use crate::settings::{Flags, Settings, SettingsError};
use crate::socket::Doors;
use crate::{listen, ticker, words};

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// Settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The operator's file.
    #[error(
        "the operator's particulars are not right (`billet policy --example-operator` prints a file to fill in):\n  {0}"
    )]
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
        put --keys (or --keys-mirror) on another file system, such as ext4 or xfs", folder = folder.display())]
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
    MasterKey(#[from] MasterKeyTrouble),
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
    /// Pushes.
    #[error("pushes cannot be sent")]
    Push(#[from] providers::push::PushError),
    /// Their key pair.
    #[error(transparent)]
    PushKey(#[from] providers::push::VapidError),
    /// Who can be woken.
    #[error("it cannot be read which devices can be woken")]
    Sleepers(#[from] people::Fault),
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
pub(crate) fn run(flags: Flags) -> Ending {
    let settings = Settings::from_flags(flags)?;
    words::begin(&settings.log);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(settings))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(settings: Settings) -> Result<(), ServeError> {
    let address = settings.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })?;
    let listening = listener.local_addr()?;
    let origins = origins(&settings, listening);

    let mut rooms = Rooms::open(&settings, &origins).await?;
    let (stop, stopping) = ticker::stop_signal();
    let ticking = tokio::spawn(ticker::run(rooms.chats.log.clone(), stopping.clone()));
    let mut beside = beside(&settings, &rooms, &stopping).await?;
    if let Some(pushing) = rooms.pushing.take() {
        pushing.pusher.load().await?;
        beside.spawn(pushing.pusher.run(pushing.queue, stopping.clone()));
    }
    beside.spawn(ticker::tell_reminders(Arc::clone(&rooms.people), stopping.clone()));
    beside.spawn(ticker::tell_people(Arc::clone(&rooms.people), stopping.clone()));
    beside.spawn(ticker::keep_house(Arc::clone(&rooms.people), Arc::clone(&rooms.lags), stopping.clone()));
    beside.spawn(answer_who_waits(Arc::clone(&rooms.people), stopping.clone()));
    let site = Site {
        operator: &rooms.operator,
        demo: settings.demo,
        encrypted_line: origins.iter().all(|origin| origin.starts_with("https://")),
        used: settings.recipients(),
        ..Site::demo()
    };
    let router = router::build(Parts {
        about: About { demo: settings.demo, operator: rooms.operator.name.to_string() },
        policy: Pages::of(&site),
        hosts: Hosts::of(&origins),
        tls: Hosts::tls(&origins),
        people: Arc::clone(&rooms.people),
        chats: rooms.chats.clone(),
        doors: Doors::new(settings.sockets_per_address),
        client: Client::of(settings.web.clone()),
    });
    // Whoever has read that the server listens may already want it to stop.
    let terminate = signal(SignalKind::terminate())?;
    let ended = tokio::spawn(end(terminate, ticking, Arc::clone(&stop)));
    say_ready(listening);

    listen::serve(listener, router, settings.sockets_per_address, stopping).await;
    let outcome = ended.await.unwrap_or(Ok(()));
    // Whoever still reads a long answer has had long enough.
    let _ended = tokio::time::timeout(rooms::GOODBYE_MAX, beside.join_all()).await;
    rooms.close().await?;
    outcome
}

/// Lets nobody keep a server that stops: a device that waits to be let in asks again when it is back.
async fn answer_who_waits(people: Arc<People>, stopping: watch::Receiver<bool>) {
    stopped(stopping).await;
    people.answer_who_waits();
}

/// What listens beside: the control socket, and metrics if they were asked for.
async fn beside(
    settings: &Settings,
    rooms: &Rooms,
    stopping: &watch::Receiver<bool>,
) -> Result<JoinSet<()>, ServeError> {
    let mut beside = JoinSet::new();
    match control::Socket::open(&settings.places.data) {
        Ok(socket) => {
            let backups = Arc::new(Backups::of(settings.places.clone(), rooms.looker.rooms().clone()));
            let control = Control { looker: Arc::clone(&rooms.looker), backups, people: Arc::clone(&rooms.people) };
            beside.spawn(socket.serve(control, stopped(stopping.clone())));
        }
        Err(error) => tracing::warn!(%error, "there is no control socket: `billet audit` cannot ask this server"),
    }
    if let Some(address) = settings.metrics {
        let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })?;
        let listening = listener.local_addr()?;
        tracing::info!(address = %listening, "metrics");
        let routes = metrics::routes(Metrics { looker: Arc::clone(&rooms.looker), bus: rooms.chats.bus.clone() });
        let stopped = stopped(stopping.clone());
        beside.spawn(async move {
            if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(stopped).await {
                tracing::warn!(%error, "metrics ended");
            }
        });
    }
    Ok(beside)
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
