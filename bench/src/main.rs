//! Measures a server from outside, and plays the story of a message. Starts one of its own over a temporary folder, and
//! ends it.

use std::path::PathBuf;
use std::process::ExitCode;

use bench::load::{self, Load};
use bench::{Server, Trouble, forget, waiting};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", about = "Measures a Billet server from outside.")]
struct Arguments {
    /// The server to measure.
    #[arg(long, default_value = "target/release/billet")]
    binary: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Messages each second over sockets, and how long each answer takes.
    Load {
        /// Pairs of people.
        #[arg(long, default_value_t = 50)]
        pairs: usize,
        /// Messages of each sender without an answer.
        #[arg(long, default_value_t = 10)]
        in_flight: usize,
        /// How long.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Length of each text.
        #[arg(long, default_value_t = 200)]
        bytes: usize,
        /// Everybody can be woken by a push, as most browsers can; nobody is, for all are there.
        #[arg(long)]
        subscribed: bool,
        /// The server pushes nowhere, so that no message is looked up for a push.
        #[arg(long, conflicts_with = "subscribed")]
        no_push: bool,
    },
    /// The story of a message that is forgotten, step by step.
    Forget,
    /// How long a start takes, empty and with messages waiting.
    Ready {
        /// How many messages wait.
        #[arg(long, default_value_t = 1_000_000)]
        waiting: usize,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            say(&format!("bench: {trouble}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Trouble> {
    if let Command::Forget = arguments.command {
        return forget::play(&arguments.binary, &say).await;
    }
    let folder = tempfile::tempdir().map_err(|e| Trouble::Process(e.to_string()))?;
    let start = Server::on(&arguments.binary, &folder.path().join("data"));
    let mut start = start.variable("BILLET_LOG", "warn");
    if let Command::Load { no_push: true, .. } = arguments.command {
        start = start.variable("BILLET_PUSH_HOSTS", "");
    }
    let server = start.start()?;
    say(&format!("ready after {} ms with an empty folder", server.ready_after.as_millis()));
    match &arguments.command {
        Command::Load { pairs, in_flight, seconds, bytes, subscribed, .. } => {
            let people = load::pairs(&server.url, *pairs).await?;
            if *subscribed {
                load::subscribe(&server.url, &people).await?;
            }
            let load = Load { pairs: *pairs, in_flight: *in_flight, seconds: *seconds, bytes: *bytes };
            let figures = load::run(&server, &people, &load).await?;
            say(&format!(
                "{pairs} pairs, {in_flight} in flight, {bytes} bytes: {:.0} messages/s, answered in {} us at the median, \
                 {} us at 99 %, {:.1} us of processor a message",
                figures.per_second(),
                figures.answer_us_at(0.5),
                figures.answer_us_at(0.99),
                figures.server_cpu_us_per_message,
            ));
        }
        Command::Forget => {}
        Command::Ready { waiting } => {
            let pairs = 50;
            let people = load::pairs(&server.url, pairs).await?;
            waiting::fill(&server.url, &people, waiting.div_ceil(pairs), 200).await?;
            server.stop()?;
            let again = start.start()?;
            say(&format!("ready after {} ms with {waiting} messages waiting", again.ready_after.as_millis()));
            again.stop()?;
            let killed = start.start()?;
            killed.kill()?;
            let after_kill = start.start()?;
            say(&format!("ready after {} ms, killed before", after_kill.ready_after.as_millis()));
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn say(line: &str) {
    println!("{line}");
}
