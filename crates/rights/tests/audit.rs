//! The audit of a server in this process, on both engines, with a clock, a disk and keys that the test owns.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use kernel::sim::{SimClock, SimDisk, SimRng};
use kernel::{AccountId, Clock, DeviceId, Disk, HOUR_MS, MINUTE_MS, MessageId, Millis, Rng, SECOND_MS};
use people::{People, PeopleConfig};
use providers::sms::DemoOutbox;
use rights::audit::{Audit, AuditError, RowAnswer, Running, Stopped, of_running, of_stopped};
use storage::lease_log::{Deliveries, Delivery, LeaseLog, LeaseLogOptions, NewMessage, SpaceLimits};
use storage::sql::{Db, query};
use storage::testing::{TestDb, on_both_engines};
use vault::{MasterKey, Options, Vault};

const NOON: Millis = Millis(500_004 * HOUR_MS);
const DATA: &str = "/data";
const KEYS: &str = "/keys";

struct Nobody;

impl Deliveries for Nobody {
    fn committed(&self, _to: AccountId, _delivery: &Delivery) {}
}

/// A machine that a server runs on, or not.
struct Machine<'a> {
    db: &'a TestDb,
    clock: Arc<SimClock>,
    rng: Arc<SimRng>,
    disk: SimDisk,
    ada: AccountId,
    bob: AccountId,
    bobs: DeviceId,
}

fn master() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

impl<'a> Machine<'a> {
    fn new(db: &'a TestDb) -> Self {
        let disk = SimDisk::new();
        disk.create_dir_all(Path::new(DATA)).unwrap();
        Self {
            db,
            clock: Arc::new(SimClock::new(NOON)),
            rng: Arc::new(SimRng::new(1)),
            disk,
            ada: AccountId::new(NOON, 1),
            bob: AccountId::new(NOON, 2),
            bobs: DeviceId::new(NOON, 3),
        }
    }

    async fn start(&self) -> Running {
        let (clock, rng) = (Arc::clone(&self.clock), Arc::clone(&self.rng));
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let vault = Arc::new(Vault::open(Arc::clone(&disk), Options::new(KEYS), master(), clock, rng.clone()).unwrap());
        let sms = Arc::new(DemoOutbox::new());
        let config = PeopleConfig { demo_outbox: Some(Arc::clone(&sms)), ..PeopleConfig::default() };
        let db = Db::clone(self.db);
        let people = Arc::new(People::open(db.clone(), Arc::clone(&vault), sms, rng, config).await.unwrap());
        let mut options = LeaseLogOptions::new(Path::new(DATA).join("lease-log"));
        options.space = SpaceLimits { reserve_bytes: 0, ballast_bytes: 0 };
        let log = LeaseLog::open(options, disk, Arc::clone(&vault), Arc::new(Nobody)).unwrap();
        log.tick().await;
        Running { db, people, log, vault }
    }

    /// Two people; their rows in the database, and Bob's device in the lease log.
    async fn people(&self, server: &Running) {
        for account in [self.ada, self.bob] {
            server.vault.create_account(account).unwrap();
            let id = account.to_bytes();
            self.run("INSERT INTO account (account_id, created_at, sealed) VALUES ($1, $2, $1)", &id, NOON).await;
            let device = "INSERT INTO device (device_id, account_id, created_at, sealed) VALUES ($1, $1, $2, $1)";
            self.run(device, &id, NOON).await;
        }
        server.log.add_device(self.bob, self.bobs).await.unwrap();
    }

    async fn run(&self, statement: &'static str, id: &[u8], at: Millis) {
        let mut tx = self.db.begin_write().await.unwrap();
        query(statement).bind(id.to_vec()).bind(at.0).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A message from Ada to Bob; its seq.
    async fn send(&self, server: &Running) -> u64 {
        let at = server.vault.now().unwrap();
        let number = self.rng.next_u64();
        let message = NewMessage {
            message: MessageId::new(at, self.rng.ulid_bits()),
            client_id: number.to_string(),
            sender: self.ada,
            device: DeviceId::new(NOON, 9),
            recipients: vec![self.bob],
            sender_copy: false,
            body: Bytes::from_static(b"We meet at the old mill."),
        };
        server.log.send(message).await.unwrap();
        server.log.last_seq(self.bob)
    }

    /// Lets time pass with a tick each ten seconds, a sweep each minute, and time for a pass each hour.
    async fn serve(&self, server: &Running, ms: i64) {
        for turn in 0..ms / (10 * SECOND_MS) {
            self.clock.advance(10 * SECOND_MS);
            server.log.tick().await;
            if turn % 6 == 0 {
                server.people.sweep().await.unwrap();
            }
            let hour_began = self.clock.wall().0 % HOUR_MS < 10 * SECOND_MS;
            while hour_began && server.log.stats().pass_running {
                // The pass goes on by itself, in real time; a tick tells when it is done.
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                server.log.tick().await;
            }
        }
    }

    async fn stopped(&self) -> Result<Audit, AuditError> {
        of_stopped(Stopped {
            disk: Arc::new(self.disk.clone()),
            data: Path::new(DATA),
            keys: vault::Options::new(KEYS),
            master: master(),
            database: self.db.url(),
            wall: self.clock.wall(),
            rng: Arc::clone(&self.rng) as _,
            version: "test",
        })
        .await
    }
}

async fn stop(server: Running) {
    let Running { log, people, vault, .. } = server;
    log.close().await;
    vault.step().unwrap();
    drop((people, vault));
}

async fn audit(server: &Running) -> Audit {
    of_running(server, "test").await.unwrap()
}

#[track_caller]
fn row<'a>(audit: &'a Audit, id: &str) -> &'a RowAnswer {
    audit.rows.iter().find(|row| row.row == id).unwrap()
}

/// What a row holds, what of it is overdue, and what remains of it.
#[track_caller]
fn numbers(audit: &Audit, id: &str) -> (u64, u64, u64) {
    let row = row(audit, id);
    (row.held, row.overdue, row.remains)
}

/// The audit walks every row of the policy, and whoever stores one answers for it.
#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_policy_has_an_answer() {
    on_both_engines(async |db| {
        let machine = Machine::new(db);
        let server = machine.start().await;
        let running = audit(&server).await;
        stop(server).await;
        let stopped = machine.stopped().await.unwrap();
        for audit in [running, stopped] {
            assert_eq!(audit.policy_digest, policy::digest());
            assert!(audit.rows.iter().map(|row| row.row.as_str()).eq(policy::all().iter().map(|row| row.id)));
            assert!(audit.clean, "{:?}", audit.why);
            for (answer, row) in audit.rows.iter().zip(policy::all()) {
                assert_eq!(answer.planned, row.planned);
                assert_eq!(answer.note.as_deref() == Some("nothing stored yet"), row.planned, "{}", row.id);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_counted_the_same_running_and_stopped() {
    on_both_engines(async |db| {
        let machine = Machine::new(db);
        let server = machine.start().await;
        machine.people(&server).await;
        machine.send(&server).await;
        machine.clock.advance(MINUTE_MS);
        let seq = machine.send(&server).await;
        server.log.tick().await;
        let before = audit(&server).await;
        assert!(before.clean, "{:?}", before.why);
        assert_eq!(numbers(&before, "registration"), (2, 0, 0));
        assert_eq!(numbers(&before, "device"), (2, 0, 0));
        assert_eq!(numbers(&before, "chat_message"), (2, 0, 0));
        assert_eq!(numbers(&before, "chat_idempotency"), (2, 0, 0));
        assert_eq!(numbers(&before, "chat_cursor"), (1, 0, 0));
        let messages = row(&before, "chat_message");
        assert_eq!(messages.oldest_at, Some(NOON));
        assert_eq!(messages.next_end_at, policy::row("chat_message").unwrap().period.deadline(NOON));
        assert_eq!(before.keys.accounts, 2);

        server.log.ack(machine.bob, machine.bobs, seq).await.unwrap();
        let delivered = audit(&server).await;
        assert_eq!(numbers(&delivered, "chat_receipt").0, 2, "a receipt for each");
        let end = row(&delivered, "chat_message").next_end_at.unwrap();
        assert!(end.since(NOON) <= 3 * HOUR_MS, "what was delivered ends within three hours");

        stop(server).await;
        let files = machine.disk.files();
        let stopped = machine.stopped().await.unwrap();
        assert!(!stopped.running && stopped.clean, "{:?}", stopped.why);
        for id in ["registration", "device", "chat_message", "chat_receipt", "chat_idempotency", "chat_cursor"] {
            assert_eq!(numbers(&stopped, id), numbers(&delivered, id), "{id}");
        }
        let only_locks = |(path, _): &&(std::path::PathBuf, Vec<u8>)| !path.ends_with("lock");
        assert!(files.iter().filter(only_locks).eq(machine.disk.files().iter().filter(only_locks)), "it only looks");
    })
    .await;
}

/// When nothing steps any more, what ended over a minute ago is overdue, and the audit says so until it is gone. The lag
/// stays in the books.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_steps_no_keys_is_not_clean() {
    on_both_engines(async |db| {
        let machine = Machine::new(db);
        let server = machine.start().await;
        machine.people(&server).await;
        machine.send(&server).await;
        machine.serve(&server, 71 * HOUR_MS + 58 * MINUTE_MS).await;
        let just_before = audit(&server).await;
        assert!(just_before.clean, "{:?}", just_before.why);
        assert_eq!(numbers(&just_before, "chat_message"), (1, 0, 0), "the passes carried it until here");
        assert!(just_before.pass.last_done_at.is_some() && just_before.pass.lease.is_some());

        machine.clock.advance(5 * MINUTE_MS);
        let stuck = audit(&server).await;
        assert!(!stuck.clean);
        assert_eq!(numbers(&stuck, "chat_message"), (1, 1, 0));
        assert!(numbers(&stuck, "key_store").1 > 0 && stuck.keys.behind_ms >= 5 * MINUTE_MS);
        for what in ["chat_message", "key_store", "behind"] {
            assert!(stuck.why.iter().any(|why| why.contains(what)), "{what}: {:?}", stuck.why);
        }
        assert!(stuck.to_string().contains("Not clean:"), "{stuck}");

        server.log.tick().await;
        let after = audit(&server).await;
        assert_eq!(numbers(&after, "chat_message"), (0, 0, 0));
        assert_eq!(numbers(&after, "chat_receipt").0, 2, "Ada hears `expired`, Bob that he missed one");
        assert!(after.lag_ms.served.max >= (5 * MINUTE_MS).unsigned_abs(), "{:?}", after.lag_ms);
        stop(server).await;
    })
    .await;
}

/// What was delivered is overdue when its lease outlives the hour that a pass may take.
#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_pass_is_not_clean_once_its_hour_is_over() {
    on_both_engines(async |db| {
        let machine = Machine::new(db);
        let server = machine.start().await;
        machine.people(&server).await;
        let seq = machine.send(&server).await;
        server.log.ack(machine.bob, machine.bobs, seq).await.unwrap();
        // From here on nobody ticks: no pass, no step.
        machine.clock.advance(3 * HOUR_MS + 2 * MINUTE_MS);
        let stuck = audit(&server).await;
        assert_eq!(numbers(&stuck, "chat_message"), (1, 1, 0));
        assert!(!stuck.clean);
        stop(server).await;
    })
    .await;
}

/// A row without a key of its own is held until it is swept; one with a key only remains.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_not_swept_is_overdue_unless_its_key_is_dead() {
    on_both_engines(async |db| {
        let machine = Machine::new(db);
        let server = machine.start().await;
        machine.people(&server).await;
        let end = server.vault.now().unwrap() + MINUTE_MS;
        let session = "INSERT INTO session (token_hash, device_id, account_id, created_at, used_at, expires_at, seal) \
             VALUES ($1, (SELECT device_id FROM device ORDER BY device_id LIMIT 1), \
             (SELECT account_id FROM device ORDER BY device_id LIMIT 1), 5, 5, $2, $1)";
        machine.run(session, &[2; 32], end).await;
        let code = "INSERT INTO verification_code (number_hash, code_hash, tries, sent_at, expires_at) \
             VALUES ($1, $1, 0, $2, $2)";
        machine.run(code, &[1; 32], end).await;
        let login = "INSERT INTO login (login_id, account_id, at, expires_at, sealed) VALUES ($1, $1, 5, $2, $1)";
        machine.run(login, &machine.ada.to_bytes(), end).await;
        let held = audit(&server).await;
        for id in ["session", "verification_code", "login"] {
            assert_eq!((numbers(&held, id), row(&held, id).next_end_at), ((1, 0, 0), Some(end)), "{id}");
        }

        for _ in 0..13 {
            machine.clock.advance(10 * SECOND_MS);
            server.log.tick().await;
        }
        let unswept = audit(&server).await;
        assert_eq!(numbers(&unswept, "session"), (1, 1, 0));
        assert_eq!(numbers(&unswept, "verification_code"), (1, 1, 0));
        assert_eq!(numbers(&unswept, "login"), (0, 0, 1), "its key is dead: nothing opens it");
        assert_eq!(unswept.why.len(), 2, "{:?}", unswept.why);

        let counted = unswept.lag_ms.served.count;
        server.people.sweep().await.unwrap();
        let swept = audit(&server).await;
        for id in ["session", "verification_code", "login"] {
            assert_eq!(numbers(&swept, id), (0, 0, 0), "{id}");
        }
        assert_eq!(swept.lag_ms.served.count, counted + 2, "the two that no key sealed");
        assert!(swept.lag_ms.served.max >= 70_000);
        stop(server).await;
    })
    .await;
}

/// What ended while the machine was off lies there until the next start: the audit of the stopped server shows it, and the
/// start takes it away before anything else.
#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_hides_nothing_that_is_overdue() {
    on_both_engines(async |db| {
        let machine = Machine::new(db);
        let server = machine.start().await;
        machine.people(&server).await;
        machine.send(&server).await;
        machine.serve(&server, HOUR_MS).await;
        stop(server).await;
        machine.clock.reboot(80 * HOUR_MS);
        let off = machine.stopped().await.unwrap();
        assert_eq!(numbers(&off, "chat_message"), (1, 1, 0));
        assert!(!off.clean && off.to_string().contains("no server runs"), "{off}");
        assert!(off.keys.behind_ms >= 80 * HOUR_MS);
        assert!(machine.stopped().await.unwrap().rows[0].held == 2, "and again: it only looks");

        let server = machine.start().await;
        let on = audit(&server).await;
        assert_eq!(numbers(&on, "chat_message").1, 0);
        assert!(on.clean, "{:?}", on.why);
        assert!(on.lag_ms.while_off.count > 0 && on.lag_ms.while_off.max_ms >= (80 * HOUR_MS).unsigned_abs());
        stop(server).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_nothing_is_made() {
    on_both_engines(async |db| {
        let machine = Machine::new(db);
        let refused = machine.stopped().await.unwrap_err();
        assert!(matches!(refused, AuditError::NothingHere { .. }), "{refused}");
        assert!(refused.to_string().contains("--keys"));
        assert!(machine.disk.files().is_empty());
    })
    .await;
}
