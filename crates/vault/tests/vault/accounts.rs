//! Keys of accounts and items, and what hangs on them.

use kernel::{AccountId, ItemId, Rng};
use policy::{Permit, purposes, rows};
use vault::remains::RemainingKeys;
use vault::{OpenRefused, SealError};

use crate::support::*;

/// `D-05`, `D-71`: the backup of yesterday with the keys of today.
#[test]
fn what_an_account_owned_is_gone_with_its_key_also_in_an_old_backup() {
    let world = World::new(1);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let profile = seal_profile(&vault, ada);
    let pointer = vault.seal_pointer(ada).unwrap();
    let to_ada = send(&world, &vault, ben, ada).unwrap();
    let from_ada = send(&world, &vault, ada, ben).unwrap();
    let dead_or_alive = |remaining: &RemainingKeys| {
        [
            remaining.open_record(&profile).is_some(),
            remaining.open_pointer(&pointer).is_some(),
            can_be_decrypted(remaining, &to_ada),
            can_be_decrypted(remaining, &from_ada),
            remaining.holds_account(ada),
        ]
    };
    assert_eq!(dead_or_alive(&world.remaining()), [true; 5]);
    assert_eq!(vault.open_pointer(&pointer), Some(ada));
    vault.destroy_account(ada).unwrap();
    assert_eq!(dead_or_alive(&world.remaining()), [false; 5]);
    assert_eq!(open_profile(&vault, ada, &profile), Err(OpenRefused::Gone));
    assert_eq!(receive(&vault, &to_ada), Err(OpenRefused::Gone));
    assert_eq!(receive(&vault, &from_ada), Err(OpenRefused::Gone));
    assert_eq!(vault.open_pointer(&pointer), None);
    assert!(matches!(send(&world, &vault, ada, ben), Err(SealError::Gone(gone)) if gone == ada));
    assert!(matches!(send(&world, &vault, ben, ada), Err(SealError::Gone(gone)) if gone == ada));
    assert!(vault.seal_pointer(ada).is_err());
}

#[test]
fn whoever_moves_into_a_slot_gets_no_pointer_of_the_one_before() {
    let world = World::new(2);
    let vault = world.open().unwrap();
    let ada = world.account(&vault);
    let pointer = vault.seal_pointer(ada).unwrap();
    vault.destroy_account(ada).unwrap();
    let ben = world.account(&vault);
    assert_eq!(vault.seal_pointer(ben).unwrap()[4..8], pointer[4..8], "the same slot");
    assert_eq!(vault.open_pointer(&pointer), None);
    vault.destroy_account(ben).unwrap();
    vault.create_account(ada).unwrap();
    assert_eq!(vault.open_pointer(&pointer), None, "not even the same id born again");
}

#[test]
fn creating_and_destroying_twice_changes_nothing() {
    let world = World::new(3);
    let vault = world.open().unwrap();
    let ada = world.account(&vault);
    let profile = seal_profile(&vault, ada);
    vault.create_account(ada).unwrap();
    assert_eq!(open_profile(&vault, ada, &profile).unwrap(), "Ada");
    vault.destroy_account(ada).unwrap();
    vault.destroy_account(ada).unwrap();
    assert!(!vault.holds_account(ada));
}

#[test]
fn the_file_grows_and_everybody_is_there_after_a_start() {
    let world = World::new(4);
    let vault = world.open().unwrap();
    let accounts: Vec<_> = (0..2_000).map(|_| world.account(&vault)).collect();
    let profiles: Vec<_> = accounts.iter().map(|account| seal_profile(&vault, *account)).collect();
    let pointers: Vec<_> = accounts.iter().map(|account| vault.seal_pointer(*account).unwrap()).collect();
    drop(vault);
    let vault = world.open().unwrap();
    for ((account, profile), pointer) in accounts.iter().zip(&profiles).zip(&pointers) {
        assert_eq!(open_profile(&vault, *account, profile).unwrap(), "Ada");
        assert_eq!(vault.open_pointer(pointer), Some(*account));
    }
    assert!(world.copies_agree());
}

#[test]
fn a_full_disk_refuses_accounts_and_keeps_its_deadlines() {
    let world = World::new(5);
    let vault = world.open().unwrap();
    world.disk.set_capacity(Some(0));
    let (mut made, mut refused) = (0, None);
    while refused.is_none() {
        refused = vault.create_account(AccountId::new(START, world.rng.ulid_bits())).err();
        made += 1;
    }
    assert!(made > 400, "as many as there were slots: {made}");
    assert!(refused.unwrap().to_string().contains("full"));
    world.serve(&vault, 2 * 3_600_000);
    let message = send(&world, &vault, AccountId::new(START, 0), AccountId::new(START, 0));
    assert!(matches!(message, Err(SealError::Gone(_))));
    world.disk.set_capacity(None);
    world.account(&vault);
}

#[test]
fn a_record_in_an_item_dies_with_the_item_or_with_its_owner() {
    let world = World::new(6);
    let vault = world.open().unwrap();
    let ada = world.account(&vault);
    let item = ItemId::new(START, 1);
    let seal = || vault.seal_in_item(&Profile { alias: "Ada".to_owned() }, item, &profile_address(ada));
    assert!(matches!(seal(), Err(SealError::ItemGone(_))));
    vault.create_item(item).unwrap();
    let sealed = seal().unwrap();
    let open = |item| {
        let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
        let opened = vault.open_in_item::<Profile>(&sealed, item, &profile_address(ada), permit);
        opened.map(|profile| profile.alias.clone())
    };
    assert_eq!(open(item).unwrap(), "Ada");
    assert!(world.remaining().open_record(&sealed).is_some());
    assert!(matches!(open(ItemId::new(START, 2)), Err(OpenRefused::Damaged(_))));
    assert!(matches!(open_profile(&vault, ada, &sealed), Err(OpenRefused::Damaged(_))));
    vault.destroy_item(item).unwrap();
    assert_eq!(open(item), Err(OpenRefused::Gone));
    assert!(world.remaining().open_record(&sealed).is_none());
    vault.create_item(item).unwrap();
    assert!(matches!(open(item), Err(OpenRefused::Damaged(_))), "a new key under the old name");
    let sealed = seal().unwrap();
    vault.destroy_account(ada).unwrap();
    assert!(world.remaining().open_record(&sealed).is_none());
}

#[test]
fn keyed_hashes_depend_on_domain_and_content_and_stay_the_same() {
    let world = World::new(7);
    let vault = world.open().unwrap();
    let hash = vault.keyed_hash("phone", b"+447700900123");
    assert_ne!(hash, vault.keyed_hash("phone", b"+447700900124"));
    assert_ne!(hash, vault.keyed_hash("phone+", b"447700900123"));
    drop(vault);
    assert_eq!(hash, world.open().unwrap().keyed_hash("phone", b"+447700900123"));
    assert_ne!(hash, World::new(8).open().unwrap().keyed_hash("phone", b"+447700900123"), "another server");
}
