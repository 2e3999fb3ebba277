//! How late keys die, as the vault itself measures it; and what a census of the keys says.

use kernel::{HOUR_MS, MINUTE_MS, SECOND_MS};
use vault::{KEY_DEATH_MS_MAX, Lags};

use crate::support::{World, login_due_in};

/// Steps of hours and of days in so many minutes.
fn steps_in(minutes: u64) -> u64 {
    minutes * 4 + minutes * 2
}

const PROMISED_MS: u64 = KEY_DEATH_MS_MAX.unsigned_abs();

/// D-03: with a look every few seconds every key is dead within a minute of the earliest deadline it may have had.
#[test]
fn keys_that_are_stepped_on_time_die_within_the_minute() {
    let world = World::new(1);
    let vault = world.open().unwrap();
    world.serve(&vault, 2 * HOUR_MS);
    let lags = vault.lags();
    assert_eq!(lags.served.count(), steps_in(120));
    assert!(lags.served.quantile_ms(999) <= PROMISED_MS && lags.served.max_ms() <= PROMISED_MS, "{lags:?}");
    assert!(lags.served.quantile_ms(500) >= 15_000, "the worst a step can hold is told, not the best: {lags:?}");
    assert_eq!(lags.while_off.count, 0);
}

#[test]
fn a_step_that_comes_late_is_told_as_late() {
    let world = World::new(2);
    let vault = world.open().unwrap();
    world.serve(&vault, 10 * MINUTE_MS);
    world.clock.advance(5 * MINUTE_MS);
    assert!(vault.census().at.since(vault.census().dead_through) >= 5 * MINUTE_MS);
    vault.step().unwrap();
    let lags = vault.lags();
    assert_eq!(lags.served.count(), steps_in(15), "none is forgotten");
    assert!((300_000..330_000).contains(&lags.served.max_ms()), "{lags:?}");
    assert!(lags.served.quantile_ms(999) > PROMISED_MS);
}

#[test]
fn what_ended_while_nothing_ran_is_told_apart() {
    let world = World::new(3);
    let vault = world.open().unwrap();
    world.serve(&vault, 10 * MINUTE_MS);
    let before = vault.lags();
    drop(vault);
    world.clock.reboot(5 * HOUR_MS);
    let vault = world.open().unwrap();
    vault.add_lags(&before);
    world.serve(&vault, 10 * MINUTE_MS);
    let lags = vault.lags();
    assert_eq!(lags.since, before.since);
    assert!(lags.served.max_ms() <= PROMISED_MS, "{lags:?}");
    assert!(lags.served.count() >= steps_in(20), "{lags:?}");
    let off = lags.while_off;
    assert!((steps_in(300) - 3..=steps_in(300) + 3).contains(&off.count), "{off:?}");
    let five_hours = (5 * HOUR_MS).unsigned_abs();
    assert!((five_hours..five_hours + PROMISED_MS).contains(&off.max_ms), "{off:?}");
}

/// A jump of the clock makes ends pass that were days away. What counts is how long after the jump their keys died: with
/// the second look after half a minute.
#[test]
fn a_leap_of_the_clock_is_no_lag_and_its_second_look_is() {
    for restarted in [false, true] {
        let world = World::new(4);
        let first = world.open().unwrap();
        world.serve(&first, 10 * MINUTE_MS);
        let running = Some(first).filter(|_| !restarted);
        world.clock.jump(73 * HOUR_MS);
        let vault = running.unwrap_or_else(|| world.open().unwrap());
        for _ in 0..60 {
            world.clock.advance(SECOND_MS);
            vault.step().unwrap();
        }
        assert!(vault.now().is_ok());
        let lags = vault.lags();
        assert!(lags.served.count() > steps_in(72 * 60), "the leap passed over all of these: {lags:?}");
        assert!((30_000..=PROMISED_MS).contains(&lags.served.max_ms()), "restarted {restarted}: {lags:?}");
    }
}

/// D-05: destroying an account's key counts from the call.
#[test]
fn a_destroyed_key_and_a_removed_row_are_counted() {
    let world = World::new(5);
    let vault = world.open().unwrap();
    let account = world.account(&vault);
    vault.destroy_account(account).unwrap();
    vault.destroy_account(account).unwrap();
    assert_eq!((vault.lags().served.count(), vault.lags().served.max_ms()), (1, 0));
    let end = vault.now().unwrap() + SECOND_MS;
    world.clock.advance(8 * SECOND_MS);
    vault.note_removed(end, 2);
    assert_eq!((vault.lags().served.count(), vault.lags().served.max_ms()), (3, 7_000));
    vault.note_removed(end - HOUR_MS, 1);
    assert_eq!(vault.lags().while_off.count, 0, "nothing ended before the very first start");
}

#[test]
fn a_held_lease_is_told_by_how_long_it_was_held() {
    let world = World::new(6);
    let vault = world.open().unwrap();
    let lease = vault.live_leases()[0];
    let left = lease.ends().since(vault.now().unwrap());
    world.serve(&vault, left + 20 * MINUTE_MS);
    vault.end_lease(lease).unwrap();
    let lags = vault.lags();
    assert_eq!(lags.leases.count(), 1);
    let held = (20 * MINUTE_MS).unsigned_abs();
    assert!((held - 5_000..=held + 5_000).contains(&lags.leases.max_ms()), "{lags:?}");
    let forced = vault.live_leases()[0];
    world.serve(&vault, forced.ends().since(vault.now().unwrap()) + HOUR_MS + MINUTE_MS);
    let held = HOUR_MS.unsigned_abs();
    assert!((held..held + PROMISED_MS).contains(&vault.lags().leases.max_ms()), "{:?}", vault.lags());
}

#[test]
fn what_was_measured_before_is_added_once() {
    let world = World::new(7);
    let vault = world.open().unwrap();
    let mut earlier = Lags { since: vault.now().unwrap() - HOUR_MS, ..Lags::default() };
    earlier.served.record(40_000, 5);
    earlier.while_off.count = 2;
    vault.add_lags(&earlier);
    assert_eq!(vault.lags(), earlier);
}

/// A census never calls a deadline dead whose key remains in the file.
#[test]
fn a_census_knows_which_deadlines_live() {
    let world = World::new(8);
    let vault = world.open().unwrap();
    let account = world.account(&vault);
    let (address, sealed) = login_due_in(&vault, Some(account), 10 * MINUTE_MS);
    let deadline = crate::support::login_deadline(address.started);
    let (mut lived, mut died) = (0, 0);
    for _ in 0..132 {
        world.clock.advance(5 * SECOND_MS);
        vault.step().unwrap();
        let census = vault.census();
        let remains = world.remaining().open_record(&sealed).is_some();
        assert!(census.deadline_lives(deadline) || !remains);
        assert!(census.at.since(census.dead_through) <= 35 * SECOND_MS, "{census:?}");
        lived += u32::from(remains);
        died += u32::from(!census.deadline_lives(deadline));
    }
    assert!(lived > 100 && died > 0, "both were seen: {lived}, {died}");
    let census = vault.census();
    assert_eq!((census.accounts, census.items, census.leases), (1, 0, vault.live_leases()));
}
