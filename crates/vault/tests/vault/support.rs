//! A machine to try the vault on: a disk, clocks, chance and a master key that are all simulated.

use std::path::Path;
use std::sync::Arc;

use kernel::sim::{SimClock, SimDisk, SimRng};
use kernel::{AccountId, MessageId, Millis, Rng};
use policy::{Permit, Row, purposes, rows};
use serde::{Deserialize, Serialize};
use vault::remains::RemainingKeys;
use vault::{
    Address, BodyAddress, BodyKey, EntryAddress, EntryBox, MasterKey, OpenError, OpenRefused, Options, SealError, Vault,
};

/// 15 November 2026, a quarter past an hour that begins a new day nowhere.
pub(crate) const START: Millis = Millis(1_794_730_500_000);
pub(crate) const FOLDER: &str = "/keys";
/// On a second disk; the simulated one cuts the power of both.
pub(crate) const MIRROR: &str = "/second/keys";

#[derive(Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) alias: String,
}
policy::stored!(Profile => rows::Profile);

#[derive(Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) address: String,
}
policy::stored!(Login => rows::Login);

pub(crate) struct World {
    pub(crate) disk: SimDisk,
    pub(crate) clock: Arc<SimClock>,
    pub(crate) rng: Arc<SimRng>,
}

pub(crate) fn master() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

/// Keys in the folder, and their mirror.
pub(crate) fn mirrored() -> Options {
    Options { mirror: Some(MIRROR.into()), ..Options::new(FOLDER) }
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let world =
            Self { disk: SimDisk::new(), clock: Arc::new(SimClock::new(START)), rng: Arc::new(SimRng::new(seed)) };
        assert_eq!(START.0 % 3_600_000, 900_000, "a quarter past");
        world
    }

    /// A second future from the same past.
    pub(crate) fn fork(&self) -> Self {
        Self { disk: self.disk.fork(), clock: Arc::new(self.clock.fork()), rng: Arc::clone(&self.rng) }
    }

    pub(crate) fn open(&self) -> Result<Vault, OpenError> {
        self.open_with(Options::new(FOLDER), master())
    }

    pub(crate) fn open_mirrored(&self) -> Result<Vault, OpenError> {
        self.open_with(mirrored(), master())
    }

    pub(crate) fn open_with(&self, options: Options, master: MasterKey) -> Result<Vault, OpenError> {
        Vault::open(Arc::new(self.disk.clone()), options, master, self.clock.clone(), self.rng.clone())
    }

    pub(crate) fn remaining(&self) -> RemainingKeys {
        self.remaining_in(FOLDER, &master())
    }

    pub(crate) fn remaining_in(&self, folder: &str, master: &MasterKey) -> RemainingKeys {
        RemainingKeys::read(&self.disk, &[Path::new(folder)], master).unwrap()
    }

    pub(crate) fn account(&self, vault: &Vault) -> AccountId {
        let account = AccountId::new(START, self.rng.ulid_bits());
        vault.create_account(account).unwrap();
        account
    }

    /// Lets time pass as a server does: a step each second or so (here: each 5 s, to be quick).
    pub(crate) fn serve(&self, vault: &Vault, ms: i64) {
        for _ in 0..ms / 5_000 {
            self.clock.advance(5_000);
            vault.step().unwrap();
        }
        self.clock.advance(ms % 5_000);
        vault.step().unwrap();
    }

    /// Whether both copies of the key file are the same, byte by byte.
    pub(crate) fn copies_agree(&self) -> bool {
        self.agree(&[FOLDER])
    }

    /// Whether all copies are, those of the mirror too.
    pub(crate) fn mirror_agrees(&self) -> bool {
        self.agree(&[FOLDER, MIRROR])
    }

    fn agree(&self, folders: &[&str]) -> bool {
        let files = self.disk.files();
        let paths = folders.iter().flat_map(|folder| ["keys.a", "keys.b"].map(|name| Path::new(folder).join(name)));
        let copies: Vec<_> = paths.map(|path| files.iter().find(|file| file.0 == path).map(|file| &file.1)).collect();
        copies[0].is_some() && copies.windows(2).all(|pair| pair[0] == pair[1])
    }
}

pub(crate) fn profile_address(owner: AccountId) -> Address {
    Address { owner: Some(owner), record: [1; 16], started: START }
}

pub(crate) fn seal_profile(vault: &Vault, owner: AccountId) -> Vec<u8> {
    vault.seal(&Profile { alias: "Ada".to_owned() }, &profile_address(owner)).unwrap()
}

pub(crate) fn open_profile(vault: &Vault, owner: AccountId, sealed: &[u8]) -> Result<String, OpenRefused> {
    let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
    vault.open_record::<Profile>(sealed, &profile_address(owner), permit).map(|profile| profile.alias.clone())
}

pub(crate) fn seal_login(vault: &Vault, address: &Address) -> Result<Vec<u8>, SealError> {
    vault.seal(&Login { address: "203.0.113.7".to_owned() }, address)
}

pub(crate) fn open_login(vault: &Vault, address: &Address, sealed: &[u8]) -> Result<String, OpenRefused> {
    let permit = Permit::<rows::Login>::to::<purposes::SecureAccount>();
    vault.open_record::<Login>(sealed, address, permit).map(|login| login.address.clone())
}

/// A message from one account to another, sealed as the lease log does.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) body_address: BodyAddress,
    pub(crate) body: Vec<u8>,
    pub(crate) entry_address: EntryAddress,
    pub(crate) entry: EntryBox,
}

pub(crate) const TEXT: &[u8] = b"We meet at the old mill.";

pub(crate) fn send(
    world: &World,
    vault: &Vault,
    sender: AccountId,
    recipient: AccountId,
) -> Result<Message, SealError> {
    let sent_at = vault.now()?;
    let message = MessageId::new(sent_at, world.rng.ulid_bits());
    let body_address = BodyAddress { sender, message, sent_at };
    let (key, body) = vault.seal_body(&body_address, TEXT)?;
    let entry_address = EntryAddress { lease: vault.lease_for(sent_at), recipient, message, seq: 1, sent_at };
    let entry = vault.seal_entry(&entry_address, &key)?;
    Ok(Message { body_address, body, entry_address, entry })
}

pub(crate) fn receive(vault: &Vault, message: &Message) -> Result<Vec<u8>, OpenRefused> {
    let key: BodyKey = vault.open_entry(&message.entry_address, &message.entry)?;
    vault.open_body(&message.body_address, &key, &message.body)
}

/// Whether what remains in the key file opens the message.
pub(crate) fn can_be_decrypted(remaining: &RemainingKeys, message: &Message) -> bool {
    let key = remaining.open_entry(&message.entry);
    key.is_some_and(|key| remaining.open_body(&key, &message.body).is_some())
}

pub(crate) fn login_deadline(started: Millis) -> Millis {
    rows::Login::INFO.period.deadline(started).unwrap()
}

/// A log-in record whose deadline is `ms` from now.
pub(crate) fn login_due_in(vault: &Vault, owner: Option<AccountId>, ms: i64) -> (Address, Vec<u8>) {
    let period = login_deadline(START).since(START);
    let mut started = vault.now().unwrap() + ms - period;
    // Months differ in length: shift until the deadline is where it should be.
    for _ in 0..5 {
        started = started + (vault.now().unwrap() + ms).since(login_deadline(started));
    }
    assert_eq!(login_deadline(started), vault.now().unwrap() + ms);
    let address = Address { owner, record: [2; 16], started };
    let sealed = seal_login(vault, &address).unwrap();
    (address, sealed)
}
