//! `billet backup`: asks the running server for a copy, or copies the folders of a stopped one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use rights::backup::{BackupError, Data, Keys};
use storage::sql::Db;
use vault::OsDisk;
use vault::remains::RemainingKeys;

use super::locks::{self, LockError};
use crate::Ending;
use crate::backups::{self, Summary, Taken, Wanted};
use crate::control::{self, AskError};
use crate::settings::{PlaceFlags, Places};

/// How long a running server may take: 75 GB at 50 MB/s, read twice.
const BACKUP_WAIT: Duration = Duration::from_secs(3_000);

/// What `billet backup` is given.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A new folder for a copy of the data.
    #[arg(long, value_name = "DIR", required_unless_present = "keys_to")]
    data_to: Option<PathBuf>,
    /// A new folder for a copy of the keys, apart from every copy of data. Prefer a mirror of the keys.
    #[arg(long, value_name = "DIR")]
    keys_to: Option<PathBuf>,
    #[command(flatten)]
    places: PlaceFlags,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
enum BackupCommandError {
    /// What the running server said.
    #[error("the running server made no backup: {0}")]
    Refused(String),
    /// It has the folders and does not answer.
    #[error("a server runs, but does not listen on the control socket in {}: start it again, or stop it first", .0.display())]
    Deaf(PathBuf),
    /// The database.
    #[error("the database cannot be opened")]
    Database(#[from] storage::sql::OpenError),
    /// The backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

/// Copies, and says what.
pub(crate) fn run(arguments: Arguments) -> Ending {
    let places = arguments.places.settle()?;
    let absolute = |path: Option<PathBuf>| path.map(std::path::absolute).transpose();
    let wanted = Wanted { to: absolute(arguments.data_to)?, keys_to: absolute(arguments.keys_to)? };
    let json = serde_json::to_string(&wanted)?;
    let taken = match control::ask_with(&places.data, "POST", "/backup", &json, BACKUP_WAIT) {
        Ok(answer) if answer.status == http::StatusCode::OK => serde_json::from_str(&answer.body)?,
        Ok(answer) => return Err(BackupCommandError::Refused(answer.body).into()),
        Err(AskError::NotRunning) => of_stopped(&places, wanted.clone())?,
        Err(error) => return Err(error.into()),
    };
    say(&taken, &wanted);
    Ok(ExitCode::SUCCESS)
}

fn of_stopped(places: &Places, wanted: Wanted) -> Result<Taken, Box<dyn std::error::Error>> {
    let _no_server = match locks::hold(places) {
        Err(LockError::Running { .. }) => return Err(BackupCommandError::Deaf(places.data.clone()).into()),
        held => held?,
    };
    let disk = Arc::new(OsDisk);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let taken = runtime.block_on(async {
        let db = Db::look(&places.database).await?;
        let data = Data { disk: disk.clone(), folder: places.data.clone(), db: db.clone(), log: None };
        let keys = Keys { disk, folder: places.keys.clone(), vault: None };
        let taken = backups::take(places, data, keys, wanted, backups::about(key_step(places))).await;
        db.close().await;
        Ok::<_, BackupCommandError>(taken?)
    })?;
    Ok(taken)
}

/// How many steps the keys have made, when they can be read.
fn key_step(places: &Places) -> Option<u64> {
    let master = places.master_key.load().ok()?;
    let keys = RemainingKeys::read(&OsDisk, &[&places.keys], &master).ok()?;
    keys.mark().map(|mark| mark.step)
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "what the command is for")]
fn say(taken: &Taken, wanted: &Wanted) {
    let line = |what: &str, summary: &Summary, to: &Option<PathBuf>| {
        let to = to.as_deref().unwrap_or(Path::new("")).display();
        println!("{what}: {} files, {} bytes in {to}", summary.files, summary.bytes);
    };
    if let Some(data) = &taken.data {
        line("data", data, &wanted.to);
        if !data.database {
            eprintln!(
                "billet: the PostgreSQL database is not in it: copy that now with pg_basebackup or pg_dump, after this copy"
            );
        }
    }
    if let Some(keys) = &taken.keys {
        line("keys", keys, &wanted.keys_to);
        eprintln!(
            "billet: this copy of the keys opens what dies from now on, for as long as it lies there: delete it within \
             the day, keep it apart from every copy of the data, and prefer --keys-mirror, which forgets in step"
        );
    }
}
