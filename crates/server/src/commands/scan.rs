//! `billet scan TEXT`: looks for a text in every byte of data and keys, with every key that remains (`D-71`).
//!
//! Ends with 0 when the text is nowhere, 1 with a line for each place on standard output, 2 when that cannot be known.
//!
//! Absences: nothing is written, not even a lock file; no line shows what stands around the text.

mod walk;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use rights::scan::{Counts, Place, Scan, TextError, Unreadable};
use storage::sql::Db;
use vault::remains::RemainingKeys;
use vault::{CopyState, OsDisk, Stand, inspect};

use self::walk::Walk;
use super::locks::{self, LockError};
use crate::master_file;
use crate::master_key::MasterKeyTrouble;
use crate::settings::{MasterKey, PlaceFlags, Places, SettingsError};
use crate::{Ending, say_error};

/// What `billet scan` is given.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The text to look for, as it was written; `-` reads it from standard input.
    text: String,
    /// A further folder or file to look through: an old copy of the data, logs, the folder of PostgreSQL.
    #[arg(long, value_name = "DIR")]
    also: Vec<PathBuf>,
    #[command(flatten)]
    places: PlaceFlags,
}

/// The text is somewhere.
const FOUND: u8 = 1;
/// Not everything could be looked through.
const TROUBLE: u8 = 2;

/// The files that SQLite keeps beside a database.
const BESIDE_DATABASE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Why it is not known whether the text is there.
#[derive(Debug, thiserror::Error)]
enum ScanError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("the text could not be read from standard input")]
    Input(#[source] io::Error),
    #[error("{} does not exist: give the folder with --{flag}, or make an empty one to look without it", path.display())]
    Missing { path: PathBuf, flag: &'static str },
    #[error("{} cannot be looked through; run this as the account that runs the server", path.display())]
    Unlistable { path: PathBuf, source: io::Error },
    #[error("{} is a device: what is behind it cannot be looked through file by file", path.display())]
    Device { path: PathBuf },
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("the master key cannot be used")]
    MasterKey(#[from] MasterKeyTrouble),
    #[error(
        "the keys in {} are wrapped by another master key, so nobody knows what they open: give the one that `serve` uses, \
         or end the rotation that was cut short",
        path.display()
    )]
    Closed { path: PathBuf },
    #[error("the keys in {} cannot be read", path.display())]
    Keys { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// Looks, and says what was found.
pub(crate) fn run(arguments: Arguments) -> Ending {
    Ok(match scan(arguments) {
        Ok(code) => code,
        Err(error) => {
            say_error(&error);
            ExitCode::from(TROUBLE)
        }
    })
}

fn scan(arguments: Arguments) -> Result<ExitCode, ScanError> {
    let places = arguments.places.settle()?;
    let text = if arguments.text == "-" { from_input()? } else { arguments.text };
    let roots = roots(&places, &arguments.also)?;
    let _no_server = locks::hold(&places)?;
    let keys = remaining_keys(&places)?;
    let count = keys.count();
    let Walk { files, names, mut troubles, .. } = Walk::of(&roots);
    let mut scan = Scan::new(Arc::new(OsDisk), &text, keys)?;
    for file in &files {
        if let Err(error) = scan.learn(file) {
            troubles.push(error.into());
        }
    }
    let mut found = 0_u64;
    let mut each = |place: Place| {
        found += 1;
        say(&place);
    };
    for (path, name) in &names {
        scan.search_name(path, name, &mut each);
    }
    for file in &files {
        if let Err(error) = scan.search(file, &mut each) {
            troubles.push(error.into());
        }
    }
    summarise(found, files.len(), scan.counts(), count);
    // What cannot be read at the first look cannot be at the second either: each is told once.
    let mut told: Vec<String> = Vec::new();
    for trouble in &troubles {
        let words = trouble.to_string();
        if !told.contains(&words) {
            say_error(trouble);
            told.push(words);
        }
    }
    Ok(match (troubles.is_empty(), found) {
        (false, _) => ExitCode::from(TROUBLE),
        (true, 0) => ExitCode::SUCCESS,
        (true, _) => ExitCode::from(FOUND),
    })
}

fn from_input() -> Result<String, ScanError> {
    let text = io::read_to_string(io::stdin()).map_err(ScanError::Input)?;
    Ok(text.strip_suffix('\n').map_or(text.clone(), str::to_owned))
}

/// What is looked through.
fn roots(places: &Places, also: &[PathBuf]) -> Result<Vec<PathBuf>, ScanError> {
    let mut roots = Vec::new();
    for (path, flag) in [(&places.data, "data"), (&places.keys, "keys")] {
        roots.push((path.clone(), flag));
    }
    roots.extend(places.keys_mirror.iter().map(|path| (path.clone(), "keys-mirror")));
    roots.extend(also.iter().map(|path| (path.clone(), "also")));
    for (path, flag) in &roots {
        if !path.exists() {
            return Err(ScanError::Missing { path: path.clone(), flag });
        }
    }
    let mut roots: Vec<PathBuf> = roots.into_iter().map(|(path, _)| path).collect();
    match Db::file_of(&places.database) {
        Some(file) => roots.extend(BESIDE_DATABASE.map(|end| with_end(&file, end)).into_iter().filter(|f| f.exists())),
        None => say_elsewhere(),
    }
    Ok(roots)
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Every key there is, the mirror's included. Where there are key files that do not open, it is not known what they open:
/// that is trouble, not a clean answer.
fn remaining_keys(places: &Places) -> Result<RemainingKeys, ScanError> {
    let options = places.vault_options();
    if inspect(&OsDisk, &options, None).copies.iter().all(|copy| matches!(copy.state, CopyState::Missing)) {
        return Ok(RemainingKeys::default());
    }
    let master = places.master_key.load()?;
    if let MasterKey::File(path) = &places.master_key
        && let new = master_file::new_file(path)
        && new.exists()
    {
        // Slots that the new key wraps already would look dead.
        return Err(MasterKeyTrouble::RotationUnfinished { new }.into());
    }
    let stand = inspect(&OsDisk, &options, Some(&master)).stand;
    if matches!(stand, Stand::OtherMaster | Stand::RotationUnfinished) {
        return Err(ScanError::Closed { path: places.keys.clone() });
    }
    let folders: Vec<&Path> =
        [Some(&options.folder), options.mirror.as_ref()].into_iter().flatten().map(AsRef::as_ref).collect();
    let keys = RemainingKeys::read(&OsDisk, &folders, &master);
    keys.map_err(|source| ScanError::Keys { path: places.keys.clone(), source })
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn say(place: &Place) {
    let path = place.path.display();
    match place.offset {
        Some(offset) => println!("{path}: byte {offset}: {}", place.form),
        None => println!("{path}: {}", place.form),
    }
}

#[expect(clippy::print_stderr, reason = "the one line that says what was looked through")]
fn summarise(found: u64, files: usize, counts: Counts, keys: usize) {
    let Counts { bytes, boxes, opened } = counts;
    let verdict = if found == 0 { "not found".to_owned() } else { format!("found {found} times") };
    eprintln!(
        "billet: {verdict}; looked through {files} files ({bytes} bytes) and {boxes} sealed boxes, \
         of which {keys} remaining keys open {opened}"
    );
}

#[expect(clippy::print_stderr, reason = "a search that leaves something out says so")]
fn say_elsewhere() {
    eprintln!(
        "billet: the database keeps its files elsewhere: give their folder with --also to look through them, too"
    );
}
