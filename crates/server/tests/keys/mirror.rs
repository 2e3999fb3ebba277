//! The first disk is lost, and nothing with it.

use std::fs;

use bench::load;

use crate::support::{Home, refusal, they_talk};

#[tokio::test(flavor = "multi_thread")]
async fn the_mirror_stands_in_for_a_lost_disk() {
    let home = Home::new();
    let mirror = home.text("second/keys");
    let with_mirror = home.server().argument("--keys-mirror").argument(&mirror);
    let server = with_mirror.start().unwrap();
    let (ada, bob) = load::pairs(&server.url, 1).await.unwrap().remove(0);
    server.stop().unwrap();
    for name in ["keys.a", "keys.b"] {
        let [keys, mirror] = ["data-keys", "second/keys"].map(|folder| fs::read(home.at(folder).join(name)).unwrap());
        assert!(keys == mirror, "{name} is the same byte by byte");
    }
    fs::remove_dir_all(home.at("data-keys")).unwrap();
    let said = refusal(&with_mirror);
    assert!(
        said.contains("there are no keys in") && said.contains(&format!("--keys {mirror} --keys-mirror")),
        "{said}"
    );
    let swapped = home.server().argument("--keys").argument(&mirror);
    let swapped = swapped.argument("--keys-mirror").argument(&home.text("third/keys"));
    let server = swapped.start().unwrap();
    they_talk(&server.url, &ada, &bob, "nothing was lost").await;
    server.stop().unwrap();
    assert!(home.at("third/keys/keys.b").exists(), "a new mirror is made");
}

#[test]
fn a_mirror_inside_data_or_keys_is_refused() {
    let home = Home::new();
    for wrong in ["data/mirror", "data-keys", "data-keys/mirror"] {
        let said = refusal(&home.server().argument("--keys-mirror").argument(&home.text(wrong)));
        assert!(said.contains("--keys-mirror") && said.contains("another disk"), "{wrong}: {said}");
    }
}

#[test]
fn the_master_key_may_come_from_a_command_and_from_one_place_only() {
    let home = Home::new();
    let key = home.at("key");
    fs::write(&key, "12".repeat(32)).unwrap();
    let command = |command: &str| home.server().argument("--master-key-command").argument(command);
    let right = command(&format!("cat {}", key.display()));
    right.start().unwrap().stop().unwrap();
    right.start().unwrap().stop().unwrap();
    assert!(!home.at("data.master-key").exists(), "a key from a command is written nowhere");
    let said = refusal(&command("echo the safe is locked >&2; exit 7"));
    assert!(said.contains("exit status: 7") && said.contains("the safe is locked"), "{said}");
    let said = refusal(&command("echo 34"));
    assert!(said.contains("64 hexadecimal digits"), "{said}");
    let said = refusal(&right.clone().argument("--master-key-file").argument(&home.text("key")));
    assert!(said.contains("more than one place"), "{said}");
    let said = refusal(&right.variable("BILLET_MASTER_KEY", &"12".repeat(32)));
    assert!(said.contains("more than one place"), "{said}");
}

/// `LOGD-NOCONTENT`: keys and content in memory do not reach a core dump.
#[test]
fn a_running_server_leaves_no_core_dump() {
    let home = Home::new();
    let server = home.server().start().unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let numbers: Vec<_> = core.split_whitespace().filter(|word| word.bytes().all(|b| b.is_ascii_digit())).collect();
    assert_eq!(numbers, ["0", "0"], "{core}");
    server.stop().unwrap();
}
