//! `billet clock reset`: after a wrong jump forward that was believed. Says what it expires, and does it with `--yes`.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use kernel::{Clock, DAY_MS, HOUR_MS, Millis};
use people::DeadlineRows;
use storage::sql::Db;
use vault::{ClockReset, OsDisk, ResetError};

use crate::Ending;
use crate::machine::{MachineClock, MachineRng};
use crate::master_key::MasterKeyTrouble;
use crate::settings::{PlaceFlags, Places};

/// What can be done with the time of a stopped server.
#[derive(Subcommand)]
pub(crate) enum ClockCommand {
    /// Sets the time of the keys back to this machine's clock. Everything with a deadline expires; accounts and contacts stay.
    Reset(Box<ResetFlags>),
}

/// Where things lie, and whether it is meant.
#[derive(Args)]
pub(crate) struct ResetFlags {
    #[command(flatten)]
    places: PlaceFlags,
    /// Do it. Without this, it is only said what would be done.
    #[arg(long)]
    yes: bool,
}

/// Why the time was not reset.
#[derive(Debug, thiserror::Error)]
enum ClockError {
    /// The master key.
    #[error("the master key cannot be used")]
    MasterKey(#[from] MasterKeyTrouble),
    /// The database.
    #[error("the database cannot be used; nothing was changed")]
    Database(#[from] storage::sql::OpenError),
    /// The keys.
    #[error("the time of the keys was not reset")]
    Reset(#[from] ResetError),
    /// The keys, half-way.
    #[error("the keys could not be written; run `billet clock reset --yes` again once the disk is repaired")]
    Write(#[from] vault::StepError),
    /// The rows, half-way.
    #[error("rows could not be removed; run `billet clock reset --yes` again")]
    Rows(#[from] storage::sql::Error),
}

/// Resets.
pub(crate) fn run(ClockCommand::Reset(flags): ClockCommand) -> Ending {
    let places = flags.places.settle()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(reset(&places, flags.yes))
}

async fn reset(places: &Places, yes: bool) -> Ending {
    let clock = Arc::new(MachineClock::new());
    let master = places.master_key.load().map_err(ClockError::MasterKey)?;
    let begun = ClockReset::begin(&OsDisk, &places.vault_options(), &master, clock.clone(), &MachineRng);
    let mut begun = begun.map_err(ClockError::Reset)?;
    // The database first: keys must not die before it is known that the rows can go too.
    let db = Db::look(&places.database).await.map_err(ClockError::Database)?;
    let rows = DeadlineRows::count(&db).await.map_err(ClockError::Rows);
    db.close().await;
    print(&plan(&begun, &rows?));
    if !yes {
        print("Nothing was changed. If this machine's clock is right now, run it again with --yes.");
        return Ok(ExitCode::FAILURE);
    }
    let db = Db::open(&places.database).await.map_err(ClockError::Database)?;
    begun.destroy().map_err(ClockError::Write)?;
    DeadlineRows::end(&db, clock.wall()).await.map_err(ClockError::Rows)?;
    db.close().await;
    begun.set_time().map_err(ClockError::Write)?;
    print("Done. The next start draws fresh keys; people sign in anew and are told that messages were lost.");
    Ok(ExitCode::SUCCESS)
}

fn plan(begun: &ClockReset, rows: &DeadlineRows) -> String {
    let (leases, roots) = begun.doomed();
    let ahead_ms = begun.effective().since(begun.wall());
    let DeadlineRows { sessions, logins, codes, requests, drafts, reminders } = rows;
    format!(
        "The time of the keys is {}: {} d {} h ahead of this machine's clock, which says {}.\n\
         To set it back, everything that was to die at a time of its own expires now:\n\
         - all messages in flight, receipts and repeated-send marks ({leases} lease keys, {roots} roots of deadline keys);\n\
         - {sessions} sessions (everybody signs in anew), {logins} log-ins, {codes} codes and waiting records, {requests} contact requests,\n         \x20 {drafts} drafts, {reminders} reminders.\n\
         Accounts, profiles, contacts, remarks, settings and blocks stay, and what is on people's devices. Nothing that was gone comes back.",
        date(begun.effective()),
        ahead_ms / DAY_MS,
        ahead_ms % DAY_MS / HOUR_MS,
        date(begun.wall()),
    )
}

/// A moment as people write it, in UTC.
pub(super) fn date(at: Millis) -> String {
    match jiff::Timestamp::from_millisecond(at.0) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => format!("{} ms", at.0),
    }
}

#[expect(clippy::print_stdout, reason = "what the command says")]
fn print(said: &str) {
    println!("{said}");
}
