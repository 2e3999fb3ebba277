//! The life of one socket: a single task that reads frames, answers them, and sends what waits, in order.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bus::{End, Ended, Event, Subscription};
use bytes::Bytes;
use chats::send_message::SendRefused;
use chats::{Actor, Chats, acknowledge, recall_message, synchronise};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, SinkExt, StreamExt};
use kernel::MessageId;
use storage::lease_log::{AckError, Acked, RecallError, Recalled, Sent};
use tokio::time::{Instant, Interval, MissedTickBehavior};
use wire::{
    CLOSE_REPLACED, CLOSE_SESSION_ENDED, CLOSE_TOO_SLOW, ClientFrame, FRAME_COST, FRAME_COST_REFUSED,
    FRAME_COST_SMALL_OP, FRAME_COST_SYNC, FrameError, SLOW_DOWN_MS, SendFrame, ServerFrame, To, UNANSWERED_SENDS_MAX,
};

use super::budget::{Budget, Verdict};
use super::doors::Door;
use super::window::Window;

/// Most frames read from the lease log in one go: what a window holds, in a few steps.
const PAGE_EVENTS_MAX: usize = 64;
/// How often an idle socket is asked whether it is there. Most proxies close after a minute of silence.
const PING_EVERY: Duration = Duration::from_secs(25);
/// A socket that neither speaks nor answers for this long is gone: two pings and some.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// A device that does not read for this long is closed as too slow, and syncs again.
const WRITE_WAIT_MAX: Duration = Duration::from_secs(30);
/// A device that was told to go is listened to for this long, until it goes.
const FAREWELL_MAX: Duration = Duration::from_secs(1);
/// That somebody types is passed on at most this often: people see it for seconds.
const TYPING_EVERY: Duration = Duration::from_millis(500);
/// The close code of a server that stops.
const CLOSE_GOING_AWAY: u16 = 1001;
/// The close code for a message that is longer than any may be.
const CLOSE_TOO_LARGE: u16 = 1009;

type Answer = Pin<Box<dyn Future<Output = Answered> + Send>>;
type Acknowledging = Pin<Box<dyn Future<Output = (u64, Result<Acked, AckError>)> + Send>>;

/// What has become durable, or was refused.
enum Answered {
    Send(String, Result<Sent, SendRefused>),
    Recall(MessageId, Result<Recalled, RecallError>),
}

/// Why a socket ends.
enum Close {
    /// The other side went away.
    Gone,
    /// We close it, with this code and reason.
    With(u16, &'static str),
}

/// What the device has asked of its inbox.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inbox {
    /// Nothing yet: it has not synchronised.
    Idle,
    /// What waits is being read from the log; `announce` when the device is to be told of the end.
    Reading { announce: bool },
    /// Events go out as they come.
    Live,
}

/// One socket.
pub(super) struct Connection {
    chats: Chats,
    actor: Actor,
    socket: WebSocket,
    line: Subscription,
    end: End,
    budget: Budget,
    typed_at: Option<Instant>,
    window: Window,
    inbox: Inbox,
    answers: FuturesUnordered<Answer>,
    acknowledging: Option<Acknowledging>,
    next_ack: Option<u64>,
    heard_at: Instant,
}

impl Connection {
    /// Serves a socket until it ends.
    pub(super) async fn run(chats: Chats, actor: Actor, socket: WebSocket, _door: Door) {
        let line = chats.bus.subscribe(actor.account, actor.device);
        chats.sleepers.woke(actor.device);
        let mut connection = Self {
            end: line.end(),
            budget: Budget::new(now()),
            typed_at: None,
            chats,
            actor,
            socket,
            line,
            window: Window::default(),
            inbox: Inbox::Idle,
            answers: FuturesUnordered::new(),
            acknowledging: None,
            next_ack: None,
            heard_at: now(),
        };
        let Err(close) = match connection.check_session().await {
            Ok(()) => connection.serve().await,
            Err(close) => Err(close),
        };
        if let Close::With(code, reason) = close {
            connection.say_goodbye(code, reason).await;
        }
    }

    /// Tells the device why its socket ends. What the device is still saying is read and dropped for a moment: a socket that is
    /// closed over bytes nobody has read is reset, and the reason is lost on the way.
    async fn say_goodbye(self, code: u16, reason: &'static str) {
        let Self { mut socket, line, .. } = self;
        drop(line);
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // The socket ends either way; a device that no longer reads is not waited for.
        let told = tokio::time::timeout(WRITE_WAIT_MAX, socket.send(Message::Close(Some(frame)))).await;
        // A server that stops waits for nobody: every device connects again, whatever it was told.
        if matches!(told, Ok(Ok(()))) && code != CLOSE_GOING_AWAY {
            let rest = async { while let Some(Ok(_)) = socket.next().await {} };
            let _dropped = tokio::time::timeout(FAREWELL_MAX, rest).await;
        }
    }

    /// A session that ended while its socket was being opened has no line yet to end: from here on it has.
    async fn check_session(&mut self) -> Result<(), Close> {
        let Actor { account, device } = self.actor;
        match self.chats.people.has_device(account, device).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                // The inbox that was opened for it a moment ago. An error says that the log has stopped.
                let _gone = self.chats.log.remove_device(account, device).await;
                Err(closed(Ended::Disconnected))
            }
            Err(_) => Err(Close::With(CLOSE_GOING_AWAY, "the server cannot answer now; connect again")),
        }
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, Close> {
        let mut ping = interval(PING_EVERY);
        loop {
            self.send_what_waits().await?;
            self.flush().await?;
            let live = self.inbox == Inbox::Live && self.window.is_open();
            let paused = self.budget.paused_until();
            let reads = self.answers.len() < UNANSWERED_SENDS_MAX && paused.is_none();
            tokio::select! {
                frame = self.socket.next(), if reads => self.heard(frame).await?,
                event = self.line.next(), if live => self.event(event).await?,
                Some(answered) = self.answers.next(), if !self.answers.is_empty() => self.answer(answered).await?,
                ended = self.end.wait() => return Err(closed(ended)),
                () = sleep_until(paused), if paused.is_some() => self.budget.resume(),
                (seq, acked) = poll(&mut self.acknowledging), if self.acknowledging.is_some() => {
                    self.acked(seq, acked).await?;
                }
                _ = ping.tick() => self.check_alive().await?,
            }
        }
    }

    /// Sends what can go out without waiting: a page of the log while the device catches up, then events.
    async fn send_what_waits(&mut self) -> Result<(), Close> {
        if self.inbox == Inbox::Live && self.line.take_lagging() {
            self.inbox = Inbox::Reading { announce: false };
        }
        while let Inbox::Reading { announce } = self.inbox {
            if !self.window.is_open() {
                return Ok(());
            }
            self.page(announce).await?;
        }
        while self.inbox == Inbox::Live && self.window.is_open() {
            let Some(event) = self.line.try_next() else { break };
            self.event(event).await?;
        }
        while let Some(Some(answered)) = self.answers.next().now_or_never() {
            self.answer(answered).await?;
        }
        Ok(())
    }

    async fn page(&mut self, announce: bool) -> Result<(), Close> {
        let events_max = PAGE_EVENTS_MAX.min(self.window.envelopes_left());
        let (after, bytes_max) = (self.window.sent_up_to(), self.window.bytes_left());
        let (chats, actor) = (self.chats.clone(), self.actor);
        let read = move || chats.synchronise(actor, after, events_max, bytes_max);
        let page = match tokio::task::spawn_blocking(read).await.expect("reading the log does not panic") {
            Ok(page) => page,
            Err(error) => {
                self.inbox = Inbox::Idle;
                return self.error(None, synchronise::code(&error), error.to_string()).await;
            }
        };
        self.check_end()?;
        if page.is_empty() {
            self.inbox = Inbox::Live;
            if announce {
                let (seq, missed) = (self.window.sent_up_to(), self.chats.missed(self.actor));
                self.say(&ServerFrame::Synced { seq, missed: missed.unwrap_or(0) }).await?;
                self.tell_of_policy().await?;
            }
        }
        for waiting in page {
            let bytes = waiting.frame.as_ref().map(Bytes::len);
            self.window.sent(waiting.seq, bytes.filter(|_| waiting.envelope));
            if let Some(frame) = waiting.frame {
                self.feed(frame).await?;
            }
        }
        Ok(())
    }

    /// A change of the policy that this account has not read of is told whenever a device comes back (NOTI-BEFORE).
    async fn tell_of_policy(&mut self) -> Result<(), Close> {
        let notice = self.chats.people.policy_notice(self.actor.account).await;
        if !matches!(notice, Ok(Some(_))) {
            return Ok(());
        }
        self.say(&ServerFrame::Notice { seq: 0, about: "policy".into(), account: None }).await
    }

    async fn event(&mut self, event: Event) -> Result<(), Close> {
        self.check_end()?;
        if let Some(seq) = event.seq {
            if !self.window.is_new(seq) {
                return Ok(());
            }
            self.window.sent(seq, event.envelope.then_some(event.frame.len()));
        }
        self.feed(event.frame).await
    }

    async fn heard(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), Close> {
        self.check_end()?;
        self.heard_at = now();
        match frame {
            Some(Ok(Message::Text(text))) => self.obey(&text).await,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => self.spend(FRAME_COST_SMALL_OP).await,
            Some(Ok(Message::Binary(_))) => {
                let detail = "frames are text, one JSON object each".into();
                self.refuse(FrameError::Malformed(detail)).await
            }
            Some(Err(error)) if is_too_large(&error) => Err(Close::With(CLOSE_TOO_LARGE, "a frame has at most 20 KiB")),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Close::Gone),
        }
    }

    async fn obey(&mut self, text: &str) -> Result<(), Close> {
        match ClientFrame::parse(text) {
            Ok(ClientFrame::Send(send)) => self.send(&send).await,
            Ok(ClientFrame::Ack { seq }) => self.acknowledge(seq).await,
            Ok(ClientFrame::Sync { after }) => self.synchronise(after).await,
            Ok(ClientFrame::Typing { to }) => self.typing(to).await,
            Ok(ClientFrame::Recall { message }) => self.recall(message).await,
            Ok(ClientFrame::Ping) => {
                self.spend(FRAME_COST_SMALL_OP).await?;
                self.say(&ServerFrame::Pong).await
            }
            Err(error) => self.refuse(error).await,
        }
    }

    /// Counts what a frame costs. Whatever the verdict, the frame is obeyed: nothing is dropped silently.
    async fn spend(&mut self, cost: u32) -> Result<(), Close> {
        match self.budget.spend(cost, self.heard_at) {
            None => Ok(()),
            Some(Verdict::SlowDown) => self.say(&ServerFrame::SlowDown { retry_in_ms: SLOW_DOWN_MS.into() }).await,
            Some(Verdict::Close) => Err(Close::With(CLOSE_TOO_SLOW, "too many frames; slow down and sync again")),
        }
    }

    async fn refuse(&mut self, error: FrameError) -> Result<(), Close> {
        self.spend(FRAME_COST_REFUSED).await?;
        self.error(error.id().map(str::to_owned), error.code(), error.to_string()).await
    }

    async fn typing(&mut self, to: To) -> Result<(), Close> {
        self.spend(FRAME_COST_SMALL_OP).await?;
        if self.typed_at.is_none_or(|at| self.heard_at.duration_since(at) >= TYPING_EVERY) {
            self.typed_at = Some(self.heard_at);
            self.chats.typing(self.actor, to).await;
        }
        Ok(())
    }

    async fn recall(&mut self, message: MessageId) -> Result<(), Close> {
        self.spend(FRAME_COST_SMALL_OP).await?;
        let (chats, actor) = (self.chats.clone(), self.actor);
        let recall = async move { Answered::Recall(message, chats.recall_message(actor, message).await) };
        self.answers.push(Box::pin(recall));
        Ok(())
    }

    async fn send(&mut self, send: &SendFrame<'_>) -> Result<(), Close> {
        let id = send.id.clone().into_owned();
        match self.chats.send_message(self.actor, send).await {
            Ok(answer) => {
                self.answers.push(Box::pin(answer.map(|sent| Answered::Send(id, sent))));
                self.spend(FRAME_COST).await
            }
            Err(refused) => {
                self.spend(FRAME_COST_REFUSED).await?;
                self.error(Some(id), refused.code(), refused.to_string()).await
            }
        }
    }

    async fn answer(&mut self, answered: Answered) -> Result<(), Close> {
        match answered {
            Answered::Send(id, Ok(sent)) => {
                self.say(&ServerFrame::Sent { id, message: sent.message, at: sent.at, seq: sent.seq }).await
            }
            Answered::Send(id, Err(refused)) => self.error(Some(id), refused.code(), refused.to_string()).await,
            Answered::Recall(message, Ok(recalled)) => self.recalled(message, recalled).await,
            Answered::Recall(message, Err(error)) => {
                self.spend(FRAME_COST_REFUSED).await?;
                let (code, detail) = (recall_message::code(&error).into(), error.to_string());
                self.say(&ServerFrame::Error { id: None, message: Some(message), code, detail }).await
            }
        }
    }

    /// A recall is answered by the sender's own `recalled`, in its place in the inbox. Where the inbox does not bring it
    /// (any more), it is said here.
    async fn recalled(&mut self, message: MessageId, recalled: Recalled) -> Result<(), Close> {
        let Recalled { seq, repeated } = recalled;
        let passed = repeated && seq <= self.window.sent_up_to();
        if self.inbox == Inbox::Idle || passed || seq == 0 {
            return self.say(&ServerFrame::Recalled { seq, message }).await;
        }
        Ok(())
    }

    async fn synchronise(&mut self, after: u64) -> Result<(), Close> {
        self.spend(FRAME_COST_SYNC).await?;
        let last = self.chats.log.last_seq(self.actor.account);
        if after > last {
            let detail = format!("after is {after}, but this inbox ends at {last}; sync after 0 to start over");
            return self.error(None, "bad_seq", detail).await;
        }
        self.window.start(after);
        self.inbox = Inbox::Reading { announce: true };
        Ok(())
    }

    async fn acknowledge(&mut self, seq: u64) -> Result<(), Close> {
        if let Err(never) = self.window.acknowledge(seq) {
            self.spend(FRAME_COST_REFUSED).await?;
            let detail = format!("nothing beyond {} was sent on this socket", never.sent_up_to);
            return self.error(None, "bad_seq", detail).await;
        }
        self.next_ack = self.next_ack.max(Some(seq));
        self.start_acknowledging();
        self.spend(FRAME_COST).await
    }

    /// One acknowledgement is on its way to the disk at a time; those that come meanwhile are one.
    fn start_acknowledging(&mut self) {
        if self.acknowledging.is_some() {
            return;
        }
        if let Some(seq) = self.next_ack.take() {
            let (chats, actor) = (self.chats.clone(), self.actor);
            self.acknowledging = Some(Box::pin(async move { (seq, chats.acknowledge(actor, seq).await) }));
        }
    }

    async fn acked(&mut self, seq: u64, acked: Result<Acked, AckError>) -> Result<(), Close> {
        self.acknowledging = None;
        self.start_acknowledging();
        match acked {
            Ok(_) => self.say(&ServerFrame::Acked { seq }).await,
            Err(error) => self.error(None, acknowledge::code(&error), error.to_string()).await,
        }
    }

    fn check_end(&self) -> Result<(), Close> {
        self.end.get().map_or(Ok(()), |ended| Err(closed(ended)))
    }

    async fn check_alive(&mut self) -> Result<(), Close> {
        if now().duration_since(self.heard_at) > SILENCE_MAX {
            return Err(Close::With(CLOSE_GOING_AWAY, "nothing was heard for too long"));
        }
        self.socket.feed(Message::Ping(Bytes::new())).await.map_err(|_| Close::Gone)
    }

    async fn error(&mut self, id: Option<String>, code: &str, detail: String) -> Result<(), Close> {
        self.say(&ServerFrame::Error { id, message: None, code: code.into(), detail }).await
    }

    async fn say(&mut self, frame: &ServerFrame) -> Result<(), Close> {
        let frame = serde_json::to_vec(frame).expect("a frame of text, numbers and ids always serialises");
        self.feed(frame.into()).await
    }

    async fn feed(&mut self, frame: Bytes) -> Result<(), Close> {
        let text = Utf8Bytes::try_from(frame).expect("frames are JSON, and JSON is UTF-8");
        in_time(self.socket.feed(Message::Text(text))).await
    }

    async fn flush(&mut self) -> Result<(), Close> {
        in_time(self.socket.flush()).await
    }
}

fn closed(ended: Ended) -> Close {
    match ended {
        Ended::Replaced => Close::With(CLOSE_REPLACED, "this device has opened a newer socket"),
        Ended::Disconnected => Close::With(CLOSE_SESSION_ENDED, "the session has ended"),
        Ended::Stopping => Close::With(CLOSE_GOING_AWAY, "the server stops; connect again"),
    }
}

/// Whether the socket broke because a frame was longer than any may be. Nothing of it was kept.
fn is_too_large(error: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(cause) = source {
        if matches!(cause.downcast_ref(), Some(tokio_tungstenite::tungstenite::Error::Capacity(_))) {
            return true;
        }
        source = cause.source();
    }
    false
}

async fn sleep_until(until: Option<Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}

async fn in_time(writing: impl Future<Output = Result<(), axum::Error>>) -> Result<(), Close> {
    match tokio::time::timeout(WRITE_WAIT_MAX, writing).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Close::Gone),
        Err(_) => Err(Close::With(CLOSE_TOO_SLOW, "the device does not read; connect and sync again")),
    }
}

async fn poll(acknowledging: &mut Option<Acknowledging>) -> (u64, Result<Acked, AckError>) {
    match acknowledging {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a socket is silent has nothing to do with the time of day")]
fn now() -> Instant {
    Instant::now()
}

fn interval(every: Duration) -> Interval {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
