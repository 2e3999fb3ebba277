//! What the vault costs here, in nanoseconds: `cargo run --release -p vault --example measure [folder]`.
//! Keys are written to a temporary folder below the given one (or the system's), so that the disk is the one you ask about.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]
#![expect(clippy::disallowed_methods, reason = "it measures real time with real chance")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use kernel::{AccountId, BootId, Clock, MessageId, Millis, Rng};
use policy::{Permit, purposes, rows};
use vault::{Address, BodyAddress, EntryAddress, MasterKey, Options, OsDisk, Vault};

#[derive(serde::Serialize, serde::Deserialize)]
struct Profile {
    alias: String,
}
policy::stored!(Profile => rows::Profile);

#[derive(serde::Serialize, serde::Deserialize)]
struct Login {
    address: String,
}
policy::stored!(Login => rows::Login);

struct OsRng;

impl Rng for OsRng {
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the system gives random bytes");
    }
}

/// The machine's clocks, and a shift to let key steps come due.
struct Shifted {
    start: Instant,
    shift_ms: AtomicI64,
}

impl Clock for Shifted {
    fn wall(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is right");
        Millis(i64::try_from(since.as_millis()).expect("not that late") + self.shift_ms.load(Ordering::Relaxed))
    }

    fn boot_ms(&self) -> i64 {
        let since = i64::try_from(self.start.elapsed().as_millis()).expect("not that long");
        since + self.shift_ms.load(Ordering::Relaxed)
    }

    fn boot_id(&self) -> BootId {
        BootId([1; 16])
    }
}

fn measure<T>(what: &str, times: u32, mut work: impl FnMut(u32) -> T) {
    for warm in 0..times.div_ceil(10) {
        std::hint::black_box(work(warm));
    }
    let start = Instant::now();
    for round in 0..times {
        std::hint::black_box(work(times + round));
    }
    println!("{what:<40} {:>12} ns", start.elapsed().as_nanos() / u128::from(times));
}

fn main() -> Result<(), Box<dyn Error>> {
    let below = std::env::args().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(below)?;
    let clock = Arc::new(Shifted { start: Instant::now(), shift_ms: AtomicI64::new(0) });
    let open = || {
        let master = MasterKey::from_bytes([7; 32]);
        Vault::open(Arc::new(OsDisk), Options::new(folder.path()), master, clock.clone(), Arc::new(OsRng))
    };
    let start = Instant::now();
    let vault = open()?;
    println!("{:<40} {:>12} us", "open, first start", start.elapsed().as_micros());
    drop(vault);
    let start = Instant::now();
    let vault = open()?;
    println!("{:<40} {:>12} us", "open", start.elapsed().as_micros());
    reads(&vault)?;
    writes(&vault, &clock);
    Ok(())
}

fn reads(vault: &Vault) -> Result<(), Box<dyn Error>> {
    let sent_at = vault.now()?;
    let account = |_| AccountId::new(sent_at, OsRng.ulid_bits());
    let accounts: Vec<_> = (0..100).map(account).collect();
    for account in &accounts {
        vault.create_account(*account)?;
    }
    let message = MessageId::new(sent_at, 1);
    let body_address = BodyAddress { sender: accounts[0], message, sent_at };
    let plain = [b'x'; 200];
    let (key, body) = vault.seal_body(&body_address, &plain)?;
    let address = |round: u32| EntryAddress {
        lease: vault.lease_for(sent_at),
        recipient: accounts[round as usize % accounts.len()],
        message,
        seq: round.into(),
        sent_at,
    };
    let entry = vault.seal_entry(&address(0), &key)?;
    measure("now", 1_000_000, |_| vault.now());
    measure("seal_entry", 1_000_000, |round| vault.seal_entry(&address(round), &key));
    measure("open_entry", 1_000_000, |_| vault.open_entry(&address(0), &entry));
    measure("seal_body, 200 bytes", 1_000_000, |_| vault.seal_body(&body_address, &plain));
    measure("open_body, 200 bytes", 1_000_000, |_| vault.open_body(&body_address, &key, &body));
    let place = Address { owner: Some(accounts[0]), record: [1; 16], started: sent_at };
    let profile = Profile { alias: "Ada".to_owned() };
    let sealed = vault.seal(&profile, &place)?;
    measure("seal a profile", 200_000, |_| vault.seal(&profile, &place));
    measure("open a profile", 200_000, |_| {
        vault.open_record::<Profile>(&sealed, &place, Permit::<rows::Profile>::to::<purposes::ShareProfile>())
    });
    let login = Login { address: "203.0.113.7".to_owned() };
    measure("seal a log-in, each another deadline", 50_000, |round| {
        vault.seal(&login, &Address { started: sent_at - i64::from(round) * 30_000, ..place })
    });
    measure("keyed_hash", 200_000, |_| vault.keyed_hash("measure", b"+447700900123"));
    let pointer = vault.seal_pointer(accounts[0])?;
    measure("open_pointer", 200_000, |_| vault.open_pointer(&pointer));
    Ok(())
}

fn writes(vault: &Vault, clock: &Shifted) {
    measure("create_account (both copies synced)", 500, |_| {
        vault.create_account(AccountId::new(Millis(1), OsRng.ulid_bits()))
    });
    measure("step, nothing due", 10_000, |_| vault.step());
    measure("step, 15 s later (both copies synced)", 500, |_| {
        clock.shift_ms.fetch_add(15_000, Ordering::Relaxed);
        vault.step()
    });
}
