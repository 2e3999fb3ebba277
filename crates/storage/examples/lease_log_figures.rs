//! Figures of the lease log on a real disk:
//!
//! `cargo run --release -p storage --example lease_log_figures -- FOLDER [WAITING]`
//!
//! messages per second through `send` and `ack` with group commit, the time of one durable send, bytes of index per waiting
//! entry, and the time to open with so many entries waiting (a million unless told otherwise). FOLDER is made and left there.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program for people that measures real time"
)]

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use kernel::sim::SimRng;
use kernel::{AccountId, BootId, Clock, DeviceId, Disk, DiskFile, FolderLock, MessageId, Millis, Open};
use storage::lease_log::{Core, Deliveries, Delivery, LeaseLog, LeaseLogOptions, NewMessage, Op, Outcome, What};
use tokio::sync::watch;
use vault::{MasterKey, Options, OsDisk, Vault};

const BODY_BYTES: usize = 200;
const PAIRS: u64 = 50;
const IN_FLIGHT: u64 = 10;
const SECONDS: u64 = 5;
const WAITING: u64 = 1_000_000;
const WAITING_PER_ACCOUNT: u64 = 20;

struct SystemClock(Instant);

impl Clock for SystemClock {
    fn wall(&self) -> Millis {
        Millis(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap())
    }

    fn boot_ms(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }

    fn boot_id(&self) -> BootId {
        BootId([1; 16])
    }
}

/// The real disk without its syncs: what waits is put there in no time. Nothing is measured with it.
struct Careless(OsDisk);

struct CarelessFile(Box<dyn DiskFile>);

impl DiskFile for CarelessFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_at(offset, bytes)
    }
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }
    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Disk for Careless {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(CarelessFile(self.0.open(path, how)?)))
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.0.list(folder)
    }
    fn create_dir_all(&self, folder: &Path) -> io::Result<()> {
        self.0.create_dir_all(folder)
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.0.remove_file(path)
    }
    fn remove_dir(&self, folder: &Path) -> io::Result<()> {
        self.0.remove_dir(folder)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.rename(from, to)
    }
    fn sync_dir(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }
    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        self.0.free_bytes(path)
    }
    fn lock(&self, folder: &Path) -> io::Result<FolderLock> {
        self.0.lock(folder)
    }
}

/// Tells each recipient up to where it may ack.
struct Inboxes(Vec<(AccountId, watch::Sender<u64>)>);

impl Deliveries for Inboxes {
    fn committed(&self, to: AccountId, delivery: &Delivery) {
        if let What::Envelope(_) = delivery.what
            && let Ok(place) = self.0.binary_search_by_key(&to, |(account, _)| *account)
        {
            self.0[place].1.send_replace(delivery.seq);
        }
    }
}

struct Nobody;

impl Deliveries for Nobody {
    fn committed(&self, _: AccountId, _: &Delivery) {}
}

fn open_vault(disk: Arc<dyn Disk>, keys: &Path) -> Arc<Vault> {
    let clock = Arc::new(SystemClock(Instant::now()));
    let master = MasterKey::from_bytes([7; 32]);
    Arc::new(Vault::open(disk, Options::new(keys), master, clock, Arc::new(SimRng::new(1))).unwrap())
}

fn account(n: u64) -> AccountId {
    AccountId::new(Millis(1), u128::from(n) << 8 | 1)
}

fn device(n: u64) -> DeviceId {
    DeviceId::new(Millis(1), u128::from(n))
}

fn message(sender: u64, recipient: u64, n: u64) -> NewMessage {
    NewMessage {
        sender: account(sender),
        device: device(sender),
        client_id: n.to_string(),
        message: MessageId::new(Millis(n as i64), u128::from(n) << 16),
        recipients: vec![account(recipient)],
        sender_copy: false,
        body: Bytes::from(vec![b'x'; BODY_BYTES]),
    }
}

async fn messages_per_second(folder: &Path) {
    let disk: Arc<dyn Disk> = Arc::new(OsDisk);
    let vault = open_vault(Arc::clone(&disk), &folder.join("keys-1"));
    let people = 2 * PAIRS;
    for n in 0..people {
        vault.create_account(account(n)).unwrap();
    }
    let (inboxes, waits): (Vec<_>, Vec<_>) = (0..people)
        .map(|n| {
            let (told, wait) = watch::channel(0);
            ((account(n), told), wait)
        })
        .unzip();
    let options = LeaseLogOptions::new(folder.join("log-1"));
    let log = LeaseLog::open(options, disk, Arc::clone(&vault), Arc::new(Inboxes(inboxes))).unwrap();
    for n in 0..people {
        log.add_device(account(n), device(n)).await.unwrap();
    }
    for n in 0..200 {
        log.send(message(0, 1, n)).await.unwrap();
    }
    let mut alone = Vec::new();
    for n in 200..700 {
        let start = Instant::now();
        log.send(message(0, 1, n)).await.unwrap();
        alone.push(start.elapsed());
    }
    alone.sort_unstable();
    println!("one durable send, alone: median {:?}, 99th of 100 {:?}", alone[250], alone[495]);

    let (sent, acks) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let next = Arc::new(AtomicU64::new(1_000));
    let before = log.stats().batch;
    let start = Instant::now();
    let end = start + Duration::from_secs(SECONDS);
    let mut tasks = Vec::new();
    for (n, mut wait) in (0..people).zip(waits) {
        for _ in 0..IN_FLIGHT {
            let (log, sent, next) = (log.clone(), Arc::clone(&sent), Arc::clone(&next));
            tasks.push(tokio::spawn(async move {
                while Instant::now() < end {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    log.send(message(n, n ^ 1, number)).await.unwrap();
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            }));
        }
        let (log, acks) = (log.clone(), Arc::clone(&acks));
        tasks.push(tokio::spawn(async move {
            while Instant::now() < end && wait.changed().await.is_ok() {
                let seq = *wait.borrow_and_update();
                log.ack(account(n), device(n), seq).await.unwrap();
                acks.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    tokio::time::sleep_until((end + Duration::from_millis(200)).into()).await;
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    log.tick().await;
    let (sent, acks, batches) =
        (sent.load(Ordering::Relaxed), acks.load(Ordering::Relaxed), log.stats().batch - before);
    println!(
        "{PAIRS} pairs both ways, {IN_FLIGHT} in flight each: {} messages/s, acked in {} acks/s, {} in a batch",
        sent / SECONDS,
        acks / SECONDS,
        (sent + acks) / batches.max(1),
    );
    log.close().await;
}

fn open_with_many_waiting(folder: &Path, waiting: u64) {
    let (keys, log) = (folder.join("keys-2"), folder.join("log-2"));
    let accounts = waiting / WAITING_PER_ACCOUNT;
    {
        let disk: Arc<dyn Disk> = Arc::new(Careless(OsDisk));
        let vault = open_vault(Arc::clone(&disk), &keys);
        for n in 0..=accounts {
            vault.create_account(account(n)).unwrap();
        }
        let mut core = Core::open(LeaseLogOptions::new(&log), disk, Arc::clone(&vault), Arc::new(Nobody)).unwrap();
        let start = Instant::now();
        let mut n = 0;
        while n < waiting {
            let end = waiting.min(n + 2_000);
            let ops = (n..end).map(|n| Op::send(&vault, message(accounts, n % accounts, n))).collect();
            for outcome in core.commit(ops).unwrap() {
                assert!(matches!(outcome, Outcome::Sent(Ok(_))));
            }
            n = end;
        }
        println!("{waiting} messages written without syncs: {:.1} us each", micros(start.elapsed()) / waiting as f64);
        print_index(&core);
        vault.step().unwrap();
    }
    sync_all(&log);
    let disk: Arc<dyn Disk> = Arc::new(OsDisk);
    let start = Instant::now();
    let vault = open_vault(Arc::clone(&disk), &keys);
    println!("keys with {accounts} accounts opened in {:?}", start.elapsed());
    let start = Instant::now();
    let core = Core::open(LeaseLogOptions::new(&log), disk, vault, Arc::new(Nobody)).unwrap();
    println!("{waiting} waiting entries opened in {:?}", start.elapsed());
    assert_eq!(core.stats().waiting, waiting);
    print_index(&core);
}

/// What was written without syncs goes to the disk now, so that opening does not wait for it.
fn sync_all(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { sync_all(&path) } else { std::fs::File::open(path).unwrap().sync_all().unwrap() }
    }
}

fn print_index(core: &Core) {
    let stats = core.stats();
    let bytes = stats.index_bytes as f64 / stats.waiting as f64;
    println!("{bytes:.1} bytes of index a waiting entry, inboxes of {WAITING_PER_ACCOUNT} included");
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("the first argument is a folder for the files"));
    let waiting = arguments.next().map_or(WAITING, |count| count.parse().expect("the second argument is a number"));
    std::fs::create_dir_all(&folder).unwrap();
    messages_per_second(&folder).await;
    open_with_many_waiting(&folder, waiting);
}
