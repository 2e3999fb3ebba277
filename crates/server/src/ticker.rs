//! The one background loop: effective time, key steps, the hourly pass, expiry. It takes no input, does what is due and
//! may be called at any time, so a jump of the clock is caught up at the next turn.

use std::sync::Arc;
use std::time::Duration;

use people::People;
use storage::lease_log::{LeaseLog, StopReason};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// How often it looks. Keys step every 15 s and must be dead 60 s after their deadline; a second costs nothing.
const TURN: Duration = Duration::from_secs(1);
/// How many turns lie between two sweeps of rows whose time is over: their keys are dead already, this is tidiness.
const TURNS_PER_SWEEP: u32 = 60;

/// Runs until `stopping`, or until the log can no longer be trusted: then the reason is one to stop the server.
pub(crate) async fn run(
    log: LeaseLog,
    people: Arc<People>,
    mut stopping: watch::Receiver<bool>,
) -> Result<(), Arc<StopReason>> {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut turn = 0_u32;
    loop {
        tokio::select! {
            _ = turns.tick() => {
                log.tick().await;
                turn = turn.wrapping_add(1);
                if turn.is_multiple_of(TURNS_PER_SWEEP) && let Err(error) = people.sweep().await {
                    tracing::warn!(%error, "rows whose time is over could not be removed; the next sweep tries again");
                }
            }
            reason = log.stopped() => return reason.map_or(Ok(()), Err),
            _ = stopping.changed() => return Ok(()),
        }
    }
}

/// A shared handle that says when to stop.
pub(crate) fn stop_signal() -> (Arc<watch::Sender<bool>>, watch::Receiver<bool>) {
    let (sender, receiver) = watch::channel(false);
    (Arc::new(sender), receiver)
}
