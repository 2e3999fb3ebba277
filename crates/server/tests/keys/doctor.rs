//! The doctor finds what is wrong, says what to do, and changes nothing.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::{Ended, Home};

/// The findings of `billet doctor --demo --json`, and how it ended.
fn doctor(home: &Home, arguments: &[&str]) -> (i32, Vec<Value>) {
    let free = format!("127.0.0.1:{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let mut all = vec!["--json", "--demo"];
    if !arguments.contains(&"--listen") {
        all.extend(["--listen", &free]);
    }
    all.extend(arguments);
    let Ended { code, out, err } = home.run("doctor", &all);
    let answer: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out} {err}"));
    (code, answer["findings"].as_array().unwrap().clone())
}

/// Some finding of this check has this level, and one of these words in what it says or advises.
#[track_caller]
fn finds(home: &Home, arguments: &[&str], check: &str, level: &str, word: &str) {
    let (code, findings) = doctor(home, arguments);
    let is_it =
        |finding: &&Value| finding["check"] == check && finding["level"] == level && finding.to_string().contains(word);
    assert!(findings.iter().any(|finding| is_it(&finding)), "{check} {level} {word}: {findings:#?}");
    assert_eq!(code, i32::from(findings.iter().any(|finding| finding["level"] == "wrong")), "{findings:#?}");
}

/// A home where a server ran once.
fn used() -> Home {
    let home = Home::new();
    home.server().start().unwrap().stop().unwrap();
    home
}

fn overwrite(home: &Home, file: &str, at: u64) {
    let mut file = fs::OpenOptions::new().write(true).open(home.at(file)).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&[0xEE; 16]).unwrap();
}

fn mode(home: &Home, name: &str, mode: u32) {
    fs::set_permissions(home.at(name), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_healthy_server_is_healthy_before_its_first_start_while_it_runs_and_after() {
    let home = Home::new();
    finds(&home, &[], "key copies", "look", "there are no keys yet");
    assert!(!home.at("data").exists() && !home.at("data-keys").exists(), "nothing is made");
    let server = home.server().start().unwrap();
    let listen = server.url.strip_prefix("http://").unwrap().to_owned();
    let running = ["--listen", listen.as_str()];
    finds(&home, &running, "port", "ok", "a Billet server answers");
    finds(&home, &running, "control socket", "ok", "audit");
    finds(&home, &["--listen", &listen, "--metrics", "127.0.0.1:0"], "metrics", "look", "gives none");
    finds(&home, &running, "key step", "ok", "s ago");
    finds(&home, &running, "key copies", "ok", "2 copies");
    finds(&home, &running, "master key", "ok", "opens the keys");
    finds(&home, &running, "database", "ok", "up to date");
    finds(&home, &running, "messages in flight", "ok", "begin as they should");
    server.stop().unwrap();
    let (code, findings) = doctor(&home, &[]);
    assert_eq!(code, 0, "{findings:#?}");
    finds(&home, &[], "port", "ok", "is free");
    finds(&home, &["--metrics", "127.0.0.1:0"], "metrics", "ok", "is free");
    finds(&home, &[], "mirror", "look", "--keys-mirror");
    let text = home.run("doctor", &["--demo"]).out;
    assert!(text.contains("ok     configuration:") && text.contains("       -> "), "{text}");
}

/// D-54
#[test]
fn settings_that_are_missing_are_all_named() {
    let home = used();
    let ended = home.run("doctor", &["--json"]);
    assert_eq!(ended.code, 1);
    for missing in ["--origin", "--operator", "--sms-url", "--sms-account", "--sms-token", "--sms-from"] {
        assert!(ended.out.contains(missing), "{missing}: {}", ended.out);
    }
    assert!(ended.out.contains("opens the keys"), "the rest is looked at all the same: {}", ended.out);
    finds(&home, &["--origin", "http://192.0.2.1"], "tls", "look", "https://");
    finds(&home, &["--keys-mirror", &home.text("data/m")], "configuration", "wrong", "another disk");
}

#[test]
fn what_is_wrong_with_keys_is_found() {
    let home = used();
    overwrite(&home, "data-keys/keys.b", 5 * 128 + 60);
    finds(&home, &[], "key copies", "wrong", "1 slots are not as in the first copy, 1 are not whole");
    overwrite(&home, "data-keys/keys.b", 0);
    finds(&home, &[], "key copies", "wrong", "does not begin as a key file");
    fs::remove_file(home.at("data-keys/keys.b")).unwrap();
    finds(&home, &[], "key copies", "wrong", "keys.b is missing");
    finds(&home, &["--keys-mirror", &home.text("mirror")], "key copies", "look", "the next start with --keys-mirror");
    finds(&home, &["--master-key-command", "echo 12"], "master key", "wrong", "64 hexadecimal digits");
    let other = format!("echo {}", "12".repeat(32));
    finds(&home, &["--master-key-command", &other], "master key", "wrong", "another master key");
    finds(&home, &["--master-key-file", &home.text("none")], "master key", "wrong", "there is no master key");
}

#[test]
fn what_others_may_read_is_found() {
    let home = used();
    mode(&home, "data-keys", 0o755);
    finds(&home, &[], "permissions", "wrong", "chmod 700");
    mode(&home, "data.master-key", 0o640);
    finds(&home, &[], "master key file", "wrong", "chmod 600");
    mode(&home, "data.master-key", 0o600);
    fs::copy(home.at("data.master-key"), home.at("data/master")).unwrap();
    finds(&home, &["--master-key-file", &home.text("data/master")], "master key file", "wrong", "has the key to it");
    fs::copy(home.at("data.master-key"), home.at("data.master-key.new")).unwrap();
    finds(&home, &[], "master key file", "wrong", "billet keys rotate");
}

#[test]
fn what_the_server_needs_and_does_not_find_is_found() {
    let home = used();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    std::thread::spawn(move || taken.incoming().for_each(drop));
    finds(&home, &["--metrics", &listen], "metrics", "wrong", "--metrics");
    finds(&home, &["--listen", &listen], "port", "wrong", "no Billet server");
    let texts = ["--sms-url", "http://127.0.0.1:1", "--sms-account", "a", "--sms-token", "t", "--sms-from", "+1"];
    finds(&home, &texts, "texts", "wrong", "does not answer");
    finds(&home, &["--database", "postgres://127.0.0.1:1/x"], "database", "wrong", "check that it runs");
    fs::create_dir_all(home.at("data/lease-log/bodies")).unwrap();
    fs::write(home.at("data/lease-log/bodies/500000-00001.seg"), "something else").unwrap();
    finds(&home, &[], "messages in flight", "wrong", "restore the data folder");
}
