//! Floor 7: the `billet` binary. The only room that reads configuration, the environment and the clock.

mod assets;
mod backups;
mod changes;
mod commands;
mod control;
mod headers;
mod health;
mod listen;
mod looker;
mod machine;
mod master_file;
mod master_key;
mod metrics;
mod openapi;
mod operator;
mod policy_page;
mod push;
mod rooms;
mod router;
mod serve;
mod settings;
mod socket;
mod ticker;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::Flags;

/// A messenger that anyone can host, and that forgets on time.
#[derive(Parser)]
#[command(name = "billet", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server, web client included.
    Serve(Box<Flags>),
    /// Shows what is held of each row of the policy, and whether it dies on time.
    Audit(commands::audit::AuditFlags),
    /// Copies the data, or the keys, to a folder of their own, while a server runs or not.
    Backup(Box<commands::backup::Arguments>),
    /// Takes back a wrong time that was believed. The server must be stopped.
    #[command(subcommand)]
    Clock(commands::clock::ClockCommand),
    /// Checks everything and says in plain words what is wrong and what to do. Changes nothing.
    Doctor(Box<commands::doctor::DoctorFlags>),
    /// Rotates the master key. The server must be stopped.
    #[command(subcommand)]
    Keys(commands::keys::KeysCommand),
    /// Prints the OpenAPI document of this version.
    Openapi,
    /// Prints the privacy policy that this binary obeys.
    Policy(commands::policy::PolicyFlags),
    /// Shows what people reported, and closes reports, which begins the year after which one is gone.
    Reports(Box<commands::reports::Arguments>),
    /// Brings a backup back into empty folders.
    Restore(Box<commands::restore::Arguments>),
    /// Looks for a text in every byte of data and keys, sealed or not, while no server runs.
    Scan(Box<commands::scan::Arguments>),
}

/// How a command ended: an answer in its exit code, or a failure to tell.
type Ending = Result<ExitCode, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    words::tell_no_panic();
    machine::keep_memory_private();
    let ending = match Arguments::parse().command {
        Command::Serve(flags) => serve::run(*flags),
        Command::Audit(flags) => commands::audit::run(flags),
        Command::Backup(arguments) => commands::backup::run(*arguments),
        Command::Clock(command) => commands::clock::run(command),
        Command::Doctor(flags) => commands::doctor::run(*flags),
        Command::Keys(command) => commands::keys::run(command),
        Command::Openapi => openapi::print(),
        Command::Policy(flags) => commands::policy::print(&flags),
        Command::Reports(arguments) => commands::reports::run(*arguments),
        Command::Restore(arguments) => commands::restore::run(*arguments),
        Command::Scan(arguments) => commands::scan::run(*arguments),
    };
    ending.unwrap_or_else(|error| {
        say_error(&*error);
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stderr, reason = "the one place where a failure is told on the terminal")]
pub(crate) fn say_error(error: &dyn std::error::Error) {
    eprintln!("billet: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
}
