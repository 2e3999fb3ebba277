//! A folder of data and one of keys, things to plant in them, and the search.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::sim::{SimClock, SimRng};
use kernel::{AccountId, MessageId, Millis, Rng};
use rights::scan::{Place, Scan};
use vault::remains::RemainingKeys;
use vault::{Address, BodyAddress, EntryAddress, EntryBox, MasterKey, Options, OsDisk, Vault};

/// What is looked for everywhere.
pub(crate) const CANARY: &str = "Kanarienvogel 7Ω";
pub(crate) const START: Millis = Millis(1_800_000_000_000);

#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Profile {
    pub(crate) alias: String,
}
policy::stored!(Profile => policy::rows::Profile);

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    rng: Arc<SimRng>,
}

pub(crate) fn master() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap(), rng: Arc::new(SimRng::new(1)) };
        std::fs::create_dir(world.data()).unwrap();
        world
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    pub(crate) fn vault(&self) -> Vault {
        let clock = Arc::new(SimClock::new(START));
        Vault::open(Arc::new(OsDisk), Options::new(self.keys()), master(), clock, self.rng.clone()).unwrap()
    }

    pub(crate) fn account(&self, vault: &Vault) -> AccountId {
        let account = AccountId::new(START, self.rng.ulid_bits());
        vault.create_account(account).unwrap();
        account
    }

    /// A sealed profile with so many bytes before the canary.
    pub(crate) fn profile(&self, vault: &Vault, owner: AccountId, before: usize) -> Vec<u8> {
        let alias = format!("{}{CANARY}{}", "-".repeat(before), "-".repeat(20));
        let address = Address { owner: Some(owner), record: self.rng.ulid_bits().to_le_bytes(), started: START };
        vault.seal(&Profile { alias }, &address).unwrap()
    }

    /// A message with so many bytes before the canary: its body, and the recipient's entry.
    pub(crate) fn message(&self, vault: &Vault, from: AccountId, to: AccountId, before: usize) -> (Vec<u8>, EntryBox) {
        let message = MessageId::new(START, self.rng.ulid_bits());
        let text = format!("{}{CANARY}{}", "-".repeat(before), "-".repeat(20));
        let address = BodyAddress { sender: from, message, sent_at: START };
        let (key, body) = vault.seal_body(&address, text.as_bytes()).unwrap();
        let lease = vault.lease_for(START);
        let address = EntryAddress { lease, recipient: to, message, seq: 1, sent_at: START };
        (body, vault.seal_entry(&address, &key).unwrap())
    }

    /// Noise that is always the same.
    pub(crate) fn noise(&self, bytes: usize) -> Vec<u8> {
        let mut noise = vec![0; bytes];
        SimRng::new(99).fill(&mut noise);
        noise
    }

    pub(crate) fn plant(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.data().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Everything found in the data folder.
    pub(crate) fn scan(&self) -> Vec<Place> {
        self.scan_with(RemainingKeys::read(&OsDisk, &[&self.keys()], &master()).unwrap())
    }

    pub(crate) fn scan_with(&self, keys: RemainingKeys) -> Vec<Place> {
        let files: Vec<_> = std::fs::read_dir(self.data()).unwrap().map(|entry| entry.unwrap().path()).collect();
        let mut scan = Scan::new(Arc::new(OsDisk), CANARY, keys).unwrap();
        files.iter().for_each(|file| scan.learn(file).unwrap());
        let mut places = Vec::new();
        files.iter().for_each(|file| scan.search(file, &mut |place| places.push(place)).unwrap());
        places
    }

    /// Plants a file and says as what the canary is found in it.
    pub(crate) fn forms_in(&self, bytes: &[u8]) -> Vec<String> {
        let path = self.plant("planted", bytes);
        let forms = self.scan().into_iter().map(|place| place.form).collect();
        std::fs::remove_file(path).unwrap();
        forms
    }

    /// The same, behind noise, and where.
    #[track_caller]
    pub(crate) fn check(&self, bytes: &[u8], offset: u64, form: &str) {
        for before in [0, 1, 4_093, 1 << 20, (1 << 20) - 5, (1 << 20) - 70_000, 327_680, 327_679] {
            let mut planted = self.noise(before);
            planted.extend_from_slice(bytes);
            planted.extend(self.noise(1_000));
            let path = self.plant("planted", &planted);
            let expected = Place { path, offset: Some(before as u64 + offset), form: form.to_owned() };
            let found = self.scan();
            assert!(found == [expected.clone()], "{found:?} is not {expected:?}");
        }
        std::fs::remove_file(self.data().join("planted")).unwrap();
    }
}

pub(crate) fn folder_bytes(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    files.sort();
    files
}
