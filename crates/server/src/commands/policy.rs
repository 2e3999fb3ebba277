//! `billet policy`: the policy this binary obeys, for reading and for comparing.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use disclosure::{Edition, Site};

use crate::Ending;

/// What is printed of the policy; its version and digest when nothing is said.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(crate) struct PolicyFlags {
    /// The digest alone, as the policy page shows it
    #[arg(long)]
    digest: bool,
    /// The policy as Markdown
    #[arg(long, value_name = "LANGUAGE")]
    markdown: Option<Language>,
    /// The policy as linked data, as at /v1/policy.json
    #[arg(long)]
    json: bool,
    /// The rows as they are kept for a version
    #[arg(long)]
    rows: bool,
    /// An operator's file to copy and fill in
    #[arg(long)]
    example_operator: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    En,
    Zh,
}

/// The file an operator copies.
pub(crate) const EXAMPLE_OPERATOR: &str = include_str!("../../../../policy/operators/example.toml");

/// Prints it.
pub(crate) fn print(flags: &PolicyFlags) -> Ending {
    let text = text(flags);
    // A reader that went away (`| head`) is no failure of ours.
    let _written = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

fn text(flags: &PolicyFlags) -> String {
    let site = Site::demo();
    let pretty = |value: &serde_json::Value| {
        serde_json::to_string_pretty(value).expect("a document of text always serialises") + "\n"
    };
    if flags.digest {
        return format!("{}\n", policy::digest());
    }
    if flags.json {
        return pretty(&disclosure::linked_data(&site));
    }
    if flags.rows {
        return pretty(&disclosure::canonical_rows(policy::all()));
    }
    if flags.example_operator {
        return EXAMPLE_OPERATOR.to_owned();
    }
    if let Some(language) = flags.markdown {
        let language = match language {
            Language::En => policy::Language::En,
            Language::Zh => policy::Language::Zh,
        };
        return disclosure::markdown(&site, language);
    }
    summary(site.edition())
}

fn summary(edition: &Edition) -> String {
    let draft = if edition.draft { " (draft)" } else { "" };
    format!(
        "version {}{draft}\npublished {}\neffective {}\ndigest {}\n",
        edition.number, edition.published, edition.effective, edition.digest
    )
}
