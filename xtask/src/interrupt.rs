//! Ctrl-C and SIGTERM: what runs is asked to end, and we go the ordinary way out, so that everything is put away.

use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::trouble::Trouble;

/// Exit code of a program that a signal ended, by the custom of shells (128 + SIGINT).
const INTERRUPTED: i32 = 130;
/// How often a program that was asked to end is looked at.
const LOOK: Duration = Duration::from_millis(20);

static ASKED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From here on a signal is noted, and [`check`] answers with it. A second one ends us at once.
pub(crate) fn watch() -> Result<(), Trouble> {
    let asked = ASKED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let first = signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(asked));
        first.and_then(|_| signal_hook::flag::register(signal, Arc::clone(asked))).map_err(|error| {
            Trouble::new(format!("signals cannot be watched: {error}"), "see what the system forbids")
        })?;
    }
    Ok(())
}

/// An error once somebody asked us to end.
pub(crate) fn check() -> Result<(), Trouble> {
    if ASKED.get().is_some_and(|asked| asked.load(Ordering::SeqCst)) {
        return Err(Trouble::new("interrupted", "start it again when you like"));
    }
    Ok(())
}

/// Ends a program that leads a group, and all it started.
pub(crate) fn end_group(child: &mut Child, patience: Duration) {
    let Some(pid) = pid_of(child) else { return };
    let _ = kill_process_group(pid, Signal::TERM);
    if !ended(child, patience) {
        let _ = kill_process_group(pid, Signal::KILL);
        let _ = child.wait();
    }
}

/// Asks a single program to end with `signal`, and makes it when it does not.
pub(crate) fn end(child: &mut Child, signal: Signal, patience: Duration) {
    let Some(pid) = pid_of(child) else { return };
    let _ = kill_process(pid, signal);
    if !ended(child, patience) {
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn pid_of(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()).ok()?)
}

fn ended(child: &mut Child, patience: Duration) -> bool {
    let start = Instant::now();
    while start.elapsed() < patience {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            return true;
        }
        std::thread::sleep(LOOK);
    }
    false
}
