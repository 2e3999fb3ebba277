//! `billet keys rotate` on the release binary.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use bench::load;

use crate::support::{Home, refusal, they_talk};

/// `D-71`: a copy of the old master key is worth nothing afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_the_server_goes_on_and_the_old_master_key_opens_nothing() {
    let home = Home::new();
    let mirror = home.text("second/keys");
    let start = home.server().argument("--keys-mirror").argument(&mirror);
    let server = start.start().unwrap();
    let (ada, bob) = load::pairs(&server.url, 1).await.unwrap().remove(0);
    home.run("keys rotate", &["--keys-mirror", &mirror]).refused("in use by another process");
    assert!(!home.at("data.master-key.new").exists(), "nothing is made while a server runs");
    server.stop().unwrap();

    let old = fs::read_to_string(home.at("data.master-key")).unwrap();
    fs::write(home.at("stolen"), &old).unwrap();
    fs::set_permissions(home.at("stolen"), fs::Permissions::from_mode(0o600)).unwrap();
    home.run("keys rotate", &["--keys-mirror", &mirror]).succeeded("1024 slots in each of 4 copies");
    let new = fs::read_to_string(home.at("data.master-key")).unwrap();
    assert!(new != old && new.trim().len() == 64);
    for left in ["data.master-key.new", "data.master-key.old"] {
        assert!(!home.at(left).exists(), "{left}");
    }
    for folder in ["data-keys", "second/keys"] {
        let stolen = home.server().argument("--keys").argument(&home.text(folder));
        let said = refusal(&stolen.argument("--master-key-file").argument(&home.text("stolen")));
        assert!(said.contains("another master key"), "{said}");
    }
    let server = start.start().unwrap();
    they_talk(&server.url, &ada, &bob, "as if nothing had happened").await;
    server.stop().unwrap();
}

/// The program was ended between making the new key and the last of its work.
#[test]
fn a_rotation_cut_short_keeps_the_server_from_starting_until_it_is_finished() {
    let home = Home::new();
    home.server().start().unwrap().stop().unwrap();
    let rotated = Home::new();
    rotated.server().start().unwrap().stop().unwrap();
    fs::copy(rotated.at("data.master-key"), home.at("data.master-key.new")).unwrap();
    let said = refusal(&home.server());
    assert!(said.contains("cut short") && said.contains("billet keys rotate"), "{said}");
    home.run("keys rotate", &[]).succeeded("1024 slots in each of 2 copies");
    assert_eq!(
        fs::read(home.at("data.master-key")).unwrap(),
        fs::read(rotated.at("data.master-key")).unwrap(),
        "the key that was made before"
    );
    home.server().start().unwrap().stop().unwrap();
    // Ended just before the old file was destroyed.
    fs::copy(rotated.at("data.master-key"), home.at("data.master-key.old")).unwrap();
    home.run("keys rotate", &[]).succeeded("an earlier rotation is finished");
    assert!(!home.at("data.master-key.old").exists());
}

#[test]
fn the_new_master_key_may_lie_elsewhere() {
    let home = Home::new();
    home.run("keys rotate", &[]).refused("there are no keys");
    home.server().start().unwrap().stop().unwrap();
    let file = home.text("new-key");
    home.run("keys rotate", &["--new-master-key-file", &file]).succeeded("start with --master-key-file");
    assert!(refusal(&home.server()).contains("another master key"));
    home.server().argument("--master-key-file").argument(&file).start().unwrap().stop().unwrap();
    let back = format!("cat {}", home.text("data.master-key"));
    home.run("keys rotate", &["--master-key-file", &file, "--new-master-key-command", &back])
        .succeeded("start with --master-key-command");
    home.server().argument("--master-key-command").argument(&back).start().unwrap().stop().unwrap();
    home.run("keys rotate", &["--master-key-command", &back]).refused("say with --new-master-key-file");
    home.run("keys rotate", &["--master-key-file", &home.text("nowhere")]).refused("there is no master key at");
}
