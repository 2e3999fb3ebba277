//! The power goes at every byte, sync and name change of every operation. Whatever arrived, the keys open again, what
//! counted still counts, and what was destroyed stays destroyed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kernel::sim::{AfterCut, SimRng};
use kernel::{AccountId, HOUR_MS, SECOND_MS};
use vault::{Address, Lease, OpenRefused, Vault};

use crate::support::*;

/// Runs `prepare` once, then `operate` once for every point at which the power can go, `stride` units apart, with each
/// fate of the unsynced rest; `check` sees the machine after the next start and whether the operation had returned.
fn cut_everywhere<P>(
    seed: u64,
    stride: u64,
    prepare: impl Fn(&World) -> P,
    operate: impl Fn(&World, &P) -> bool,
    check: impl Fn(&World, &Vault, &P, bool),
) -> u64 {
    cut_and_restart(seed, stride, prepare, operate, |machine, prepared, counted| {
        let vault = machine.open().unwrap();
        assert!(machine.copies_agree());
        check(machine, &vault, prepared, counted);
    })
}

/// The same; `check` sees the machine as it is when the power is back, and starts on it what it likes.
pub(crate) fn cut_and_restart<P>(
    seed: u64,
    stride: u64,
    prepare: impl Fn(&World) -> P,
    operate: impl Fn(&World, &P) -> bool,
    check: impl Fn(&World, &P, bool),
) -> u64 {
    let world = World::new(seed);
    let prepared = prepare(&world);
    let whole = world.fork();
    let before = whole.disk.units();
    assert!(operate(&whole, &prepared), "the operation works when nobody cuts the power");
    let units = whole.disk.units() - before;
    for cut in (0..=units).step_by(usize::try_from(stride).unwrap()) {
        for fate in 0..3 {
            let machine = world.fork();
            machine.disk.cut_power_after(cut);
            let counted = operate(&machine, &prepared);
            let luck = SimRng::new(cut);
            machine.disk.restart([AfterCut::KeepAll, AfterCut::LoseAll, AfterCut::Chance(&luck)][fate]);
            let outcome = catch_unwind(AssertUnwindSafe(|| check(&machine, &prepared, counted)));
            assert!(outcome.is_ok(), "cut at {cut} of {units}, fate {fate}");
        }
    }
    units
}

/// Somebody with a profile and a message on its way, on a vault that was closed.
pub(crate) struct Somebody {
    pub(crate) ada: AccountId,
    pub(crate) profile: Vec<u8>,
    pub(crate) message: Message,
    /// Due at the next key step.
    pub(crate) login: (Address, Vec<u8>),
}

pub(crate) fn somebody(world: &World) -> Somebody {
    somebody_on(world, &world.open().unwrap())
}

pub(crate) fn somebody_on(world: &World, vault: &Vault) -> Somebody {
    let (ada, ben) = (world.account(vault), world.account(vault));
    let profile = seal_profile(vault, ada);
    let message = send(world, vault, ben, ada).unwrap();
    let login = login_due_in(vault, Some(ada), 15 * SECOND_MS);
    Somebody { ada, profile, message, login }
}

#[test]
fn creating_an_account_is_all_or_nothing() {
    let newcomer = AccountId::new(START, 77);
    let create = |world: &World, _: &Somebody| world.open().is_ok_and(|vault| vault.create_account(newcomer).is_ok());
    cut_everywhere(1, 1, somebody, create, |_, vault, past, counted| {
        assert!(vault.holds_account(newcomer) || !counted);
        assert_eq!(open_profile(vault, past.ada, &past.profile).unwrap(), "Ada");
        assert_eq!(receive(vault, &past.message).unwrap(), TEXT);
        vault.create_account(newcomer).unwrap();
    });
}

#[test]
fn a_destroyed_account_stays_destroyed() {
    let destroy =
        |world: &World, past: &Somebody| world.open().is_ok_and(|vault| vault.destroy_account(past.ada).is_ok());
    cut_everywhere(2, 1, somebody, destroy, |world, vault, past, counted| {
        let gone = !vault.holds_account(past.ada);
        assert!(gone || !counted);
        assert_eq!(world.remaining().open_record(&past.profile).is_none(), gone);
        assert_eq!(can_be_decrypted(&world.remaining(), &past.message), !gone);
    });
}

#[test]
fn an_ended_lease_stays_ended() {
    let prepare = |world: &World| {
        let past = somebody(world);
        let vault = world.open().unwrap();
        world.serve(&vault, 105 * 60 * SECOND_MS);
        past
    };
    let lease = Lease(START.hour() + 2);
    let end = |world: &World, _: &Somebody| world.open().is_ok_and(|vault| vault.end_lease(lease).is_ok());
    cut_everywhere(3, 1, prepare, end, |world, vault, past, counted| {
        let gone = !vault.live_leases().contains(&lease);
        assert!(gone || !counted);
        assert_eq!(can_be_decrypted(&world.remaining(), &past.message), !gone);
    });
}

/// Opens the keys, lets time pass and makes the step.
fn step_after(world: &World, ms: i64) -> bool {
    world.open().is_ok_and(|vault| {
        world.clock.advance(ms);
        vault.step().is_ok()
    })
}

#[test]
fn a_step_counts_once_it_is_made_and_a_start_makes_it_up() {
    let check = |world: &World, vault: &Vault, past: &Somebody, _| {
        if vault.now().unwrap() > START {
            assert_eq!(open_login(vault, &past.login.0, &past.login.1), Err(OpenRefused::Expired));
            assert!(world.remaining().open_record(&past.login.1).is_none());
        }
        assert_eq!(receive(vault, &past.message).unwrap(), TEXT);
    };
    cut_everywhere(4, 1, somebody, |world, _| step_after(world, 15 * SECOND_MS), check);
    // Every third unit meets every offset within a slot too.
    let units = cut_everywhere(5, 3, somebody, |world, _| step_after(world, HOUR_MS), check);
    assert!(units > 2 * 4 * 128, "two roots, a lease and the header, twice: {units}");
}

#[test]
fn the_step_after_thirty_days_is_made_up_from_wherever_it_was_cut() {
    // 127 units apart, every offset within a slot is met, each in another slot.
    let operate = |world: &World, _: &Somebody| step_after(world, 30 * 24 * HOUR_MS);
    cut_everywhere(6, 5 * 127, somebody, operate, |world, vault, past, _| {
        if vault.now().unwrap() > START {
            assert!(!can_be_decrypted(&world.remaining(), &past.message));
            assert!(world.remaining().open_record(&past.login.1).is_none());
        }
        assert_eq!(open_profile(vault, past.ada, &past.profile).unwrap(), "Ada");
        assert!(send(world, vault, past.ada, past.ada).is_ok());
    });
}

#[test]
fn a_first_start_that_is_cut_short_begins_anew() {
    cut_everywhere(
        7,
        9 * 127,
        |_| (),
        |world, ()| world.open().is_ok(),
        |world, vault, (), _| {
            let ada = world.account(vault);
            assert_eq!(open_profile(vault, ada, &seal_profile(vault, ada)).unwrap(), "Ada");
        },
    );
}

#[test]
fn growing_the_file_loses_nobody() {
    // As many as fit before it grows; the one after them makes it grow.
    let prepare = |world: &World| {
        let past = somebody(world);
        let full = world.fork();
        let vault = full.open().unwrap();
        let slots = full.disk.files()[0].1.len();
        let mut fitting = 0;
        while full.disk.files()[0].1.len() == slots {
            full.account(&vault);
            fitting += 1;
        }
        let vault = world.open().unwrap();
        let everybody: Vec<_> = (1..fitting).map(|_| world.account(&vault)).collect();
        assert_eq!(world.disk.files()[0].1.len(), slots);
        (past, everybody)
    };
    let newcomer = AccountId::new(START, 77);
    let create = |world: &World, _: &_| world.open().is_ok_and(|vault| vault.create_account(newcomer).is_ok());
    let units = cut_everywhere(8, 9 * 127, prepare, create, |_, vault, (past, everybody), counted| {
        assert!(vault.holds_account(newcomer) || !counted);
        assert!(everybody.iter().all(|account| vault.holds_account(*account)));
        assert_eq!(open_profile(vault, past.ada, &past.profile).unwrap(), "Ada");
    });
    assert!(units > 2 * 1_024 * 128, "it grew: {units}");
}

/// `D-71`: an operation that returned has reached both copies, so a disk that is taken out at that instant holds nothing.
#[test]
fn what_was_destroyed_is_gone_from_both_copies_before_the_next_start() {
    let world = World::new(9);
    let past = somebody(&world);
    let pull_the_plug = |operate: &dyn Fn(&World, &Vault)| {
        let machine = world.fork();
        let vault = machine.open().unwrap();
        operate(&machine, &vault);
        machine.disk.restart(AfterCut::LoseAll);
        machine.remaining()
    };
    let nothing = pull_the_plug(&|_, _| {});
    assert!(nothing.open_record(&past.profile).is_some() && nothing.open_record(&past.login.1).is_some());
    assert!(can_be_decrypted(&nothing, &past.message));
    let destroyed = pull_the_plug(&|_, vault| vault.destroy_account(past.ada).unwrap());
    assert!(destroyed.open_record(&past.profile).is_none() && !can_be_decrypted(&destroyed, &past.message));
    let stepped = pull_the_plug(&|machine, vault| {
        machine.clock.advance(15 * SECOND_MS);
        vault.step().unwrap();
    });
    assert!(stepped.open_record(&past.login.1).is_none() && stepped.open_record(&past.profile).is_some());
    let ended = pull_the_plug(&|machine, vault| {
        machine.clock.advance(2 * HOUR_MS);
        vault.step().unwrap();
        vault.end_lease(past.message.entry_address.lease).unwrap();
    });
    assert!(!can_be_decrypted(&ended, &past.message));
}
