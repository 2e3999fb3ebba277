//! The background loops. One minds time: effective time, key steps, the hourly pass, expiry. One keeps house. One tells people by
//! text, one when a reminder is due. They take no input, do what is due and may be called at any time, so a jump of the clock is caught up at the next turn.
//!
//! They are apart so that no slow database delays a key's death, and no outside service the removal of a row.

use std::sync::Arc;
use std::time::Duration;

use people::People;
use storage::lease_log::{LeaseLog, StopReason};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

use crate::looker::LagKeeper;

/// How often time is looked at. Keys step every 15 s and must be dead 60 s after their deadline; a second costs nothing.
const TURN: Duration = Duration::from_secs(1);
/// How often rows whose time is over are removed. Most have keys that are dead already; codes and sessions have none of
/// their own and must be gone a minute after their end (D-03).
const HOUSE_TURN: Duration = Duration::from_secs(15);

/// How often it is looked whom to tell by text of a new policy.
const TEXT_TURN: Duration = Duration::from_secs(60);

/// Minds time until `stopping`, or until the log can no longer be trusted: then the reason is one to stop the server.
pub(crate) async fn run(log: LeaseLog, mut stopping: watch::Receiver<bool>) -> Result<(), Arc<StopReason>> {
    let mut turns = every(TURN);
    loop {
        tokio::select! {
            _ = turns.tick() => log.tick().await,
            reason = log.stopped() => return reason.map_or(Ok(()), Err),
            _ = stopping.changed() => return Ok(()),
        }
    }
}

/// Keeps house until `stopping`: removes rows, writes the lags down.
pub(crate) async fn keep_house(people: Arc<People>, lags: Arc<LagKeeper>, mut stopping: watch::Receiver<bool>) {
    let mut turns = every(HOUSE_TURN);
    loop {
        tokio::select! {
            _ = turns.tick() => keep(&people, &lags).await,
            _ = stopping.changed() => return,
        }
    }
}

async fn keep(people: &People, lags: &Arc<LagKeeper>) {
    if let Err(error) = people.sweep().await {
        tracing::warn!(%error, "rows whose time is over could not be removed; the next sweep tries again");
    }
    let lags = Arc::clone(lags);
    // Waits for the disk, not for a thread that serves.
    tokio::task::spawn_blocking(move || lags.save());
}

/// Tells people by text what they have not read, until `stopping`. A loop of its own: an SMS service may be slow.
pub(crate) async fn tell_people(people: Arc<People>, mut stopping: watch::Receiver<bool>) {
    let mut turns = every(TEXT_TURN);
    loop {
        tokio::select! {
            _ = turns.tick() => {
                if let Err(error) = people.text_policy_notice().await {
                    tracing::warn!(%error, "people could not be told of the new policy; the next turn tries again");
                }
            }
            _ = stopping.changed() => return,
        }
    }
}

/// Tells of reminders when their moment comes, until `stopping`. It looks at the clock each second and into the database only
/// when one is due.
pub(crate) async fn tell_reminders(people: Arc<People>, mut stopping: watch::Receiver<bool>) {
    let mut turns = every(TURN);
    loop {
        tokio::select! {
            _ = turns.tick() => {
                if let Err(error) = people.tell_due_reminders().await {
                    tracing::warn!(%error, "people could not be reminded; the next turn tries again");
                }
            }
            _ = stopping.changed() => return,
        }
    }
}

fn every(turn: Duration) -> Interval {
    let mut turns = tokio::time::interval(turn);
    turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
    turns
}

/// A shared handle that says when to stop.
pub(crate) fn stop_signal() -> (Arc<watch::Sender<bool>>, watch::Receiver<bool>) {
    let (sender, receiver) = watch::channel(false);
    (Arc::new(sender), receiver)
}
