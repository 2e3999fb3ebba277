//! `billet reports`: asks the running server, or opens a stopped one.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use http::StatusCode;
use jiff::Timestamp;
use kernel::{Millis, ReportId};
use people::reports::Report;
use serde::{Deserialize, Serialize};
use storage::sql::Db;
use vault::{OsDisk, Vault};

use crate::Ending;
use crate::control::{self, Answer, AskError};
use crate::machine::{MachineClock, MachineRng};
use crate::settings::{PlaceFlags, Places};

/// What `billet reports` can be told.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    places: PlaceFlags,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Those that were closed too
    #[arg(long)]
    all: bool,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Subcommand)]
enum Act {
    /// Closes a report: a year from now it is gone
    Close {
        /// Which, as the list shows it
        report: ReportId,
        /// What was decided, kept with the report
        #[arg(long, value_name = "TEXT")]
        decided: Option<String>,
        // Said again behind the verb, where one looks for them.
        #[command(flatten)]
        places: PlaceFlags,
    },
}

/// What is asked over the control socket.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Closing {
    pub(crate) report_id: ReportId,
    pub(crate) decided: Option<String>,
}

/// Why there is no list, or nothing was closed.
#[derive(Debug, thiserror::Error)]
enum ReportsError {
    /// The running server's answer.
    #[error("the running server did not do it: {0}")]
    Answer(String),
    /// No data.
    #[error("there are no data in {0}")]
    NothingHere(String),
    /// No such report.
    #[error("no report {0} waits: it was closed already, or is not or no longer there")]
    Unknown(ReportId),
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Lists, or closes one.
pub(crate) fn run(arguments: Arguments) -> Ending {
    match arguments.act {
        None => show(&list(&arguments.places.settle()?)?, arguments.json, arguments.all),
        Some(Act::Close { report, decided, places }) => {
            let places = places.over(arguments.places).settle()?;
            close(&places, Closing { report_id: report, decided })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(places: &Places) -> Result<Vec<Report>> {
    match control::ask(&places.data, "GET", "/reports") {
        Ok(Answer { status: StatusCode::OK, body }) => Ok(serde_json::from_str(&body)?),
        Ok(answer) => Err(ReportsError::Answer(answer.body).into()),
        Err(AskError::NotRunning) => runtime()?.block_on(async {
            let stopped = Stopped::open(places).await?;
            let reports = people::reports::list(&stopped.db, &stopped.vault).await;
            stopped.close().await?;
            Ok(reports?)
        }),
        Err(error) => Err(error.into()),
    }
}

fn close(places: &Places, closing: Closing) -> Result<()> {
    let id = closing.report_id;
    let json = serde_json::to_string(&closing)?;
    let closed = match control::ask_with(&places.data, "POST", "/reports/close", &json, control::ANSWER_WAIT) {
        Ok(Answer { status: StatusCode::NO_CONTENT, .. }) => true,
        Ok(Answer { status: StatusCode::NOT_FOUND, .. }) => false,
        Ok(answer) => return Err(ReportsError::Answer(answer.body).into()),
        Err(AskError::NotRunning) => runtime()?.block_on(async {
            let stopped = Stopped::open(places).await?;
            let closed = people::reports::close(&stopped.db, &stopped.vault, id, closing.decided).await;
            stopped.close().await?;
            Result::Ok(closed?)
        })?,
        Err(error) => return Err(error.into()),
    };
    if closed { Ok(()) } else { Err(ReportsError::Unknown(id).into()) }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// A stopped server's database and keys, opened as a start does: what is due dies first.
struct Stopped {
    db: Db,
    vault: Arc<Vault>,
}

impl Stopped {
    async fn open(places: &Places) -> Result<Self> {
        if !places.data.is_dir() || !places.keys.is_dir() {
            return Err(ReportsError::NothingHere(places.data.display().to_string()).into());
        }
        let (clock, rng) = (Arc::new(MachineClock::new()), Arc::new(MachineRng));
        let master = places.master_key.load()?;
        let vault = Arc::new(Vault::open(Arc::new(OsDisk), places.vault_options(), master, clock, rng)?);
        vault.step()?;
        Ok(Self { db: Db::open(&places.database).await?, vault })
    }

    async fn close(&self) -> Result<()> {
        self.vault.last_step()?;
        self.db.close().await;
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "what the command is for")]
fn show(reports: &[Report], json: bool, all: bool) {
    let reports: Vec<&Report> = reports.iter().filter(|report| all || report.closed_at.is_none()).collect();
    if json {
        println!("{}", serde_json::to_string(&reports).expect("a report has names for keys"));
    } else if reports.is_empty() {
        println!("no reports wait");
    } else {
        reports.iter().for_each(|report| print!("{}", text(report)));
    }
}

/// A report for a terminal. What people wrote may hold anything, so no control character of theirs is printed.
fn text(report: &Report) -> String {
    let mut text = format!("{}  {}  {}\n", report.report_id, day(report.received_at), reason(report));
    let mut line = |what: &str, content: &str| {
        writeln!(text, "  {what}: {}", content.escape_debug()).expect("writing to a String cannot fail");
    };
    line("about", &report.about.to_string());
    line("by", &report.by.to_string());
    if !report.text.is_empty() {
        line("says", &report.text);
    }
    for message in &report.messages {
        line(&format!("message {} of {}", message.message, day(message.at)), &message.text);
    }
    if let Some(closed_at) = report.closed_at {
        line("closed", &day(closed_at));
    }
    if let Some(decided) = &report.decided {
        line("decided", decided);
    }
    text
}

fn reason(report: &Report) -> String {
    let name = serde_json::to_value(report.reason).expect("a reason is a word");
    name.as_str().unwrap_or_default().to_owned()
}

fn day(at: Millis) -> String {
    Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.strftime("%F %R UTC").to_string())
}

#[cfg(test)]
mod tests {
    use kernel::{AccountId, MessageId};
    use wire::rest::{ReportReason, ReportedMessage};

    use super::*;

    #[test]
    fn what_people_wrote_cannot_move_the_terminal() {
        let at = Millis(1_774_256_400_000);
        let report = Report {
            report_id: ReportId::new(at, 1),
            by: AccountId::new(at, 2),
            about: AccountId::new(at, 3),
            reason: ReportReason::Harassment,
            text: "look\u{1b}[2J\u{202e}".to_owned(),
            messages: vec![ReportedMessage {
                message: MessageId::new(at, 4),
                at: Millis(i64::MAX),
                text: "a\nb".into(),
            }],
            received_at: at,
            closed_at: Some(at),
            decided: None,
        };
        let text = text(&report);
        assert!(text.contains("2026-03-23 09:00 UTC  harassment\n"), "{text}");
        assert!(text.contains("says: look\\u{1b}[2J\\u{202e}\n") && text.contains(": a\\nb\n"), "{text}");
    }
}
