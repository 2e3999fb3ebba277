//! `billet audit`: asks the running server, or looks at a stopped one.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use kernel::Clock as _;
use rights::audit::{Audit, Stopped, of_stopped};
use vault::OsDisk;

use crate::control::{self, AskError};
use crate::machine::{MachineClock, MachineRng};
use crate::settings::{PlaceFlags, Places};
use crate::{Ending, say_error};

/// What `billet audit` can be told.
#[derive(Args)]
pub(crate) struct AuditFlags {
    #[command(flatten)]
    places: PlaceFlags,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// 0 when the audit is clean, 1 when it is not, 2 when there is none.
const NOT_CLEAN: u8 = 1;
const TROUBLE: u8 = 2;

/// Why there is no audit.
#[derive(Debug, thiserror::Error)]
enum AuditCommandError {
    /// The running server's answer.
    #[error("the running server gave no audit: {0}")]
    Answer(String),
}

/// Prints the audit.
pub(crate) fn run(flags: AuditFlags) -> Ending {
    let audit = flags.places.settle().map_err(Into::into).and_then(|places| take(&places));
    Ok(match audit {
        Ok(audit) => {
            print(&audit, flags.json);
            if audit.clean { ExitCode::SUCCESS } else { ExitCode::from(NOT_CLEAN) }
        }
        Err(error) => {
            say_error(&*error);
            ExitCode::from(TROUBLE)
        }
    })
}

fn take(places: &Places) -> Result<Audit, Box<dyn std::error::Error>> {
    match control::ask(&places.data, "GET", "/audit") {
        Ok(answer) if answer.status == http::StatusCode::OK => Ok(serde_json::from_str(&answer.body)?),
        Ok(answer) => Err(AuditCommandError::Answer(answer.body).into()),
        Err(AskError::NotRunning) => look(places),
        Err(error) => Err(error.into()),
    }
}

fn look(places: &Places) -> Result<Audit, Box<dyn std::error::Error>> {
    let master = places.master_key.load()?;
    let stopped = Stopped {
        disk: Arc::new(OsDisk),
        data: &places.data,
        keys: places.vault_options(),
        master,
        database: &places.database,
        wall: MachineClock::new().wall(),
        rng: Arc::new(MachineRng),
        version: env!("CARGO_PKG_VERSION"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(of_stopped(stopped))?)
}

#[expect(clippy::print_stdout, reason = "what the command is for")]
fn print(audit: &Audit, json: bool) {
    if json {
        println!("{}", serde_json::to_string(audit).expect("an audit has names for keys"));
    } else {
        print!("{audit}");
    }
}
