//! A record sealed with a deadline opens just before it, refuses at it, and 60 s later no remaining key opens it.

use kernel::sim::SimRng;
use kernel::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use policy::{Row, rows};
use proptest::prelude::*;

use crate::support::*;
use vault::{Address, KEY_DEATH_MS_MAX, OpenRefused, SealError, Vault};

/// `LOGI-90D`, `D-03`
#[test]
fn a_record_dies_with_its_deadline_and_brute_force_finds_no_key_a_minute_later() {
    let world = World::new(1);
    let vault = world.open().unwrap();
    let owner = world.account(&vault);
    for ms in [20 * MINUTE_MS + 1, 122 * HOUR_MS + 7] {
        let (address, sealed) = login_due_in(&vault, Some(owner), ms);
        let deadline = login_deadline(address.started);
        // Far deadlines: sleep most of the way, as a machine that was on without serving.
        world.clock.advance(ms - 10 * MINUTE_MS);
        vault.step().unwrap();
        world.serve(&vault, 10 * MINUTE_MS - 1);
        assert_eq!(vault.now().unwrap(), deadline - 1);
        assert_eq!(open_login(&vault, &address, &sealed).unwrap(), "203.0.113.7");
        assert!(world.remaining().open_record(&sealed).is_some(), "the search can see it");
        if ms < HOUR_MS {
            assert!(world.remaining().open_record_by_force(&sealed).is_some(), "brute force can see it");
        }
        world.clock.advance(1);
        assert_eq!(open_login(&vault, &address, &sealed), Err(OpenRefused::Expired));
        world.serve(&vault, KEY_DEATH_MS_MAX);
        assert!(world.remaining().open_record_by_force(&sealed).is_none());
        assert!(open_profile(&vault, owner, &seal_profile(&vault, owner)).is_ok(), "what has no deadline lives on");
    }
}

/// A common year and a leap year, and the ninety days after.
const DAYS: usize = 2 * 366 + 90;

/// `LOGI-3M`, `LOGI-90D`, `D-04`: a log-in on each day of a common and a leap year, to the millisecond: read just before its
/// end, refused at it, and a minute later there is no key for it.
#[test]
fn a_login_of_any_day_ends_with_the_earlier_of_its_two_periods() {
    let world = World::new(9);
    let vault = world.open().unwrap();
    let owner = world.account(&vault);
    let mut waiting = Vec::new();
    let mut began = vault.now().unwrap();
    let mut ended = 0;
    for _ in 0..DAYS {
        let address = Address { owner: Some(owner), record: [3; 16], started: began };
        waiting.push((address, seal_login(&vault, &address).unwrap()));
        began = began + DAY_MS;
        world.clock.advance(began.since(vault.now().unwrap()) - 1);
        vault.step().unwrap();
        let (due, later) = waiting.into_iter().partition(|(address, _)| login_deadline(address.started) == began);
        waiting = later;
        let due: Vec<(Address, Vec<u8>)> = due;
        for (address, sealed) in &due {
            assert!(open_login(&vault, address, sealed).is_ok());
            assert!(world.remaining().open_record(sealed).is_some(), "the search can see it");
        }
        world.clock.advance(1);
        assert!(due.iter().all(|(at, sealed)| open_login(&vault, at, sealed) == Err(OpenRefused::Expired)));
        world.clock.advance(KEY_DEATH_MS_MAX);
        vault.step().unwrap();
        assert!(due.iter().all(|(_, sealed)| world.remaining().open_record(sealed).is_none()));
        ended += due.len();
    }
    assert!(ended > 731, "not every day of both years has ended: {ended}");
}

#[test]
fn a_record_without_owner_lives_under_its_deadline_and_one_without_both_is_refused() {
    let world = World::new(2);
    let vault = world.open().unwrap();
    let (address, sealed) = login_due_in(&vault, None, HOUR_MS);
    assert!(open_login(&vault, &address, &sealed).is_ok());
    let nobody = Address { owner: None, record: [1; 16], started: START };
    let refused = vault.seal(&Profile { alias: "Ada".to_owned() }, &nobody);
    assert!(matches!(refused, Err(SealError::NoKey { row: "profile" })));
    let past = Address { started: START - 400 * 24 * HOUR_MS, ..address };
    assert!(matches!(seal_login(&vault, &past), Err(SealError::Expired)));
    let far = Address { started: START + 400 * 24 * HOUR_MS, ..address };
    assert!(matches!(seal_login(&vault, &far), Err(SealError::TooFar { .. })));
}

#[test]
fn a_record_opens_at_its_own_address_only() {
    let world = World::new(3);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let (address, sealed) = login_due_in(&vault, Some(ada), HOUR_MS);
    let elsewhere = [
        Address { owner: Some(ben), ..address },
        Address { owner: None, ..address },
        Address { record: [3; 16], ..address },
        Address { started: address.started + 1, ..address },
    ];
    for wrong in elsewhere {
        assert!(matches!(open_login(&vault, &wrong, &sealed), Err(OpenRefused::Damaged(_))), "{wrong:?}");
    }
    assert!(matches!(open_profile(&vault, ada, &sealed), Err(OpenRefused::Damaged(_))), "another row");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(open_login(&vault, &address, &changed).is_err(), "byte {at}");
        assert!(open_login(&vault, &address, &sealed[..at]).is_err(), "cut at {at}");
    }
    let mut newer = sealed;
    newer[3] += 16;
    let said = open_login(&vault, &address, &newer).unwrap_err().to_string();
    assert!(said.contains("another version"), "{said}");
}

/// `CHAT-72H`
#[test]
fn a_message_refuses_at_72_hours_and_is_noise_a_minute_later_even_when_its_lease_was_renewed() {
    let world = World::new(4);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let mut message = send(&world, &vault, ada, ben).unwrap();
    let deadline = rows::ChatMessage::INFO.period.deadline(START).unwrap();
    while vault.now().unwrap() < deadline - HOUR_MS {
        world.serve(&vault, 45 * MINUTE_MS);
        message = renew(&vault, message);
    }
    world.serve(&vault, deadline.since(vault.now().unwrap()) - 1);
    assert_eq!(receive(&vault, &message).unwrap(), TEXT);
    assert!(can_be_decrypted(&world.remaining(), &message));
    world.clock.advance(1);
    assert_eq!(receive(&vault, &message), Err(OpenRefused::Expired));
    world.serve(&vault, KEY_DEATH_MS_MAX);
    assert!(world.remaining().leases().contains(&message.entry_address.lease), "the lease would still open it");
    assert!(!can_be_decrypted(&world.remaining(), &message));
}

fn renew(vault: &Vault, message: Message) -> Message {
    let key = vault.open_entry(&message.entry_address, &message.entry).unwrap();
    let lease = vault.lease_for(vault.now().unwrap());
    let entry_address = vault::EntryAddress { lease, ..message.entry_address };
    let entry = vault.seal_entry(&entry_address, &key).unwrap();
    Message { entry_address, entry, ..message }
}

#[test]
fn sealing_just_after_the_hour_draws_what_is_missing_by_itself() {
    let world = World::new(5);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    for hours in [1, 3, 100] {
        world.clock.advance(hours * HOUR_MS);
        let message = send(&world, &vault, ada, ben).unwrap();
        assert_eq!(receive(&vault, &message).unwrap(), TEXT);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// `D-03`: reads refuse at the instant, keys are dead at most 60 s later, whatever the deadline and the rhythm of steps.
    #[test]
    fn any_deadline_is_kept(seed: u64, due_ms in 1_i64..130 * HOUR_MS, rhythm_ms in 500_i64..14_000) {
        let world = World::new(seed);
        let vault = world.open().unwrap();
        let owner = SimRng::new(seed).one_in(2).then(|| world.account(&vault));
        let (address, sealed) = login_due_in(&vault, owner, due_ms);
        world.clock.advance((due_ms - 30 * SECOND_MS).max(0));
        let deadline = login_deadline(address.started);
        while vault.now().unwrap() < deadline + KEY_DEATH_MS_MAX {
            vault.step().unwrap();
            let now = vault.now().unwrap();
            prop_assert_eq!(open_login(&vault, &address, &sealed).is_ok(), now < deadline);
            if now < deadline {
                prop_assert!(world.remaining().open_record(&sealed).is_some());
            }
            let to_the_point = if now < deadline { deadline.since(now) } else { (deadline + KEY_DEATH_MS_MAX).since(now) };
            world.clock.advance(rhythm_ms.min(to_the_point));
        }
        vault.step().unwrap();
        prop_assert!(world.remaining().open_record(&sealed).is_none());
    }
}
