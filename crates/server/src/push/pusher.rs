//! Wakes become pushes: who is to have one is looked up, and each goes out on a task of its own, with its retries.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bus::Bus as _;
use kernel::{AccountId, DeviceId, Millis, SECOND_MS};
use people::{Fault, People, PushTarget};
use policy::{Row, rows};
use providers::push::{Push, PushError, Urgency, WebPush, pack};
use tokio::sync::{Semaphore, mpsc, watch};
use vault::Vault;

use super::{AGAIN_MS, About, Wake, Wakes};

/// Pushes at a push service at a time: each holds a socket.
const SOCKETS_MAX: usize = 256;
/// Pushes on their way, those included that wait for another try: each holds an address of at most 2 KB and a timer, 12 MB in
/// all. Many more than sockets, so that one push service that is down for minutes does not keep the others from theirs.
const PUSHES_MAX: usize = 16 * SOCKETS_MAX;
/// How long is waited before each try.
const WAITS_MS: [i64; 5] = [0, 2_000, 15_000, 60_000, 300_000];
/// Muted conversations that are remembered for a moment, so that a busy one is not looked up for every message.
const MUTED_MAX: usize = 10_000;

/// Turns wakes into pushes.
#[derive(Clone)]
pub(crate) struct Pusher {
    wakes: Wakes,
    people: Arc<People>,
    vault: Arc<Vault>,
    push: Arc<WebPush>,
    room: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
}

impl Pusher {
    pub(crate) fn new(wakes: Wakes, people: Arc<People>, vault: Arc<Vault>, push: WebPush) -> Self {
        let [room, sockets] = [PUSHES_MAX, SOCKETS_MAX].map(|most| Arc::new(Semaphore::new(most)));
        Self { wakes, people, vault, push: Arc::new(push), room, sockets }
    }

    /// Reads which devices can be woken.
    pub(crate) async fn load(&self) -> Result<(), Fault> {
        for (account, device) in self.people.push_devices().await? {
            self.wakes.subscribed(account, device, true);
        }
        Ok(())
    }

    /// Pushes until `stopping`.
    pub(crate) async fn run(self, mut queue: mpsc::Receiver<Wake>, mut stopping: watch::Receiver<bool>) {
        let mut muted = HashMap::new();
        loop {
            let wake = tokio::select! {
                wake = queue.recv() => wake,
                _ = stopping.changed() => return,
            };
            let Some(wake) = wake else { return };
            if let Err(error) = self.wake(wake, &mut muted).await {
                tracing::warn!(account = %wake.account, %error, "a device that is away was not woken");
            }
        }
    }

    async fn wake(&self, wake: Wake, muted: &mut HashMap<(AccountId, AccountId), i64>) -> Result<(), Fault> {
        if let Some(from) = wake.from
            && self.is_muted(wake.account, from, muted).await?
        {
            return Ok(());
        }
        for target in self.people.push_targets(wake.account).await? {
            let device = target.device;
            let there = self.wakes.bus.is_connected(wake.account, device);
            if target.quiet || there || Some(device) == wake.but {
                continue;
            }
            let now = self.wakes.clock.boot_ms();
            if !self.wakes.table.claim(device, wake.about, now) {
                continue;
            }
            match Arc::clone(&self.room).try_acquire_owned() {
                Ok(room) => {
                    let pusher = self.clone();
                    tokio::spawn(async move {
                        pusher.deliver(wake, target).await;
                        drop(room);
                    });
                }
                Err(_) => tracing::warn!("more pushes on their way than can be; one was dropped"),
            }
        }
        Ok(())
    }

    async fn is_muted(
        &self,
        account: AccountId,
        from: AccountId,
        muted: &mut HashMap<(AccountId, AccountId), i64>,
    ) -> Result<bool, Fault> {
        let now = self.wakes.clock.boot_ms();
        if muted.get(&(account, from)).is_some_and(|at| now - at < AGAIN_MS) {
            return Ok(true);
        }
        let is_muted = self.people.is_muted(account, from).await?;
        if is_muted {
            if muted.len() >= MUTED_MAX {
                muted.retain(|_, at| now - *at < AGAIN_MS);
            }
            if muted.len() < MUTED_MAX {
                muted.insert((account, from), now);
            }
        }
        Ok(is_muted)
    }

    /// Tries until the push service has it, the device is there, or there is no more use.
    async fn deliver(&self, wake: Wake, target: PushTarget) {
        let Ok(began) = self.vault.now() else { return };
        let until = end_of_push(began);
        let topic = self.topic(target.device, wake.about);
        let mut asked_to_wait = 0;
        for wait in WAITS_MS {
            let wait = wait.max(asked_to_wait);
            tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
            let _socket = self.sockets.acquire().await;
            // A clock that is looked at sends nothing; the next message makes another push.
            let Ok(now) = self.vault.now() else { return };
            if wait > 0 && !self.is_still_wanted(wake.account, &target).await {
                return;
            }
            if self.wakes.bus.is_connected(wake.account, target.device) || !self.vault.holds_account(wake.account) {
                return;
            }
            let Some(ttl_s) = seconds_between(now, until) else { return };
            let push = Push { plain: wake.about.plain(), ttl_s, urgency: urgency(wake.about), topic: &topic, now };
            match self.push.push(&target.endpoint, &target.keys, push).await {
                Ok(()) => return,
                Err(PushError::Gone) => return self.unsubscribe(wake.account, &target).await,
                Err(PushError::Later { wait_ms, reason }) => {
                    tracing::debug!(device = %target.device, reason, "a push waits");
                    asked_to_wait = wait_ms.unwrap_or(0).min(WAITS_MS[WAITS_MS.len() - 1]);
                }
                Err(error @ PushError::Refused { .. }) => {
                    tracing::warn!(device = %target.device, %error, "a device is not woken");
                    return;
                }
            }
        }
        tracing::warn!(device = %target.device, "its push service was not to be reached; the next message tries again");
    }

    /// Whether the subscription stands as it did when its push was first tried, and its hours are not quiet by now.
    async fn is_still_wanted(&self, account: AccountId, target: &PushTarget) -> bool {
        let same = |now: &PushTarget| (now.device, now.created_at) == (target.device, target.created_at) && !now.quiet;
        self.people.push_targets(account).await.is_ok_and(|targets| targets.iter().any(same))
    }

    async fn unsubscribe(&self, account: AccountId, target: &PushTarget) {
        let ended = self.people.unsubscribe_push(account, target.device, Some(target.created_at)).await;
        if let Err(error) = ended {
            tracing::warn!(device = %target.device, %error, "a subscription that has ended stays until the next push");
        }
    }

    /// What a later push replaces while the push service keeps it. It tells the push service nothing but that two are alike. A
    /// recall replaces the push of the message.
    fn topic(&self, device: DeviceId, about: About) -> String {
        let kind = if about == About::Recalled { About::Message } else { about };
        let mut of = device.to_bytes().to_vec();
        of.extend_from_slice(kind.plain());
        pack(&self.vault.keyed_hash("push topic", &of)[..24])
    }
}

/// No push service keeps a push longer than the server keeps an undelivered message (CHAT-72H).
fn end_of_push(began: Millis) -> Millis {
    rows::ChatMessage::INFO.period.deadline(began).unwrap_or(began)
}

fn seconds_between(now: Millis, until: Millis) -> Option<u32> {
    u32::try_from(until.since(now) / SECOND_MS).ok().filter(|seconds| *seconds > 0)
}

const fn urgency(about: About) -> Urgency {
    match about {
        About::Message | About::Devices | About::Reminder => Urgency::High,
        About::Recalled | About::Contacts => Urgency::Normal,
    }
}

#[cfg(test)]
mod tests {
    use kernel::HOUR_MS;

    use super::*;

    /// CHAT-72H: not even the hint that there was a message outlives it.
    #[test]
    fn a_push_waits_at_its_service_for_72_hours_at_most_and_retries_do_not_prolong_it() {
        let began = Millis(1_800_000_000_000);
        let until = end_of_push(began);
        assert_eq!(seconds_between(began, until), Some(72 * 3_600));
        assert_eq!(seconds_between(began + HOUR_MS, until), Some(71 * 3_600));
        assert_eq!(seconds_between(began + 72 * HOUR_MS, until), None);
        assert_eq!(seconds_between(began + 73 * HOUR_MS, until), None);
    }
}
