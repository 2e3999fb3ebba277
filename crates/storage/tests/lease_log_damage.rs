//! Damaged, torn, foreign, older and newer files are told apart, and nothing is repaired by dropping.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use kernel::sim::{SimClock, SimDisk, SimRng};
use kernel::{AccountId, Clock, DAY_MS, DeviceId, Disk, HOUR_MS, MINUTE_MS, MessageId, Millis, Open, SECOND_MS};
use storage::lease_log::{
    Core, Deliveries, Delivery, LeaseLog, LeaseLogOptions, NewMessage, Notice, Op, Outcome, PassWork, SpaceLimits,
    StopReason, What, look_at_heads,
};
use vault::{ClockReset, MasterKey, Options, Vault};

const NOON: Millis = Millis(500_004 * HOUR_MS);

struct Nobody;

impl Deliveries for Nobody {
    fn committed(&self, _: AccountId, _: &Delivery) {}
}

/// Keys and data, each on a disk of its own, and a clock.
struct Machine {
    keys: SimDisk,
    data: SimDisk,
    clock: Arc<SimClock>,
}

fn account(n: u128) -> AccountId {
    AccountId::new(NOON, n)
}

fn device(n: u128) -> DeviceId {
    DeviceId::new(NOON, n)
}

impl Machine {
    fn new() -> Self {
        let machine = Self { keys: SimDisk::new(), data: SimDisk::new(), clock: Arc::new(SimClock::new(NOON)) };
        let (vault, mut core) = machine.open().unwrap();
        for n in [1, 2] {
            vault.create_account(account(n)).unwrap();
            core.commit(vec![Op::AddDevice { account: account(n), device: device(n) }]).unwrap();
        }
        machine
    }

    fn vault(&self) -> Arc<Vault> {
        let disk: Arc<dyn Disk> = Arc::new(self.keys.clone());
        let clock: Arc<dyn Clock> = self.clock.clone();
        let rng = Arc::new(SimRng::new(self.keys.units()));
        Arc::new(Vault::open(disk, Options::new("/keys"), MasterKey::from_bytes([7; 32]), clock, rng).unwrap())
    }

    fn options() -> LeaseLogOptions {
        let space = SpaceLimits { reserve_bytes: 0, ballast_bytes: 0 };
        LeaseLogOptions { space, ..LeaseLogOptions::new("/data/lease-log") }
    }

    fn open(&self) -> Result<(Arc<Vault>, Core), StopReason> {
        let vault = self.vault();
        let core = Core::open(Self::options(), Arc::new(self.data.clone()), Arc::clone(&vault), Arc::new(Nobody))?;
        Ok((vault, core))
    }

    /// Why it does not open, in words.
    fn refusal(&self) -> String {
        self.open().map(drop).unwrap_err().to_string()
    }

    /// Some messages, each a batch of its own.
    fn send(&self, from: u32, count: u32) {
        let (vault, mut core) = self.open().unwrap();
        for n in from..from + count {
            let message = NewMessage {
                sender: account(1),
                device: device(1),
                client_id: n.to_string(),
                message: MessageId::new(self.clock.wall(), n.into()),
                recipients: vec![account(2)],
                sender_copy: false,
                body: Bytes::from(format!("message {n}")),
            };
            let outcomes = core.commit(vec![Op::send(&vault, message)]).unwrap();
            assert!(matches!(outcomes[0], Outcome::Sent(Ok(sent)) if !sent.repeated));
        }
    }

    /// A wrong clock that is believed, and how much of the server's work is done in it.
    fn jump(&self, ms: i64, slices: u32, sends: bool) {
        let (vault, mut core) = self.open().unwrap();
        self.clock.jump(ms);
        vault.step().unwrap();
        self.clock.advance(30 * SECOND_MS);
        vault.step().unwrap();
        assert!(vault.now().unwrap() >= NOON + ms, "believed");
        if slices > 0 {
            core.tick().unwrap();
            (0..slices).for_each(|_| _ = core.pass_slice(1).unwrap());
        }
        drop((vault, core));
        if sends {
            self.send(900, 2);
        }
        self.clock.jump(-ms);
    }

    fn reset_clock(&self) {
        let master = MasterKey::from_bytes([7; 32]);
        let rng = SimRng::new(self.keys.units());
        let reset = ClockReset::begin(&self.keys, &Options::new("/keys"), &master, self.clock.clone(), &rng);
        let mut reset = reset.unwrap();
        reset.destroy().unwrap();
        reset.set_time().unwrap();
    }

    fn waiting(core: &Core) -> Vec<Delivery> {
        core.reader().read_after(account(2), device(2), 0, 100, usize::MAX).unwrap()
    }

    fn file(&self, within: &str) -> PathBuf {
        let files = self.data.files();
        let path = files.into_iter().map(|(path, _)| path).find(|path| path.to_str().unwrap().contains(within));
        path.unwrap_or_else(|| panic!("no file {within}"))
    }

    fn change(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let file = self.data.open(path, Open::Write).unwrap();
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_at(0, &mut bytes).unwrap();
        change(&mut bytes);
        file.set_len(0).unwrap();
        file.write_at(0, &bytes).unwrap();
        file.sync().unwrap();
    }
}

#[test]
fn a_changed_byte_in_the_middle_stops_the_start_whatever_it_is() {
    let machine = Machine::new();
    machine.send(0, 3);
    let path = machine.file("/leases/");
    let len = machine.data.open(&path, Open::Read).unwrap().len().unwrap() as usize;
    for at in (0..len * 2 / 3).step_by(7) {
        machine.change(&path, |bytes| bytes[at] ^= 0x10);
        let refusal = machine.refusal();
        assert!(refusal.contains("is damaged") || refusal.contains("version"), "byte {at}: {refusal}");
        machine.change(&path, |bytes| bytes[at] ^= 0x10);
    }
    assert_eq!(Machine::waiting(&machine.open().unwrap().1).len(), 3, "nothing was changed meanwhile");
}

#[test]
fn a_missing_batch_a_cut_file_and_a_missing_file_stop_the_start() {
    let check = |within: &str, damage: &dyn Fn(&Machine, &Path), expected: &str| {
        let machine = Machine::new();
        machine.send(0, 3);
        damage(&machine, &machine.file(within));
        let refusal = machine.refusal();
        assert!(refusal.contains(expected), "{within}: {refusal}");
    };
    let cut = |machine: &Machine, path: &Path| machine.change(path, |bytes| bytes.truncate(bytes.len() - 1));
    let remove = |machine: &Machine, path: &Path| machine.data.remove_file(path).unwrap();
    for kind in ["/bodies/", "/client-ids/"] {
        check(kind, &cut, "a batch was committed that is not all here");
        check(kind, &remove, "what committed batches wrote is not here");
    }
    let machine = Machine::new();
    machine.send(0, 2);
    machine.clock.advance(HOUR_MS);
    machine.send(2, 1);
    machine.clock.advance(HOUR_MS);
    machine.send(3, 1);
    machine.data.remove_file(&machine.file(&format!("/leases/{}/", NOON.hour() + 3))).unwrap();
    assert!(machine.refusal().contains("batches are missing before this one"));
}

#[test]
fn a_torn_tail_is_cut_at_every_length() {
    let machine = Machine::new();
    machine.send(0, 2);
    let path = machine.file("/leases/");
    let whole = machine.data.open(&path, Open::Read).unwrap().len().unwrap();
    machine.send(2, 1);
    let after = machine.data.fork();
    let longer = after.open(&path, Open::Read).unwrap().len().unwrap();
    for cut in whole..longer {
        // The keys have not noted the batch: its answer never left.
        let machine = Machine { data: after.fork(), clock: Arc::clone(&machine.clock), keys: machine.keys.fork() };
        machine.change(&path, |bytes| bytes.truncate(cut as usize));
        let (_, core) = machine.open().unwrap();
        assert_eq!(Machine::waiting(&core).len(), 2, "cut at {cut}");
        drop(core);
        machine.send(2, 1);
        assert_eq!(Machine::waiting(&machine.open().unwrap().1).len(), 3);
    }
}

/// SECR-INTEGRITY: what the keys have counted was whole, so its remains are damage and not a torn tail.
#[test]
fn a_changed_byte_in_the_last_batch_before_a_stop_stops_the_start() {
    let machine = Machine::new();
    machine.send(0, 3);
    let path = machine.file("/leases/");
    let before = machine.data.open(&path, Open::Read).unwrap().len().unwrap() as usize;
    machine.send(3, 1);
    let after = machine.data.open(&path, Open::Read).unwrap().len().unwrap() as usize;
    {
        let (vault, core) = machine.open().unwrap();
        drop(core);
        vault.last_step().unwrap();
    }
    for at in before..after {
        machine.change(&path, |bytes| bytes[at] ^= 0x10);
        let refusal = machine.refusal();
        assert!(refusal.contains("is damaged"), "byte {at}: {refusal}");
        machine.change(&path, |bytes| bytes[at] ^= 0x10);
    }
    assert_eq!(Machine::waiting(&machine.open().unwrap().1).len(), 4, "nothing was changed meanwhile");
}

#[test]
fn another_version_is_named() {
    let machine = Machine::new();
    for kind in ["/leases/", "/bodies/"] {
        machine.send(if kind == "/leases/" { 0 } else { 1 }, 1);
        let path = machine.file(kind);
        machine.change(&path, |bytes| bytes[8] = 2);
        assert!(machine.refusal().contains("has version 2 of the format and this program reads version 1"));
        machine.change(&path, |bytes| bytes[8] = 1);
    }
}

#[test]
fn an_older_data_folder_expires_and_everybody_is_told() {
    let machine = Machine::new();
    machine.send(0, 2);
    let backup = machine.data.fork();
    machine.send(2, 1);
    let last = {
        let (_, mut core) = machine.open().unwrap();
        machine.clock.advance(16 * SECOND_MS);
        core.tick().unwrap();
        Machine::waiting(&core).last().unwrap().seq
    };
    let restored = Machine { data: backup, ..machine };
    for start in ["the first start", "the next one"] {
        let (_, core) = restored.open().unwrap();
        let waiting = Machine::waiting(&core);
        assert_eq!(waiting.len(), 1, "{start}");
        assert_eq!(waiting[0].what, What::Notice(Notice::Restored));
        assert!(waiting[0].seq > last, "a seq came back");
    }
    restored.send(3, 1);
    restored.clock.advance(10 * MINUTE_MS);
    assert_eq!(Machine::waiting(&restored.open().unwrap().1).len(), 2);
}

#[test]
fn an_empty_data_folder_with_used_keys_begins_anew() {
    let machine = Machine::new();
    machine.send(0, 2);
    machine.clock.advance(16 * SECOND_MS);
    machine.open().unwrap().1.tick().unwrap();
    let emptied = Machine { data: SimDisk::new(), ..machine };
    let (_, mut core) = emptied.open().unwrap();
    core.commit(vec![Op::AddDevice { account: account(2), device: device(2) }]).unwrap();
    assert!(Machine::waiting(&core).is_empty());
}

#[test]
fn an_older_keys_folder_is_refused() {
    for starts in [1, 5] {
        let machine = Machine::new();
        let keys = machine.keys.fork();
        for n in 0..starts {
            machine.clock.advance(MINUTE_MS);
            machine.send(n, 1);
        }
        let older = Machine { keys, ..machine };
        let refusal = older.refusal();
        assert!(refusal.contains("the keys folder is older than the data folder"), "{starts} steps older: {refusal}");
    }
}

#[test]
fn one_process_has_the_folder() {
    let machine = Machine::new();
    let (_vault, core) = machine.open().unwrap();
    let other = Machine { keys: SimDisk::new(), data: machine.data.clone(), clock: Arc::clone(&machine.clock) };
    assert_eq!(other.refusal(), "/data/lease-log is in use by another process");
    drop(core);
}

#[test]
fn a_look_at_the_heads_finds_the_file_that_is_not_ours() {
    let machine = Machine::new();
    machine.send(0, 3);
    let seen = look_at_heads(&machine.data, Path::new("/data/lease-log"));
    assert!(seen.files >= 3 && seen.wrong.is_empty(), "{seen:?}");
    let path = machine.file("/bodies/");
    machine.change(&path, |bytes| bytes[20] ^= 1);
    assert_eq!(look_at_heads(&machine.data, Path::new("/data/lease-log")).wrong, [path]);
    assert_eq!(look_at_heads(&machine.data, Path::new("/nowhere")).files, 0);
}

#[test]
fn a_long_pass_goes_on_where_it_was() {
    let machine = Machine::new();
    machine.send(0, 300);
    machine.clock.advance(2 * HOUR_MS);
    let (_, mut core) = machine.open().unwrap();
    core.tick().unwrap();
    let mut slices = 0;
    while core.pass_slice(100).unwrap() == PassWork::More {
        slices += 1;
    }
    assert!(slices > 3);
    assert_eq!(Machine::waiting(&core).len(), 100, "the first hundred of them");
    drop(core);
    assert!(
        machine
            .data
            .files()
            .iter()
            .all(|(path, _)| !path.starts_with(format!("/data/lease-log/leases/{}", NOON.hour() + 2)))
    );
    assert_eq!(Machine::waiting(&machine.open().unwrap().1).len(), 100);
}

#[tokio::test]
async fn the_handle_answers_from_its_thread_and_tells_why_it_stopped() {
    let machine = Machine::new();
    let (vault, disk) = (machine.vault(), machine.data.clone());
    let log = LeaseLog::open(Machine::options(), Arc::new(disk.clone()), vault, Arc::new(Nobody)).unwrap();
    let message = |n: u32| NewMessage {
        sender: account(1),
        device: device(1),
        client_id: n.to_string(),
        message: MessageId::new(NOON, n.into()),
        recipients: vec![account(2)],
        sender_copy: false,
        body: Bytes::from_static(b"hi"),
    };
    let sends = (0..100).map(|n| log.send(message(n)));
    let mut seqs: Vec<_> = futures(sends).await.into_iter().map(|sent| sent.unwrap().seq).collect();
    seqs.sort_unstable();
    seqs.dedup();
    assert_eq!(seqs.len(), 100);
    log.tick().await;
    let all = log.read_after(account(2), device(2), 0, 1_000, usize::MAX).unwrap();
    assert_eq!((all.len(), log.stats().waiting), (100, 100));
    let last = all.last().unwrap().seq;
    assert_eq!(log.ack(account(2), device(2), last).await.unwrap().seq, last);
    disk.fail_syncs(1);
    assert!(log.send(message(100)).await.is_err());
    assert!(log.stopped().await.unwrap().to_string().contains("could not sync"));
    assert!(log.send(message(101)).await.is_err());
    log.close().await;
}

async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut done = Vec::new();
    for future in all {
        done.push(future.await);
    }
    done
}

/// Whatever the server did in the wrong time: after the reset it starts, everything in flight has expired with a notice, and
/// what is sent from then on survives restarts and passes.
#[test]
fn after_a_clock_reset_everything_in_flight_expires_and_the_log_goes_on() {
    for ms in [HOUR_MS, 5 * HOUR_MS, 80 * HOUR_MS, 300 * DAY_MS] {
        for (slices, sends) in [(0, false), (0, true), (1, false), (3, true), (50, false), (50, true)] {
            let case = format!("{} h, {slices} slices, sends {sends}", ms / HOUR_MS);
            let machine = Machine::new();
            machine.send(0, 3);
            machine.jump(ms, slices, sends);
            machine.reset_clock();
            let (_, core) = machine.open().unwrap_or_else(|error| panic!("{case}: {error}"));
            let waiting = Machine::waiting(&core);
            assert_eq!(waiting.len(), 1, "{case}");
            assert_eq!(waiting[0].what, What::Notice(Notice::Restored), "{case}");
            drop(core);
            machine.send(100, 2);
            for _ in 0..4 {
                machine.clock.advance(HOUR_MS);
                let (_, mut core) = machine.open().unwrap_or_else(|error| panic!("{case}: {error}"));
                core.tick().unwrap();
                while core.pass_slice(100).unwrap() == PassWork::More {}
                drop(core);
                assert_eq!(Machine::waiting(&machine.open().unwrap().1).len(), 3, "{case}: nothing is lost");
            }
        }
    }
}
