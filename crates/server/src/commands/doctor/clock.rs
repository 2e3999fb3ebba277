//! The machine's clock beside the time of the keys.

use std::process::{Command, Stdio};

use kernel::{Clock, DAY_MS, MINUTE_MS, Millis, SECOND_MS};
use vault::{FAR_JUMP_MS, Stand};

use super::finding::Finding;
use crate::commands::clock::date;
use crate::machine::MachineClock;

/// Up to this the clocks agree: a step of the keys, and what a second look may take.
const AGREE_MS: i64 = MINUTE_MS;
/// A running server steps its keys every 15 s; later than this it does not.
const STEP_LATE_MS: i64 = 45 * SECOND_MS;
/// Nothing was made before this program: a clock before 2026 is wrong.
const PROGRAM_MS: Millis = Millis(1_767_225_600_000);

pub(super) fn look(stand: Stand, is_running: bool) -> Vec<Finding> {
    let wall = MachineClock::new().wall();
    let at = match stand {
        Stand::Opens { at, .. } => Some(at),
        _ => None,
    };
    let mut findings = vec![compare(wall, at, is_running), synchronised(asks_timedatectl())];
    if let (true, Some(at)) = (is_running, at) {
        findings.push(step(wall.since(at)));
    }
    findings
}

/// The wall clock beside the effective time of the last key step.
fn compare(wall: Millis, keys: Option<Millis>, is_running: bool) -> Finding {
    let check = "clock";
    if wall < PROGRAM_MS {
        return Finding::wrong(check, format!("this machine's clock says {}", date(wall)), "set the date");
    }
    let Some(keys) = keys else {
        return Finding::ok(check, format!("{}; there is no time of keys to compare with", date(wall)));
    };
    let ahead_ms = keys.since(wall);
    if ahead_ms > AGREE_MS {
        let says = format!(
            "the time of the keys ({}) is {} min ahead of this machine's clock: it was ahead once and was believed, or is behind now",
            date(keys),
            ahead_ms / MINUTE_MS
        );
        let remedy = "if this clock is right, stop the server and run `billet clock reset`; if not, set the date";
        return Finding::wrong(check, says, remedy);
    }
    if is_running && -ahead_ms > AGREE_MS {
        let says =
            format!("this machine's clock is {} min ahead of the keys of the running server", -ahead_ms / MINUTE_MS);
        return Finding::look(
            check,
            says,
            "if the clock is wrong, set it right at once: a jump is believed after 30 s",
        );
    }
    if -ahead_ms > FAR_JUMP_MS {
        let says = format!("this machine's clock is {} days ahead of the keys", -ahead_ms / DAY_MS);
        return Finding::wrong(check, says, "set the date right; if it is right, start once with --believe-clock");
    }
    Finding::ok(check, format!("{}, as the keys have it", date(wall)))
}

fn step(late_ms: i64) -> Finding {
    let says = format!("the last key step is {} s ago", late_ms / SECOND_MS);
    if late_ms > STEP_LATE_MS {
        return Finding::wrong("key step", says, "look at the server's log: keys must be stepped every 15 s");
    }
    Finding::ok("key step", says)
}

/// What `timedatectl` says of NTP; nothing when it is not there or does not know.
fn asks_timedatectl() -> Option<bool> {
    let asked = Command::new("timedatectl")
        .args(["show", "--property=NTPSynchronized", "--value"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    match String::from_utf8_lossy(&asked.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn synchronised(ntp: Option<bool>) -> Finding {
    let check = "time service";
    let remedy = "keep the clock right with NTP (systemd-timesyncd, chrony): deadlines and keys follow it";
    match ntp {
        Some(true) => Finding::ok(check, "the clock is kept right by NTP"),
        Some(false) => Finding::look(check, "the clock is not synchronised", remedy),
        None => Finding::look(check, "it cannot be told whether anything keeps the clock right", remedy),
    }
}

#[cfg(test)]
mod tests {
    use kernel::HOUR_MS;

    use super::super::finding::Level;
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    #[track_caller]
    fn check(finding: &Finding, level: Level, word: &str) {
        let text = format!("{} {}", finding.says, finding.remedy.as_deref().unwrap_or_default());
        assert!(finding.level == level && text.contains(word), "{finding:?}");
    }

    #[test]
    fn clocks_that_do_not_agree_are_found_with_what_to_do() {
        check(&compare(NOW, Some(NOW - 20 * SECOND_MS), true), Level::Ok, "as the keys have it");
        check(&compare(NOW, Some(NOW - 60 * HOUR_MS), false), Level::Ok, "2027");
        check(&compare(NOW, Some(NOW - 60 * HOUR_MS), true), Level::Look, "believed after 30 s");
        check(&compare(NOW, Some(NOW + 300 * DAY_MS), false), Level::Wrong, "billet clock reset");
        check(&compare(NOW, Some(NOW - 401 * DAY_MS), false), Level::Wrong, "--believe-clock");
        check(&compare(Millis(0), None, false), Level::Wrong, "set the date");
        check(&step(20 * SECOND_MS), Level::Ok, "20 s ago");
        check(&step(MINUTE_MS), Level::Wrong, "every 15 s");
        check(&synchronised(Some(false)), Level::Look, "NTP");
        check(&synchronised(None), Level::Look, "cannot be told");
        check(&synchronised(Some(true)), Level::Ok, "NTP");
    }
}
