//! The lease log as the server uses it: a thread for the writer, and futures that wait for its answers.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use kernel::{AccountId, DeviceId, Disk, MessageId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use vault::Vault;

use super::{
    AckError, Acked, ChangeError, Core, Deliveries, Delivery, LeaseLogOptions, NewMessage, Op, Outcome, PassWork,
    ReadError, Reader, RecallError, Recalled, SendError, Sent, Stats, StopReason,
};

/// Most operations that wait for the writer; whoever comes later waits outside.
const WAITING_MAX: usize = 8192;
/// Ticks that wait beside them; one more finds that there are enough.
const TICKS_WAITING_MAX: usize = 16;
/// Backups that wait beside those; they are made one at a time.
const STILLS_WAITING_MAX: usize = 1;
/// Most operations in a batch, and most bytes of their bodies: 8 MiB are written in some milliseconds.
const BATCH_OPS_MAX: usize = 2048;
const BATCH_BODY_BYTES_MAX: usize = 8 << 20;
/// Entries in a slice of a pass: about a millisecond of sealing.
const PASS_SLICE: usize = 512;
/// A running pass gets a slice after so many batches, and when nobody has asked for anything for so long.
const BATCHES_PER_SLICE: u32 = 4;
/// So short that an idle server is done with a million entries in ten seconds; so long that nobody waits behind a slice.
const PASS_PAUSE: Duration = Duration::from_millis(5);

/// The lease log. Clones are handles to the same one; the writer ends with the last of them, or with [`LeaseLog::close`].
#[derive(Clone)]
pub struct LeaseLog {
    jobs: mpsc::SyncSender<Job>,
    room: Arc<Semaphore>,
    vault: Arc<Vault>,
    reader: Reader,
    stopped: watch::Receiver<Option<Arc<StopReason>>>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

enum Job {
    Op(Op, oneshot::Sender<Outcome>, OwnedSemaphorePermit),
    Tick(oneshot::Sender<()>),
    Still(Box<dyn FnOnce() + Send>),
    Close,
}

impl LeaseLog {
    /// Opens the lease log (see [`Core::open`]) and starts its writer.
    pub fn open(
        options: LeaseLogOptions,
        disk: Arc<dyn Disk>,
        vault: Arc<Vault>,
        deliveries: Arc<dyn Deliveries>,
    ) -> Result<Self, StopReason> {
        let core = Core::open(options, disk, Arc::clone(&vault), deliveries)?;
        let reader = core.reader();
        let (jobs, queue) = mpsc::sync_channel(WAITING_MAX + TICKS_WAITING_MAX + STILLS_WAITING_MAX);
        let (stop, stopped) = watch::channel(None);
        let writer = Writer { core, queue, stop, pass: PassWork::More, batches: 0 };
        let thread = std::thread::Builder::new().name("lease-log".to_owned()).spawn(move || writer.run());
        let thread = thread.map_err(|error| StopReason::Thread(error.to_string()))?;
        let thread = Arc::new(Mutex::new(Some(thread)));
        Ok(Self { jobs, room: Arc::new(Semaphore::new(WAITING_MAX)), vault, reader, stopped, thread })
    }

    /// Stores a message; durable when this answers.
    pub async fn send(&self, message: NewMessage) -> Result<Sent, SendError> {
        self.queue_send(message).await?.await
    }

    /// Takes a message into the writer's queue: messages are stored in the order in which these calls return. What it gives
    /// waits for the answer.
    pub async fn queue_send(
        &self,
        message: NewMessage,
    ) -> Result<impl Future<Output = Result<Sent, SendError>> + Send + use<>, SendError> {
        let answer = self.queue(Op::send(&self.vault, message)).await.ok_or(SendError::Stopped)?;
        Ok(async move {
            let Ok(Outcome::Sent(sent)) = answer.await else { return Err(SendError::Stopped) };
            sent
        })
    }

    /// A device stored everything up to `seq`; durable, with the receipts it makes, when this answers.
    pub async fn ack(&self, account: AccountId, device: DeviceId, seq: u64) -> Result<Acked, AckError> {
        let op = Op::Ack { account, device, seq };
        let Some(Outcome::Acked(acked)) = self.ask(op).await else { return Err(AckError::Stopped) };
        acked
    }

    /// Takes back a message its sender sent less than two minutes ago; durable when this answers.
    pub async fn recall(&self, sender: AccountId, message: MessageId) -> Result<Recalled, RecallError> {
        let op = Op::Recall { sender, message };
        let Some(Outcome::Recalled(recalled)) = self.ask(op).await else { return Err(RecallError::Stopped) };
        recalled
    }

    /// A device may read and ack from now on. One that is known stays as it is, so this can be asked at each connection.
    pub async fn add_device(&self, account: AccountId, device: DeviceId) -> Result<(), ChangeError> {
        self.change(Op::AddDevice { account, device }).await
    }

    /// A device may no longer.
    pub async fn remove_device(&self, account: AccountId, device: DeviceId) -> Result<(), ChangeError> {
        self.change(Op::RemoveDevice { account, device }).await
    }

    /// Withdraws what a deleted account sent and what waits for it, and leaves each of `tell` a notice that it is gone. Its
    /// key in the vault is destroyed by whoever calls this.
    pub async fn forget_account(&self, account: AccountId, tell: Vec<AccountId>) -> Result<(), ChangeError> {
        self.change(Op::ForgetAccount { account, tell }).await
    }

    async fn change(&self, op: Op) -> Result<(), ChangeError> {
        let Some(Outcome::Changed(changed)) = self.ask(op).await else { return Err(ChangeError::Stopped) };
        changed
    }

    /// What must happen with time; called about once a second. A pass that is due goes on by itself, between batches.
    pub async fn tick(&self) {
        let (reply, done) = oneshot::channel();
        if self.jobs.try_send(Job::Tick(reply)).is_ok() {
            // An error says that the writer has ended, of which `stopped` tells.
            let _ = done.await;
        }
    }

    /// Does something short while nothing is written and no file comes or goes: everything answered so far is durable.
    /// `None` when the writer has ended.
    pub async fn while_still<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (reply, done) = oneshot::channel();
        let work = move || {
            // Nobody may be waiting any more.
            let _ = reply.send(work());
        };
        self.jobs.try_send(Job::Still(Box::new(work))).ok()?;
        done.await.ok()
    }

    /// What waits for a device after `after` (see [`Reader::read_after`]).
    pub fn read_after(
        &self,
        account: AccountId,
        device: DeviceId,
        after: u64,
        max: usize,
        max_bytes: usize,
    ) -> Result<Vec<Delivery>, ReadError> {
        self.reader.read_after(account, device, after, max, max_bytes)
    }

    /// The highest seq given to an account.
    pub fn last_seq(&self, account: AccountId) -> u64 {
        self.reader.last_seq(account)
    }

    /// How many messages of the last 72 hours expired without reaching any device of the account (D-27).
    pub fn missed(&self, account: AccountId, device: DeviceId) -> Result<u32, ReadError> {
        self.reader.missed(account, device)
    }

    /// For reading what was committed, from any thread.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// What there is.
    pub fn stats(&self) -> Stats {
        self.reader.stats()
    }

    /// Waits until the writer ends: with a reason when the disk or the keys failed it, and the server must stop.
    pub async fn stopped(&self) -> Option<Arc<StopReason>> {
        let mut stopped = self.stopped.clone();
        while stopped.borrow_and_update().is_none() {
            if stopped.changed().await.is_err() {
                break;
            }
        }
        let reason = stopped.borrow();
        reason.clone()
    }

    /// Ends the writer when it has done what was asked so far, and waits for it.
    pub async fn close(self) {
        // An error says that it has ended already.
        let _ = self.jobs.send(Job::Close);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the lease log's writer ended in a panic");
            }
        }
    }

    async fn ask(&self, op: Op) -> Option<Outcome> {
        self.queue(op).await?.await.ok()
    }

    async fn queue(&self, op: Op) -> Option<oneshot::Receiver<Outcome>> {
        let room = Arc::clone(&self.room).acquire_owned().await.ok()?;
        let (reply, answer) = oneshot::channel();
        // Never waits: there is room for as many as `room` lets in.
        self.jobs.send(Job::Op(op, reply, room)).ok()?;
        Some(answer)
    }
}

/// The writer's thread.
struct Writer {
    core: Core,
    queue: mpsc::Receiver<Job>,
    stop: watch::Sender<Option<Arc<StopReason>>>,
    pass: PassWork,
    /// Batches since the last slice of a pass.
    batches: u32,
}

/// The writer goes no further: the reason is told, and everything later is answered `Stopped`.
struct Ended;

impl Writer {
    fn run(mut self) {
        while let Ok(()) = self.once() {}
    }

    fn once(&mut self) -> Result<(), Ended> {
        if self.pass == PassWork::More && self.batches >= BATCHES_PER_SLICE {
            return self.slice();
        }
        let first = if self.pass == PassWork::More {
            match self.queue.recv_timeout(PASS_PAUSE) {
                Err(RecvTimeoutError::Timeout) => return self.slice(),
                job => job.map_err(|_| Ended)?,
            }
        } else {
            self.queue.recv().map_err(|_| Ended)?
        };
        let (mut ops, mut replies, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut next = Some(first);
        while let Some(Job::Op(op, reply, room)) = next {
            bytes += if let Op::Send(send) = &op { send.message.body.len() } else { 0 };
            ops.push(op);
            replies.push((reply, room));
            let full = ops.len() >= BATCH_OPS_MAX || bytes >= BATCH_BODY_BYTES_MAX;
            next = if full { None } else { self.queue.try_recv().ok() };
        }
        self.commit(ops, replies)?;
        match next {
            Some(Job::Tick(reply)) => {
                let ticked = self.core.tick();
                self.or_end(ticked)?;
                self.pass = PassWork::More;
                // Nobody may be waiting any more.
                let _ = reply.send(());
                Ok(())
            }
            Some(Job::Still(work)) => {
                work();
                Ok(())
            }
            Some(Job::Close) => Err(Ended),
            Some(Job::Op(..)) | None => Ok(()),
        }
    }

    fn commit(
        &mut self,
        ops: Vec<Op>,
        replies: Vec<(oneshot::Sender<Outcome>, OwnedSemaphorePermit)>,
    ) -> Result<(), Ended> {
        if ops.is_empty() {
            return Ok(());
        }
        self.batches += 1;
        let outcomes = self.core.commit(ops);
        for (outcome, (reply, _room)) in self.or_end(outcomes)?.into_iter().zip(replies) {
            // Whoever asked may have gone; what was asked is done all the same.
            let _ = reply.send(outcome);
        }
        Ok(())
    }

    fn slice(&mut self) -> Result<(), Ended> {
        self.batches = 0;
        let work = self.core.pass_slice(PASS_SLICE);
        self.pass = self.or_end(work)?;
        Ok(())
    }

    fn or_end<T>(&self, result: Result<T, Arc<StopReason>>) -> Result<T, Ended> {
        result.map_err(|reason| {
            tracing::error!(%reason, "the lease log stops");
            self.stop.send_replace(Some(reason));
            Ended
        })
    }
}
