//! `billet restore`: brings backups back into empty folders.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use rights::backup::{DATABASE, Kind, Manifest, Prepared, prepare};
use storage::sql::Db;
use vault::OsDisk;

use crate::Ending;
use crate::settings::{PlaceFlags, Places};

/// What `billet restore` is given.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A backup of data.
    #[arg(long, value_name = "DIR", required_unless_present = "keys_from")]
    data_from: Option<PathBuf>,
    /// A backup of keys.
    #[arg(long, value_name = "DIR")]
    keys_from: Option<PathBuf>,
    #[command(flatten)]
    places: PlaceFlags,
}

/// Copies and compares both before it puts either in its place.
pub(crate) fn run(arguments: Arguments) -> Ending {
    let places = arguments.places.settle()?;
    let disk = Arc::new(OsDisk);
    let data = arguments.data_from.map(|from| prepare(disk.clone(), Kind::Data, &from, &places.data)).transpose()?;
    let keys = arguments.keys_from.map(|from| prepare(disk, Kind::Keys, &from, &places.keys)).transpose()?;
    let with_keys = keys.is_some();
    let keys = keys.map(Prepared::put).transpose()?;
    let data = data.map(Prepared::put).transpose()?;
    say(data.as_ref(), keys.as_ref(), &places);
    if with_keys {
        warn_of_keys();
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "what the command is for")]
fn say(data: Option<&Manifest>, keys: Option<&Manifest>, places: &Places) {
    if let Some(data) = data {
        println!("data: {} files, {} bytes in {}", data.files.len(), data.bytes(), places.data.display());
        let own = Db::sqlite_url(&places.data.join(DATABASE));
        if !data.database {
            eprintln!("billet: the database was not in the backup: bring back the copy that was made with it");
        } else if Db::file_of(&places.database) != Db::file_of(&own) {
            eprintln!(
                "billet: the database is {} and not where --database looks",
                places.data.join(DATABASE).display()
            );
        }
        if keys.is_none() {
            eprintln!("billet: what was in flight in it expires at the next start, and everybody is told");
        }
    }
    if let Some(keys) = keys {
        println!("keys: {} files, {} bytes in {}", keys.files.len(), keys.bytes(), places.keys.display());
    }
}

#[expect(clippy::print_stderr, reason = "what the operator must know")]
fn warn_of_keys() {
    eprintln!(
        "billet: these keys open again what has died since they were copied; at the next start every key dies whose time \
         has come, but accounts that were deleted since then are there again: delete them again, and the copy of the keys"
    );
}
