//! Floor 7: the `billet` binary. The only room that reads configuration, the environment and the clock.

mod assets;
mod changes;
mod headers;
mod health;
mod machine;
mod openapi;
mod rooms;
mod router;
mod serve;
mod settings;
mod socket;
mod ticker;

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
    /// Prints the OpenAPI document of this version.
    Openapi,
}

/// How a command ended: an answer in its exit code, or a failure to tell.
type Ending = Result<ExitCode, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let ending = match Arguments::parse().command {
        Command::Serve(flags) => serve::run(*flags),
        Command::Openapi => openapi::print(),
    };
    ending.unwrap_or_else(|error| {
        say_error(&*error);
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stderr, reason = "the one place where a failure is told on the terminal")]
fn say_error(error: &dyn std::error::Error) {
    eprintln!("billet: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
}
