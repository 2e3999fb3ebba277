//! The key file: its copies, and whether the master key opens them.

use std::time::Duration;

use vault::{CopyState, Inspection, OsDisk, Stand, inspect};

use super::finding::{Finding, chain};
use crate::settings::Places;

/// A server that is just writing makes copies differ for an instant.
const LOOKS_MAX: u32 = 5;
/// Longer than a step of the keys takes on a busy disk.
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

/// What is found, and where the keys stand.
pub(super) fn look(places: &Places) -> (Vec<Finding>, Stand) {
    let mut findings = Vec::new();
    let master = match places.master_key.load() {
        Ok(master) => Some(master),
        Err(error) => {
            // Before the first start there is none, and no keys either.
            findings.push(Finding::wrong(
                "master key",
                chain(&error),
                "see `Keys and their mirror` in docs/operating.md",
            ));
            None
        }
    };
    let options = places.vault_options();
    let mut found = inspect(&OsDisk, &options, master.as_ref());
    for _ in 1..LOOKS_MAX {
        if found.copies.iter().all(is_calm) {
            break;
        }
        std::thread::sleep(BETWEEN_LOOKS);
        found = inspect(&OsDisk, &options, master.as_ref());
    }
    if found.stand == Stand::NoKeys {
        findings.clear();
    }
    findings.extend(of_copies(&found));
    findings.extend(of_stand(&found));
    (findings, found.stand)
}

fn is_calm(copy: &vault::KeyCopy) -> bool {
    matches!(copy.state, CopyState::There { broken: 0, different: 0 } | CopyState::Missing)
}

fn of_copies(found: &Inspection) -> Vec<Finding> {
    let check = "key copies";
    if found.stand == Stand::NoKeys && found.copies.iter().all(|copy| matches!(copy.state, CopyState::Missing)) {
        return vec![Finding::look(
            check,
            "there are no keys yet",
            "the first start makes them; if this is not the first, check --keys",
        )];
    }
    if found.mixed {
        let remedy = "take away what was put there by mistake; the mirror must be of the same keys";
        return vec![Finding::wrong(check, "the copies belong to different key files", remedy)];
    }
    let at_start = "the next start makes it anew from the others; if it comes back, look at the disk";
    let of = |copy: &vault::KeyCopy| {
        let path = copy.path.display();
        match &copy.state {
            CopyState::There { broken: 0, different: 0 } => None,
            CopyState::There { broken, different } => {
                let says = format!("{path}: {different} slots are not as in the first copy, {broken} are not whole");
                Some(Finding::wrong(
                    check,
                    says,
                    "the next start brings it up to date; until then it may hold keys that should be dead",
                ))
            }
            CopyState::Missing if copy.mirror => {
                Some(Finding::look(check, format!("{path} is missing"), "the next start with --keys-mirror makes it"))
            }
            CopyState::Missing => Some(Finding::wrong(check, format!("{path} is missing"), at_start)),
            CopyState::Damaged => Some(Finding::wrong(check, format!("{path} does not begin as a key file"), at_start)),
            CopyState::Unreadable(error) => {
                Some(Finding::wrong(check, format!("{path}: {error}"), "check the disk, and who may read it"))
            }
            CopyState::OtherVersion(version) => Some(Finding::wrong(
                check,
                format!("{path} has format {version}, which this program does not read"),
                "run the program that wrote it",
            )),
        }
    };
    let findings: Vec<_> = found.copies.iter().filter_map(of).collect();
    if findings.is_empty() {
        let says = format!("{} copies, whole and the same byte by byte", found.copies.len());
        return vec![Finding::ok(check, says)];
    }
    findings
}

fn of_stand(found: &Inspection) -> Option<Finding> {
    let check = "master key";
    Some(match found.stand {
        Stand::Opens { step, .. } => Finding::ok(check, format!("it opens the keys, which are at step {step}")),
        Stand::NotTried | Stand::NoKeys => return None,
        Stand::OtherMaster => {
            Finding::wrong(check, "the keys are wrapped by another master key", "give the one they were made with")
        }
        Stand::RotationUnfinished => Finding::wrong(
            check,
            "a rotation of the master key was cut short",
            "run `billet keys rotate` again as before; it goes on where it stopped",
        ),
        Stand::NoHeader => Finding::wrong(
            check,
            "the master key is the right one, but the header of the keys opens in no copy",
            "put back the mirror of the keys",
        ),
    })
}
