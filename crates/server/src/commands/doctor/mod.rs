//! `billet doctor`: looks at everything, changes nothing, and may run beside a server.
//!
//! Each file here looks at one subject and gives its [`Finding`]s; none of them stops at the first that is wrong.

mod clock;
mod disks;
mod finding;
mod keys;
mod process;
mod service;

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use self::finding::{Finding, Level, chain};
use crate::settings::{Flags, Settings};
use crate::{Ending, operator, say_error};

/// The flags of `billet serve`, and how to answer.
#[derive(Args)]
pub(crate) struct DoctorFlags {
    #[command(flatten)]
    serve: Flags,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// 0 when nothing is wrong, 1 when something is, 2 when it could not be looked.
const WRONG: u8 = 1;
const TROUBLE: u8 = 2;

/// Looks at everything.
pub(crate) fn run(flags: DoctorFlags) -> Ending {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say_error(&error);
            return Ok(ExitCode::from(TROUBLE));
        }
    };
    let findings = runtime.block_on(look(&flags.serve));
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    print(&if flags.json { as_json(&findings, worst) } else { as_text(&findings, worst) });
    Ok(if worst == Level::Wrong { ExitCode::from(WRONG) } else { ExitCode::SUCCESS })
}

async fn look(flags: &Flags) -> Vec<Finding> {
    let settings = Settings::from_flags(flags.clone());
    let mut findings = configuration(&settings);
    let places = match &settings {
        Ok(settings) => Ok(settings.places.clone()),
        Err(_) => flags.settle_places(),
    };
    findings.extend(process::look());
    // Where things lie is not known; what is wrong with it was just said.
    let Ok(places) = places else { return findings };
    let (of_keys, stand) = keys::look(&places);
    let running = service::port(settings.as_ref().ok());
    findings.extend(clock::look(stand, running.is_running));
    findings.extend(disks::look(&places));
    findings.extend(of_keys);
    findings.push(running.finding);
    findings.extend(service::beside(&places, settings.as_ref().ok(), running.is_running));
    findings.push(service::database(&places).await);
    findings.push(service::lease_log(&places));
    findings.extend(service::texts(settings.as_ref().ok()));
    findings
}

/// The settings as `serve` would take them, and the operator's particulars.
fn configuration(settings: &Result<Settings, crate::settings::SettingsError>) -> Vec<Finding> {
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            return vec![Finding::wrong(
                "configuration",
                chain(error),
                "give what is missing, as `billet serve --help` lists it",
            )];
        }
    };
    let mut findings = vec![Finding::ok("configuration", "a server would start with these settings")];
    findings.push(match operator::of(settings) {
        Ok(operator) if settings.demo => {
            let remedy =
                "for a server of your own, fill in what `billet policy --example-operator` prints and give --operator";
            Finding::look("operator", format!("a demonstration, in the name of {}", operator.name), remedy)
        }
        Ok(operator) => Finding::ok("operator", format!("{}; nothing is missing", operator.name)),
        Err(error) => Finding::wrong("operator", chain(&error), "fill in the operator's file"),
    });
    findings.push(match &settings.origin {
        Some(origin) if origin.starts_with("http://") && !service::is_loopback(origin) => Finding::look(
            "tls",
            format!("people reach {origin} without encryption: no camera, no service worker, no sign-in cookie"),
            "put a proxy with a certificate in front and give --origin https://...",
        ),
        Some(origin) => Finding::ok("tls", format!("people reach the server at {origin}")),
        None => Finding::ok("tls", "loopback only, no encryption needed"),
    });
    findings
}

fn as_text(findings: &[Finding], worst: Level) -> String {
    let mut text = String::new();
    for Finding { check, level, says, remedy } in findings {
        let level = match level {
            Level::Ok => "ok   ",
            Level::Look => "look ",
            Level::Wrong => "WRONG",
        };
        text += &format!("{level}  {check}: {says}\n");
        if let Some(remedy) = remedy {
            text += &format!("       -> {remedy}\n");
        }
    }
    text + match worst {
        Level::Ok => "All is well.",
        Level::Look => "Nothing is wrong; some things are worth a look.",
        Level::Wrong => "Something is wrong.",
    }
}

fn as_json(findings: &[Finding], worst: Level) -> String {
    json!({ "version": env!("CARGO_PKG_VERSION"), "worst": worst, "findings": findings }).to_string()
}

#[expect(clippy::print_stdout, reason = "what the doctor says")]
fn print(text: &str) {
    println!("{text}");
}
