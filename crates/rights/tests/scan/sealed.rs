//! Sealed boxes, whole and not, and the keys that remain in copies.

use vault::MasterKey;
use vault::OsDisk;
use vault::remains::RemainingKeys;

use crate::support::*;

const RECORD: &str = "raw in a sealed record of row profile, opened with account";
const BODY: &str = "raw in a sealed body of row chat_message, opened with sender + body";

#[test]
fn a_record_is_opened_while_its_key_remains_and_is_gone_with_it() {
    let world = World::new();
    let vault = world.vault();
    let ada = world.account(&vault);
    let sealed = world.profile(&vault, ada, 100);
    assert!(!sealed.windows(8).any(|part| part == &CANARY.as_bytes()[..8]), "it is sealed");
    world.check(&sealed, 0, RECORD);
    vault.destroy_account(ada).unwrap();
    assert_eq!(world.forms_in(&sealed), [""; 0]);
}

#[test]
fn a_record_is_found_in_dumps() {
    let world = World::new();
    let vault = world.vault();
    let sealed = world.profile(&vault, world.account(&vault), 100);
    let hex: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    world.check(format!("COPY profile FROM stdin;\n1\t\\\\x{hex}\t2\n").as_bytes(), 30, &format!("{RECORD} in hex"));
    for offset in 0..3 {
        let plain = [&b"xy"[..offset], &sealed].concat();
        let text = base64(&plain);
        assert_eq!(world.forms_in(text.as_bytes()), [format!("{RECORD} in base64")], "{offset}");
        let lines: Vec<_> = text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line)).collect();
        assert_eq!(world.forms_in(lines.join("\r\n").as_bytes()), [format!("{RECORD} in base64")], "{offset}");
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_u32, |n, byte| n << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for at in 0..=group.len() {
            text.push(char::from(ALPHABET[(number >> (18 - 6 * at) & 63) as usize]));
        }
    }
    text
}

/// CHAT-PERMANENT: a message is there while one entry of it can be opened, wherever that lies, and not without.
#[test]
fn a_body_is_opened_with_the_key_in_its_entry() {
    let world = World::new();
    let vault = world.vault();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let (body, entry) = world.message(&vault, ada, ben, 5_000);
    assert_eq!(world.forms_in(&body), [""; 0], "the body alone is noise");
    let both = [body.clone(), b"between".to_vec(), entry.to_vec()].concat();
    assert_eq!(world.forms_in(&both), [BODY]);
    let elsewhere = world.plant("entries", &entry);
    assert_eq!(world.forms_in(&body), [BODY]);
    std::fs::remove_file(elsewhere).unwrap();
    vault.destroy_account(ben).unwrap();
    assert_eq!(world.forms_in(&both), [""; 0]);
}

#[test]
fn a_box_is_found_although_its_end_or_its_middle_is_missing() {
    let world = World::new();
    let vault = world.vault();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let (body, entry) = world.message(&vault, ada, ben, 300);
    let _entries = world.plant("entries", &entry);
    let content = 4 + 2 + 16 + 16 + 8 + 12;
    let cut = &body[..content + 300 + CANARY.len()];
    assert_eq!(world.forms_in(cut), [BODY], "the end is cut");
    assert_eq!(world.forms_in(&cut[..cut.len() - 1]), [""; 0], "the text itself is cut");
    let mut overwritten = body.clone();
    let other = world.profile(&vault, ada, 10);
    overwritten[content + 20..][..other.len()].copy_from_slice(&other);
    let mut found = world.forms_in(&overwritten);
    found.sort();
    assert_eq!(found, [BODY, RECORD], "another box lies over the middle of the first");
    let mut torn = entry;
    torn[entry.len() - 16..].fill(0);
    world.plant("entries", &torn);
    assert_eq!(world.forms_in(&body), [BODY], "the entry has lost its tag");
}

#[test]
fn a_key_that_lags_in_one_copy_counts_and_so_does_an_unfinished_copy() {
    for stale in ["keys.a", "keys.b", "keys.b.draft"] {
        let world = World::new();
        let vault = world.vault();
        let ada = world.account(&vault);
        let sealed = world.profile(&vault, ada, 0);
        let before = std::fs::read(world.keys().join("keys.b")).unwrap();
        vault.destroy_account(ada).unwrap();
        assert_eq!(world.forms_in(&sealed), [""; 0]);
        std::fs::write(world.keys().join(stale), before).unwrap();
        assert_eq!(world.forms_in(&sealed), [RECORD], "{stale}");
    }
}

/// SECR-REST: without the keys, or with another master key, what is sealed is noise.
#[test]
fn nothing_is_found_without_the_keys() {
    let world = World::new();
    let vault = world.vault();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let (body, entry) = world.message(&vault, ada, ben, 0);
    world.plant("data", &[body, entry.to_vec(), world.profile(&vault, ada, 0)].concat());
    assert_eq!(world.scan().len(), 2);
    assert_eq!(world.scan_with(RemainingKeys::default()), []);
    let other = RemainingKeys::read(&OsDisk, &[&world.keys()], &MasterKey::from_bytes([8; 32])).unwrap();
    assert_eq!((other.count(), world.scan_with(other)), (0, vec![]));
}

#[test]
fn a_search_changes_no_file() {
    let world = World::new();
    let vault = world.vault();
    world.plant("record", &world.profile(&vault, world.account(&vault), 0));
    let before = (folder_bytes(&world.data()), folder_bytes(&world.keys()));
    assert_eq!(world.scan().len(), 1);
    assert_eq!((folder_bytes(&world.data()), folder_bytes(&world.keys())), before);
}
