//! What `doctor` sees of a key file: everything that is wrong with it, without a lock and without a change.

use std::path::Path;

use kernel::{Disk, Open};
use vault::{CopyState, Inspection, MasterKey, Stand, inspect};

use crate::support::*;

fn look(world: &World) -> Inspection {
    let before = world.disk.files();
    let found = inspect(&world.disk, &mirrored(), Some(&master()));
    assert_eq!(world.disk.files(), before, "nothing was changed");
    found
}

fn states(found: &Inspection) -> Vec<String> {
    found.copies.iter().map(|copy| format!("{:?}", copy.state)).collect()
}

#[test]
fn whole_torn_lagging_and_missing_copies_are_told_apart_while_a_server_runs() {
    let world = World::new(1);
    assert_eq!(look(&world).stand, Stand::NoKeys);
    let vault = world.open_mirrored().unwrap();
    let found = look(&world);
    assert!(matches!(found.stand, Stand::Opens { step, at } if step == vault.mark().step && at == START));
    assert!(!found.mixed);
    assert_eq!(states(&found), ["There { broken: 0, different: 0 }"; 4]);
    let mirrored_b = Path::new(MIRROR).join("keys.b");
    world.disk.open(&mirrored_b, Open::Write).unwrap().write_at(5 * 128 + 60, &[1; 4]).unwrap();
    let found = look(&world);
    assert_eq!(states(&found)[3], "There { broken: 1, different: 1 }");
    assert!(found.copies[3].mirror && found.copies[3].path == mirrored_b);
    world.disk.open(&mirrored_b, Open::Write).unwrap().write_at(0, &[1; 4]).unwrap();
    assert!(matches!(look(&world).copies[3].state, CopyState::Damaged));
    drop(vault);
    let other = inspect(&world.disk, &mirrored(), Some(&MasterKey::from_bytes([8; 32])));
    assert_eq!(other.stand, Stand::OtherMaster);
    assert_eq!(inspect(&world.disk, &mirrored(), None).stand, Stand::NotTried);
}
