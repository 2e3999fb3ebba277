//! What the lease log does, step by step, on a simulated disk with the real vault.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use kernel::sim::{AfterCut, SimClock, SimDisk, SimRng};
use kernel::{AccountId, Clock, DeviceId, HOUR_MS, MINUTE_MS, MessageId, Millis, Rng};
use storage::lease_log::{
    AckError, Acked, Core, Deliveries, Delivery, LeaseLogOptions, NewMessage, Notice, Op, Outcome, PassWork, ReadError,
    RecallError, Recalled, ReceiptState, SendError, Sent, SpaceLimits, StillHeld, What,
};
use vault::{MasterKey, Options, Vault};

const NOON: Millis = Millis(500_004 * HOUR_MS);

/// What was told live.
#[derive(Default)]
struct Told(Mutex<Vec<(AccountId, Delivery)>>);

impl Deliveries for Told {
    fn committed(&self, to: AccountId, delivery: &Delivery) {
        self.0.lock().unwrap().push((to, delivery.clone()));
    }
}

/// A server on a simulated machine, with two people.
struct Server {
    clock: Arc<SimClock>,
    rng: Arc<SimRng>,
    disk: SimDisk,
    limits: SpaceLimits,
    vault: Option<Arc<Vault>>,
    core: Option<Core>,
    told: Arc<Told>,
    ada: AccountId,
    bob: AccountId,
    phone: DeviceId,
    bobs: DeviceId,
    bobs_tablet: DeviceId,
}

impl Server {
    fn new() -> Self {
        Self::with_limits(SpaceLimits { reserve_bytes: 0, ballast_bytes: 0 })
    }

    fn with_limits(limits: SpaceLimits) -> Self {
        let clock = Arc::new(SimClock::new(NOON));
        let account = |n| AccountId::new(NOON, n);
        let device = |n| DeviceId::new(NOON, n);
        let mut server = Self {
            clock,
            rng: Arc::new(SimRng::new(1)),
            disk: SimDisk::new(),
            limits,
            vault: None,
            core: None,
            told: Arc::default(),
            ada: account(1),
            bob: account(2),
            phone: device(1),
            bobs: device(2),
            bobs_tablet: device(3),
        };
        server.start();
        server.vault().create_account(server.ada).unwrap();
        server.vault().create_account(server.bob).unwrap();
        for (account, device) in
            [(server.ada, server.phone), (server.bob, server.bobs), (server.bob, server.bobs_tablet)]
        {
            server.change(Op::AddDevice { account, device });
        }
        server
    }

    fn vault(&self) -> &Arc<Vault> {
        self.vault.as_ref().unwrap()
    }

    fn core(&mut self) -> &mut Core {
        self.core.as_mut().unwrap()
    }

    fn start(&mut self) {
        self.try_start().unwrap();
    }

    fn try_start(&mut self) -> Result<(), storage::lease_log::StopReason> {
        self.core = None;
        self.vault = None;
        let disk: Arc<dyn kernel::Disk> = Arc::new(self.disk.clone());
        let clock: Arc<dyn Clock> = self.clock.clone();
        let master = MasterKey::from_bytes([7; 32]);
        let vault = Vault::open(Arc::clone(&disk), Options::new("/keys"), master, clock, self.rng.clone()).unwrap();
        self.vault = Some(Arc::new(vault));
        let options = LeaseLogOptions { space: self.limits, ..LeaseLogOptions::new("/data/lease-log") };
        let vault = Arc::clone(self.vault());
        self.core = Some(Core::open(options, disk, vault, self.told.clone())?);
        Ok(())
    }

    /// The power goes, and everything that was not synced with it.
    fn crash(&mut self) {
        self.core = None;
        self.vault = None;
        self.disk.restart(AfterCut::LoseAll);
        self.start();
    }

    /// Time passes; the server does what is due every ten minutes.
    fn pass_time(&mut self, ms: i64) {
        let mut left = ms;
        while left > 0 {
            let step = left.min(10 * MINUTE_MS);
            self.clock.advance(step);
            self.work();
            left -= step;
        }
    }

    fn work(&mut self) {
        self.core().tick().unwrap();
        while self.core().pass_slice(3).unwrap() == PassWork::More {}
    }

    fn run(&mut self, op: Op) -> Outcome {
        self.core().commit(vec![op]).unwrap().pop().unwrap()
    }

    fn change(&mut self, op: Op) {
        assert_eq!(self.run(op), Outcome::Changed(Ok(())));
    }

    fn message(&self, client_id: &str, text: &str) -> NewMessage {
        NewMessage {
            sender: self.ada,
            device: self.phone,
            client_id: client_id.to_owned(),
            message: MessageId::new(self.clock.wall(), self.rng.ulid_bits()),
            recipients: vec![self.bob],
            sender_copy: false,
            body: Bytes::from(text.to_owned()),
        }
    }

    fn try_send(&mut self, message: NewMessage) -> Result<Sent, SendError> {
        let op = Op::send(self.vault(), message);
        let Outcome::Sent(sent) = self.run(op) else { panic!("a send is answered as one") };
        sent
    }

    fn send(&mut self, client_id: &str, text: &str) -> Sent {
        let message = self.message(client_id, text);
        self.try_send(message).unwrap()
    }

    fn ack(&mut self, device: DeviceId, seq: u64) -> Result<Acked, AckError> {
        let account = if device == self.phone { self.ada } else { self.bob };
        let Outcome::Acked(acked) = self.run(Op::Ack { account, device, seq }) else {
            panic!("an ack is answered as one")
        };
        acked
    }

    fn recall(&mut self, message: MessageId) -> Result<Recalled, RecallError> {
        let sender = self.ada;
        let Outcome::Recalled(recalled) = self.run(Op::Recall { sender, message }) else { panic!("answered as asked") };
        recalled
    }

    fn waiting(&self, device: DeviceId) -> Vec<Delivery> {
        let account = if device == self.phone { self.ada } else { self.bob };
        self.core.as_ref().unwrap().reader().read_after(account, device, 0, 100, usize::MAX).unwrap()
    }

    /// What waits for a device, in words.
    fn says(&self, device: DeviceId) -> Vec<String> {
        let word = |delivery: &Delivery| match &delivery.what {
            What::Envelope(envelope) => String::from_utf8(envelope.body.to_vec()).unwrap(),
            What::Receipt { state: ReceiptState::Delivered, delivered, of, .. } => {
                format!("delivered {delivered}/{of}")
            }
            What::Receipt { state: ReceiptState::Expired, .. } => "expired".to_owned(),
            What::Recalled => "recalled".to_owned(),
            What::Notice(Notice::Missed { count }) => format!("missed {count}"),
            What::Notice(Notice::Restored) => "restored".to_owned(),
            What::Notice(Notice::AccountGone { .. }) => "gone".to_owned(),
        };
        self.waiting(device).iter().map(word).collect()
    }
}

/// CHAT-DELIVER
#[test]
fn a_message_reaches_its_recipient_and_its_sender_learns_of_it() {
    let mut server = Server::new();
    let sent = server.send("1", "hello");
    assert_eq!(server.says(server.bobs), ["hello"]);
    let delivery = server.waiting(server.bobs).remove(0);
    assert_eq!(delivery.message, sent.message);
    assert_eq!(server.ack(server.bobs, delivery.seq), Ok(Acked { seq: delivery.seq }));
    assert_eq!(server.says(server.phone), ["delivered 1/1"]);
    let told: Vec<_> = server.told.0.lock().unwrap().iter().map(|(to, told)| (*to, told.seq)).collect();
    assert_eq!(told, [(server.bob, delivery.seq), (server.ada, server.waiting(server.phone)[0].seq)]);
}

#[test]
fn what_was_answered_survives_a_loss_of_power() {
    let mut server = Server::new();
    let sent = server.send("1", "hello");
    server.crash();
    assert_eq!(server.says(server.bobs), ["hello"]);
    let seq = server.waiting(server.bobs)[0].seq;
    server.ack(server.bobs, seq).unwrap();
    server.crash();
    assert_eq!(server.says(server.phone), ["delivered 1/1"]);
    assert_eq!(server.says(server.bobs_tablet), ["hello"]);
    let again = server.message("1", "hello");
    assert_eq!(server.try_send(again).unwrap(), Sent { repeated: true, ..sent });
    let other = server.message("1", "something else");
    assert_eq!(server.try_send(other), Err(SendError::IdReused));
}

/// CHAT-3H
#[test]
fn other_devices_have_an_hour_and_after_three_nothing_is_left() {
    let mut server = Server::new();
    server.send("1", "hello");
    let seq = server.waiting(server.bobs)[0].seq;
    server.pass_time(10 * HOUR_MS);
    server.ack(server.bobs, seq).unwrap();
    server.pass_time(59 * MINUTE_MS);
    assert_eq!(server.says(server.bobs_tablet), ["hello"]);
    server.pass_time(2 * HOUR_MS + MINUTE_MS);
    assert!(server.says(server.bobs_tablet).is_empty());
    assert_eq!(server.says(server.phone), ["delivered 1/1"]);
}

/// CHAT-72H, CHAT-KEEP
#[test]
fn an_undelivered_message_waits_until_its_deadline_and_not_a_moment_longer() {
    let mut server = Server::new();
    server.send("1", "hello");
    for _ in 0..71 {
        server.pass_time(HOUR_MS);
    }
    server.crash();
    server.pass_time(HOUR_MS - 1);
    assert_eq!(server.says(server.bobs), ["hello"]);
    server.clock.advance(1);
    assert!(server.says(server.bobs).is_empty(), "refused at the instant, before anything was swept");
    server.work();
    assert_eq!(server.says(server.phone), ["expired"]);
    assert_eq!(server.says(server.bobs), ["missed 1"]);
    let (bob, device) = (server.bob, server.bobs);
    assert_eq!(server.core().reader().missed(bob, device).unwrap(), 1);
}

#[test]
fn after_three_days_off_everything_has_expired_and_files_go() {
    let mut server = Server::new();
    server.send("1", "hello");
    server.core = None;
    server.clock.reboot(73 * HOUR_MS);
    server.start();
    assert!(server.says(server.bobs).is_empty());
    server.work();
    assert_eq!(server.says(server.phone), ["expired"]);
    server.pass_time(80 * HOUR_MS);
    server.pass_time(3 * HOUR_MS);
    assert!(server.says(server.phone).is_empty());
    let files = server.disk.files();
    let left: Vec<_> = files.iter().map(|(path, _)| path).filter(|path| path.starts_with("/data")).collect();
    assert_eq!(left.len(), 1, "only the cursors, in the segment of the current lease: {left:?}");
}

#[test]
fn a_recall_withdraws_and_tells_and_can_be_repeated() {
    let mut server = Server::new();
    let sent = server.send("1", "hello");
    server.pass_time(2 * MINUTE_MS);
    let first = server.recall(sent.message).unwrap();
    assert_eq!(first.seq, server.waiting(server.phone)[0].seq, "the sender's other devices are told, too");
    assert!(!first.repeated);
    assert_eq!(server.recall(sent.message), Ok(Recalled { repeated: true, ..first }));
    server.crash();
    assert_eq!(server.recall(sent.message), Ok(Recalled { repeated: true, seq: 0 }));
    assert_eq!(server.says(server.bobs), ["recalled"]);
    let late = server.send("2", "more");
    server.pass_time(2 * MINUTE_MS + 1);
    assert_eq!(server.recall(late.message), Err(RecallError::TooLate));
    assert_eq!(server.recall(sent.message), Err(RecallError::NotFound));
}

/// CHAT-SENDERDEL
#[test]
fn with_an_account_goes_what_it_sent_and_what_waits_for_it() {
    let mut server = Server::new();
    server.send("1", "hello");
    let bob = server.bob;
    server.change(Op::ForgetAccount { account: server.ada, tell: vec![bob] });
    assert_eq!(server.says(server.bobs), ["gone"], "the message is withdrawn, and Bob is told who left");

    let mut server = Server::new();
    server.send("1", "hello");
    server.change(Op::ForgetAccount { account: bob, tell: Vec::new() });
    assert_eq!(server.says(server.phone), ["expired"]);
    server.crash();
    assert_eq!(server.says(server.phone), ["expired"]);
    let reader = server.core().reader();
    let device = server.bobs;
    assert!(matches!(reader.read_after(bob, device, 0, 1, 1), Err(ReadError::UnknownDevice)));
}

/// CHAT-SENDERDEL: a deletion that was cut off after the key was destroyed is finished at the next start.
#[test]
fn an_account_without_a_key_is_forgotten_at_the_start() {
    let mut server = Server::new();
    server.send("1", "hello");
    server.vault().destroy_account(server.bob).unwrap();
    server.crash();
    assert_eq!(server.says(server.phone), ["expired"]);
    let (reader, bob, device) = (server.core().reader(), server.bob, server.bobs);
    assert!(matches!(reader.read_after(bob, device, 0, 1, 1), Err(ReadError::UnknownDevice)));
}

#[test]
fn a_full_disk_refuses_sends_and_still_takes_acks() {
    let mut server = Server::with_limits(SpaceLimits { reserve_bytes: 1 << 20, ballast_bytes: 64 << 10 });
    server.send("1", "hello");
    server.work();
    let used: usize = server.disk.files().iter().map(|(_, bytes)| bytes.len()).sum();
    server.disk.set_capacity(Some(used as u64 + 100));
    server.work();
    let more = server.message("2", "more");
    assert_eq!(server.try_send(more), Err(SendError::StorageFull));
    let seq = server.waiting(server.bobs)[0].seq;
    server.ack(server.bobs, seq).unwrap();
    server.pass_time(2 * HOUR_MS);
    server.disk.set_capacity(None);
    server.work();
    server.send("2", "more");
}

#[test]
fn a_failed_sync_stops_everything() {
    let mut server = Server::new();
    server.send("0", "first");
    server.disk.fail_syncs(1);
    let op = Op::send(server.vault(), server.message("1", "hello"));
    let reason = server.core().commit(vec![op]).unwrap_err();
    assert!(reason.to_string().starts_with("could not sync /data/lease-log/"), "{reason}");
    assert!(server.core().commit(Vec::new()).is_err());
    let (bob, device) = (server.bob, server.bobs);
    assert!(matches!(server.core().reader().read_after(bob, device, 0, 1, 1), Err(ReadError::Stopped(_))));
}

/// CHAT-KEEP
#[test]
fn readers_lose_nothing_while_a_pass_carries_it_over() {
    const WAITING: usize = 100;
    let mut server = Server::new();
    for n in 0..WAITING {
        server.send(&n.to_string(), &format!("message {n}"));
    }
    let reader = server.core().reader();
    let (bob, device) = (server.bob, server.bobs);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(Ordering::Relaxed) {
                let all = reader.read_after(bob, device, 0, WAITING, usize::MAX).unwrap();
                assert_eq!(all.len(), WAITING, "read {reads}");
                reads += 1;
            }
            reads
        });
        for _ in 0..60 {
            server.pass_time(HOUR_MS);
        }
        done.store(true, Ordering::Relaxed);
        assert!(reading.join().unwrap() > 10, "they overlapped");
    });
}

/// CHAT-72H, CHAT-3H, SECR-ACCESS: what the two are told of a message holds to the instant; nobody else is told anything.
#[test]
fn the_two_whom_a_message_concerns_are_told_until_when_it_is_held() {
    let mut server = Server::new();
    let sent = server.send("1", "hello");
    let (ada, bob, stranger) = (server.ada, server.bob, AccountId::new(NOON, 9));
    let held = |server: &mut Server, who| server.core().reader().still_held(who, sent.message).unwrap();
    let undelivered = Some(StillHeld { until: sent.at + 72 * HOUR_MS, undelivered: true });
    assert_eq!((held(&mut server, ada), held(&mut server, bob)), (undelivered, undelivered));
    assert_eq!(held(&mut server, stranger), None);
    let made_up = MessageId::new(NOON, 7);
    assert_eq!(server.core().reader().still_held(ada, made_up).unwrap(), None);

    server.pass_time(10 * HOUR_MS + 20 * MINUTE_MS);
    let seq = server.waiting(server.bobs)[0].seq;
    server.ack(server.bobs, seq).unwrap();
    let acked = server.clock.wall();
    let delivered = held(&mut server, ada).unwrap();
    assert_eq!(held(&mut server, bob), Some(delivered));
    assert!(!delivered.undelivered);
    assert!((HOUR_MS..=3 * HOUR_MS).contains(&delivered.until.since(acked)), "{delivered:?}");
    server.pass_time(delivered.until.since(acked));
    assert_eq!((held(&mut server, ada), held(&mut server, bob)), (None, None));
    assert!(server.says(server.bobs_tablet).is_empty());
}

#[test]
fn what_was_taken_back_or_has_expired_is_not_held() {
    let mut server = Server::new();
    let (first, second) = (server.send("1", "hello"), server.send("2", "hello again"));
    let ada = server.ada;
    let held = |server: &mut Server, message| server.core().reader().still_held(ada, message).unwrap().is_some();
    server.recall(first.message).unwrap();
    assert!(!held(&mut server, first.message) && held(&mut server, second.message));
    server.clock.advance(72 * HOUR_MS);
    assert!(!held(&mut server, second.message), "at the instant, before anything was swept");
}
