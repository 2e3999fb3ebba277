//! `billet keys rotate`: a new master key wraps every key, and the old one opens nothing any more.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use vault::{OpenError, OsDisk, RotateError, Rotated, Rotation};

use crate::Ending;
use crate::machine::MachineRng;
use crate::master_file;
use crate::master_key::MasterKeyTrouble;
use crate::settings::{MasterKey, PlaceFlags};

/// What can be done with the keys of a stopped server.
#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Makes a new master key and wraps every key with it, in place, in all copies. Cut short, it goes on when run again.
    Rotate(Box<RotateFlags>),
}

/// Where the keys lie, and where the new master key comes from.
#[derive(Args)]
pub(crate) struct RotateFlags {
    #[command(flatten)]
    places: PlaceFlags,
    /// File of the new master key, made when missing [default: takes the place of the old file, which is destroyed]
    #[arg(long, value_name = "FILE", conflicts_with = "new_master_key_command")]
    new_master_key_file: Option<PathBuf>,
    /// Command that prints the new master key as 64 hexadecimal digits.
    #[arg(long, value_name = "CMD")]
    new_master_key_command: Option<String>,
}

/// Why the master key was not rotated.
#[derive(Debug, thiserror::Error)]
enum KeysError {
    /// The old or the new key.
    #[error("the master key cannot be used")]
    MasterKey(#[from] MasterKeyTrouble),
    /// The key file.
    #[error("the keys cannot be used")]
    Open(#[from] OpenError),
    /// The rotation itself.
    #[error("the master key could not be rotated")]
    Rotate(#[from] RotateError),
    /// Nothing says where the new key comes from.
    #[error(
        "the master key is not in a file: say with --new-master-key-file or --new-master-key-command where the new one comes from"
    )]
    NoNewKey,
    /// The files of the master keys.
    #[error("the keys are wrapped anew, but {path} could not take its place; run `billet keys rotate` again, it finishes", path = path.display())]
    Replace {
        /// The old file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Rotates.
pub(crate) fn run(KeysCommand::Rotate(flags): KeysCommand) -> Ending {
    let places = flags.places.settle()?;
    let new = match (flags.new_master_key_file, flags.new_master_key_command) {
        (Some(path), _) => Some(MasterKey::File(path)),
        (None, Some(command)) => Some(MasterKey::Command(command)),
        (None, None) => None,
    };
    // Whoever holds the folder, a server above all, is noticed before anything is made.
    let rotation = Rotation::begin(Arc::new(OsDisk), &places.vault_options()).map_err(KeysError::Open)?;
    let said = match (&places.master_key, new) {
        (MasterKey::File(path), None) => in_place(rotation, path)?,
        (_, None) => return Err(KeysError::NoNewKey.into()),
        (old, Some(new)) => to_another(rotation, old, &new)?,
    };
    print(&said);
    Ok(ExitCode::SUCCESS)
}

/// The new key takes the place of the old one's file.
fn in_place(rotation: Rotation, path: &Path) -> Result<String, KeysError> {
    let replace = || master_file::replace(path).map_err(|source| KeysError::Replace { path: path.to_owned(), source });
    let old = MasterKey::File(path.to_owned()).load()?;
    let new_path = master_file::new_file(path);
    if !new_path.exists() {
        if !rotation.is_wrapped_by(&old) {
            return Err(OpenError::OtherMaster { folder: rotation.folder().to_owned() }.into());
        }
        if !rotation.is_unfinished() && master_file::old_file(path).exists() {
            replace()?;
            return Ok("an earlier rotation is finished: the file of the old master key is destroyed".to_owned());
        }
    }
    let new = make_or_read(&new_path)?;
    let done = rotation.run(&old, &new, &MachineRng)?;
    replace()?;
    let path = path.display();
    Ok(format!(
        "{}; {path} holds the new master key, and the old one's file is overwritten and removed",
        summary(&done)
    ))
}

/// The new key lies elsewhere: the settings must say so before the next start.
fn to_another(rotation: Rotation, old: &MasterKey, new: &MasterKey) -> Result<String, KeysError> {
    let old = old.load()?;
    let (new, setting) = match new {
        MasterKey::File(path) => (make_or_read(path)?, format!("--master-key-file {}", path.display())),
        other => (other.load()?, "--master-key-command, as it was given here".to_owned()),
    };
    let done = rotation.run(&old, &new, &MachineRng)?;
    Ok(format!("{}; start with {setting} from now on, and destroy the old master key", summary(&done)))
}

fn make_or_read(path: &Path) -> Result<vault::MasterKey, KeysError> {
    vault::MasterKey::from_file(path, &MachineRng).map_err(|error| KeysError::MasterKey(error.into()))
}

fn summary(done: &Rotated) -> String {
    let Rotated { slots, copies, resumed } = done;
    let start = if *resumed { "a rotation that was cut short is finished: " } else { "" };
    match slots {
        0 => format!("{start}the new master key wraps all keys in {copies} copies already"),
        _ => format!(
            "{start}{slots} slots in each of {copies} copies are wrapped by the new master key; the old one opens nothing any more"
        ),
    }
}

#[expect(clippy::print_stdout, reason = "what the command did")]
fn print(said: &str) {
    println!("{said}");
}
