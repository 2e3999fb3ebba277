//! `policy/versions/NNNN.toml`: every version of the policy there was, the newest last.

use std::path::Path;

use serde::Deserialize;

use crate::model::{Words, one_line, table};
use crate::parameters::File;

/// One version as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    number: u32,
    published: String,
    effective: String,
    significant: bool,
    summary: Words,
    /// Of the policy's files as they were. The newest may lack it: then it is a draft and the digest is today's.
    digest: Option<String>,
}

/// Reads the versions and refuses what does not fit.
pub(crate) fn versions(files: &[File]) -> Result<Vec<Version>, Vec<String>> {
    let (mut versions, mut refusals) = (Vec::new(), Vec::new());
    for (at, (name, text)) in files.iter().enumerate() {
        let file = format!("versions/{name}");
        let read = table(&file, text)
            .and_then(|table| table.try_into::<Version>().map_err(|error| format!("{file}: {}", one_line(&error))));
        match read {
            Ok(version) => {
                refusals.extend(check(&version, &file, at, files.len()));
                versions.push(version);
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    if files.is_empty() {
        refusals.push("versions/0001.toml: is missing; every policy has a version".to_owned());
    }
    if refusals.is_empty() { Ok(versions) } else { Err(refusals) }
}

fn check(version: &Version, file: &str, at: usize, count: usize) -> Vec<String> {
    let mut wrong = crate::prose::check(file, "summary", &version.summary.en, &version.summary.zh);
    let mut refuse = |what: &str| wrong.push(format!("{file}: {what}"));
    if usize::try_from(version.number).ok() != Some(at + 1) || file != format!("versions/{:04}.toml", version.number) {
        refuse("number: versions are numbered from 1 without a gap, and their files are named so");
    }
    for (field, date) in [("published", &version.published), ("effective", &version.effective)] {
        if !is_date(date) {
            refuse(&format!("{field}: `{date}` is no date: write YYYY-MM-DD"));
        }
    }
    // Dates of this form compare as text. The first version has nobody who could be told.
    if version.effective < version.published || (version.number > 1 && version.effective == version.published) {
        refuse("effective: people are told first, so it comes after `published` (NOTI-BEFORE)");
    }
    if version.digest.is_none() && at + 1 < count {
        refuse("digest: only the newest version may be a draft; `cargo xtask codegen --publish-policy` closes one");
    }
    wrong
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |part: &str, digits: usize, most: u32| {
        part.len() == digits && part.parse().is_ok_and(|value: u32| (1..=most).contains(&value))
    };
    number(year, 4, 9999) && number(month, 2, 12) && number(day, 2, 31)
}

/// All of them as a static; the rows of past versions are read in from `NNNN.json` beside the file.
pub(crate) fn code(versions: &[Version], folder: &Path) -> String {
    let items = versions.iter().map(|version| {
        let rows = match &version.digest {
            Some(_) => {
                let file = folder.join(format!("versions/{:04}.json", version.number));
                format!("Some(include_str!({:?}))", file.display().to_string())
            }
            None => "None".to_owned(),
        };
        format!(
            "Version {{ number: {}, published: {:?}, effective: {:?}, significant: {}, summary: Words {{ en: {:?}, \
             zh: {:?} }}, kept_digest: {:?}, kept_rows: {rows} }}",
            version.number,
            version.published,
            version.effective,
            version.significant,
            version.summary.en,
            version.summary.zh,
            version.digest
        )
    });
    let items: Vec<String> = items.collect();
    format!("static VERSIONS: [Version; {}] = [\n{}\n];\n", items.len(), items.join(",\n"))
}
