//! `billet serve`: puts the rooms together, runs them, and takes them down in order.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::serve::ListenerExt;
use storage::lease_log::StopReason;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::Ending;
use crate::headers::Hosts;
use crate::health::About;
use crate::rooms::Rooms;
use crate::router::{self, Parts};
use crate::settings::{Flags, Settings, SettingsError};
use crate::ticker;

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
pub(crate) fn run(flags: Flags) -> Ending {
    let settings = Settings::from_flags(flags)?;
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log).unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(settings))?;
    Ok(ExitCode::SUCCESS)
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
