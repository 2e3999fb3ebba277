//! Anything may happen in any order: sends, deletions, ended leases, downtime, wrong clocks, and power cuts in the middle of it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use kernel::sim::{AfterCut, SimRng};
use kernel::{AccountId, DAY_MS, HOUR_MS, MINUTE_MS, Millis, Rng, SECOND_MS};
use policy::{Row, rows};
use vault::remains::RemainingKeys;
use vault::{Address, KEY_DEATH_MS_MAX, Lease, OpenRefused, SealError, Vault};

use crate::support::*;

const RUNS: u64 = 150;
const EVENTS: u64 = 60;

/// What is known of an account. A deletion that was cut short may have happened or not, until a start shows it.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Known {
    Alive,
    Dead,
    Unsure,
}

struct Model {
    world: World,
    luck: SimRng,
    /// Whether there is a second disk, and whether it takes part since the last start.
    has_mirror: bool,
    mirrored: bool,
    vault: Option<Vault>,
    accounts: BTreeMap<AccountId, Known>,
    messages: Vec<Message>,
    logins: Vec<(Address, Vec<u8>)>,
    ended: BTreeSet<Lease>,
    /// Effective time and number of the last step that was reported.
    stepped: (Millis, u64),
}

impl Model {
    fn new(seed: u64) -> Self {
        let world = World::new(seed);
        let has_mirror = seed % 2 == 1;
        let vault = if has_mirror { world.open_mirrored() } else { world.open() }.unwrap();
        let accounts = (0..3).map(|_| (world.account(&vault), Known::Alive)).collect();
        Self {
            world,
            luck: SimRng::new(seed.wrapping_mul(31)),
            has_mirror,
            mirrored: has_mirror,
            vault: Some(vault),
            accounts,
            messages: Vec::new(),
            logins: Vec::new(),
            ended: BTreeSet::new(),
            stepped: (START, 1),
        }
    }

    fn vault(&self) -> &Vault {
        self.vault.as_ref().expect("open between events")
    }

    fn anybody(&self) -> AccountId {
        let at = self.luck.below(self.accounts.len() as u64);
        *self.accounts.keys().nth(usize::try_from(at).unwrap()).unwrap()
    }

    fn event(&mut self) {
        if self.luck.one_in(4) {
            self.world.disk.cut_power_after(self.luck.below(2_500));
        }
        match self.luck.below(14) {
            0..=3 => self.pass_time(),
            4 | 5 => self.send(),
            6 => self.log_in(),
            7 => self.destroy(),
            8 => self.create(),
            9 => self.end_lease(),
            10 => self.start_again(),
            11 => self.world.clock.jump(-self.some(3 * HOUR_MS)),
            12 => self.world.clock.jump(self.some(9 * MINUTE_MS)),
            _ => self.jump(),
        }
        if self.world.disk.is_cut() {
            self.start_again();
        }
        self.step();
        if self.world.disk.is_cut() {
            self.start_again();
        }
        self.check();
    }

    fn some(&self, below_ms: i64) -> i64 {
        i64::try_from(self.luck.below(u64::try_from(below_ms).unwrap())).unwrap()
    }

    fn pass_time(&mut self) {
        let spans = [20 * SECOND_MS, 20 * MINUTE_MS, 2 * HOUR_MS];
        self.world.clock.advance(self.some(spans[usize::try_from(self.luck.below(3)).unwrap()]));
    }

    fn jump(&mut self) {
        self.world.clock.jump(self.some(80 * HOUR_MS));
        self.step();
        self.world.clock.advance(30 * SECOND_MS);
    }

    fn send(&mut self) {
        let (sender, recipient) = (self.anybody(), self.anybody());
        match send(&self.world, self.vault(), sender, recipient) {
            Ok(message) => self.messages.push(message),
            Err(SealError::Gone(account)) => assert_ne!(self.accounts[&account], Known::Alive),
            Err(SealError::ClockCheck(_) | SealError::Step(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    fn log_in(&mut self) {
        let started = self.stepped.0 - self.some(89 * DAY_MS);
        let address = Address { owner: Some(self.anybody()), record: [2; 16], started };
        if let Ok(sealed) = seal_login(self.vault(), &address) {
            self.logins.push((address, sealed));
        }
    }

    fn create(&mut self) {
        let account = AccountId::new(START, self.world.rng.ulid_bits());
        let created = self.vault().create_account(account).is_ok();
        self.accounts.insert(account, if created { Known::Alive } else { Known::Unsure });
    }

    fn destroy(&mut self) {
        if self.accounts.values().filter(|known| **known == Known::Alive).count() > 2 {
            let account = self.anybody();
            let destroyed = self.vault().destroy_account(account).is_ok();
            self.accounts.insert(account, if destroyed { Known::Dead } else { Known::Unsure });
        }
    }

    fn end_lease(&mut self) {
        let Some(lease) = self.vault().live_leases().first().copied() else { return };
        let early = self.vault().now().is_ok_and(|now| lease.ends() > now);
        let ended = self.vault().end_lease(lease).is_ok();
        assert!(!(early && ended));
        if ended {
            self.ended.insert(lease);
        }
    }

    fn step(&mut self) {
        if let Ok(report) = self.vault().step() {
            assert!(report.at >= self.stepped.0 && report.step >= self.stepped.1, "time and steps never go back");
            self.stepped = (report.at, report.step);
        }
    }

    /// Stops somehow and starts again, at once or much later, on the same boot or another, with luck or without.
    fn start_again(&mut self) {
        self.vault = None;
        if self.world.disk.is_cut() || self.luck.one_in(2) {
            self.world.disk.restart(AfterCut::Chance(&self.luck));
            let off = [MINUTE_MS, 6 * HOUR_MS, 80 * HOUR_MS, 40 * DAY_MS];
            self.world.clock.reboot(self.some(off[usize::try_from(self.luck.below(4)).unwrap()]));
        } else {
            self.world.clock.advance(self.some(HOUR_MS));
        }
        if self.luck.one_in(8) {
            self.world.disk.cut_power_after(self.luck.below(3_000));
        }
        // The second disk may be away for a while, and comes back with keys that died since.
        self.mirrored = self.has_mirror && !self.luck.one_in(4);
        // A start may be cut short too.
        let vault = loop {
            match if self.mirrored { self.world.open_mirrored() } else { self.world.open() } {
                Ok(vault) => break vault,
                Err(error) => assert!(self.world.disk.is_cut(), "{error}"),
            }
            self.world.disk.restart(AfterCut::Chance(&self.luck));
        };
        assert!(if self.mirrored { self.world.mirror_agrees() } else { self.world.copies_agree() });
        assert!(vault.mark().step >= self.stepped.1, "a step that was reported counts");
        for (account, known) in &mut self.accounts {
            let held = vault.holds_account(*account);
            match known {
                Known::Alive => assert!(held),
                Known::Dead => assert!(!held),
                Known::Unsure => *known = if held { Known::Alive } else { Known::Dead },
            }
        }
        self.vault = Some(vault);
    }

    fn alive(&self, account: AccountId) -> bool {
        self.accounts[&account] == Known::Alive
    }

    fn check(&self) {
        self.check_with(&self.world.remaining());
        if self.mirrored {
            self.check_with(&self.world.remaining_in(MIRROR, &master()));
        }
    }

    fn check_with(&self, remaining: &RemainingKeys) {
        let vault = self.vault();
        let now = vault.now();
        assert!(now.is_err() || now.unwrap() >= self.stepped.0, "time never goes back");
        let live = vault.live_leases();
        assert!(self.ended.iter().all(|lease| !live.contains(lease) && !remaining.leases().contains(lease)));
        for message in &self.messages {
            let deadline = rows::ChatMessage::INFO.period.deadline(message.body_address.sent_at).unwrap();
            let people = [message.body_address.sender, message.entry_address.recipient];
            let keys = people.iter().all(|account| self.alive(*account)) && live.contains(&message.entry_address.lease);
            match (receive(vault, message), now) {
                (Err(OpenRefused::ClockCheck(_)), Err(_)) => {}
                (Err(OpenRefused::Expired), Ok(now)) => assert!(now >= deadline),
                (Err(OpenRefused::Gone), Ok(now)) => assert!(now < deadline && !keys),
                (Ok(text), Ok(now)) => assert!(now < deadline && keys && text == TEXT),
                other => panic!("{other:?}"),
            }
            let dead = !keys || self.stepped.0 >= deadline + KEY_DEATH_MS_MAX;
            assert!(!dead || !can_be_decrypted(remaining, message));
        }
        for (address, sealed) in &self.logins {
            let deadline = login_deadline(address.started);
            let keys = self.alive(address.owner.unwrap());
            match (open_login(vault, address, sealed), now) {
                (Err(OpenRefused::ClockCheck(_)), Err(_)) => {}
                (Err(OpenRefused::Expired), Ok(now)) => assert!(now >= deadline),
                (Err(OpenRefused::Gone), Ok(now)) => assert!(now < deadline && !keys),
                (Ok(_), Ok(now)) => assert!(now < deadline && keys),
                other => panic!("{other:?}"),
            }
            let dead = !keys || self.stepped.0 >= deadline + KEY_DEATH_MS_MAX;
            assert!(!dead || remaining.open_record(sealed).is_none());
        }
    }
}

fn run(seed: u64) {
    let mut model = Model::new(seed);
    for _ in 0..EVENTS {
        model.event();
    }
}

/// `CHAT-3H`, `CHAT-72H`, `CHAT-PERMANENT`, `D-03`, `D-71`
#[test]
fn whatever_happens_keys_die_on_time_and_never_before() {
    for seed in 0..RUNS {
        let outcome = catch_unwind(AssertUnwindSafe(|| run(seed)));
        assert!(outcome.is_ok(), "seed {seed} fails: call run({seed}) alone to replay it");
    }
}
