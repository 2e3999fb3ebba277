//! A clock that is wrong by 300 days, believed, and taken back.

use std::fs;
use std::time::Duration;

use bench::{Person, Server, load};
use serde_json::Value;

use crate::support::{Home, contacts, they_talk};

/// Debian's libfaketime, where its package puts it.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
/// A jump is believed after 30 s; a sweep and some patience come on top.
const BELIEVED_WITHIN: Duration = Duration::from_secs(75);

/// A server whose wall clock is moved by what stands in a file; its other clocks stay right.
fn start(home: &Home) -> Server {
    assert!(fs::exists(LIBRARY).unwrap(), "install the Debian package libfaketime (`cargo xtask test` does)");
    let start = home.server().variable("LD_PRELOAD", LIBRARY).variable("FAKETIME_TIMESTAMP_FILE", &home.text("clock"));
    let start = start.variable("FAKETIME_NO_CACHE", "1").variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    start.variable("DONT_FAKE_MONOTONIC", "1").start().unwrap()
}

fn set_clock(home: &Home, shift: &str) {
    fs::write(home.at("clock.new"), format!("{shift}\n")).unwrap();
    fs::rename(home.at("clock.new"), home.at("clock")).unwrap();
}

async fn is_signed_in(url: &str, person: &Person) -> bool {
    match person.get(url, "/v1/me").await {
        Ok(_) => true,
        Err(bench::Trouble::Answer(said)) if said.contains("not_signed_in") => false,
        Err(other) => panic!("{other}"),
    }
}

/// Waits until the jump is believed: sessions that nobody used for 300 days have ended.
async fn wait_until_signed_out(url: &str, person: &Person) {
    for _ in 0..BELIEVED_WITHIN.as_secs() {
        match person.get(url, "/v1/me").await {
            Err(bench::Trouble::Answer(said)) if said.contains("not_signed_in") => return,
            // `clock_check` until the second look.
            _ => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
    panic!("the jump was not believed in {} s", BELIEVED_WITHIN.as_secs());
}

fn clock_finding(home: &Home) -> Value {
    let ended = home.run("doctor", &["--demo", "--json"]);
    let all: Value = serde_json::from_str(&ended.out).unwrap();
    all["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "clock").unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_jump_that_was_believed_is_taken_back_and_accounts_and_contacts_are_there() {
    let home = Home::new();
    set_clock(&home, "+0");
    let server = start(&home);
    let (ada, bob) = load::pairs(&server.url, 1).await.unwrap().remove(0);
    set_clock(&home, "+300d");
    wait_until_signed_out(&server.url, &ada).await;
    server.stop().unwrap();

    // Somebody signs in and writes in the wrong time.
    let server = start(&home);
    let ada_then = Person::register(&server.url, &ada.phone, "Ada").await.unwrap();
    let bob_then = Person::register(&server.url, &bob.phone, "Bob").await.unwrap();
    let mut socket = ada_then.connect(&server.url).await.unwrap();
    socket.send_text("then", bob.account, "then").await.unwrap();
    socket.next_but_notices().await.unwrap();
    server.stop().unwrap();

    // The clock is right again; the time of the keys is not.
    set_clock(&home, "+0");
    let server = start(&home);
    assert!(is_signed_in(&server.url, &ada_then).await && !is_signed_in(&server.url, &ada).await);
    home.run("clock reset", &["--yes"]).refused("in use by another process");
    server.stop().unwrap();
    let finding = clock_finding(&home);
    assert_eq!(finding["level"], "wrong");
    assert!(finding["do"].as_str().unwrap().contains("billet clock reset"), "{finding}");

    let plan = home.run("clock reset", &[]);
    assert_eq!(plan.code, 1);
    // The last step of the keys is up to 15 s ago; sessions of before the jump may be swept already or not.
    assert!(["299 d 23 h ahead", "300 d 0 h ahead"].iter().any(|ahead| plan.out.contains(ahead)), "{plan:?}");
    for said in ["sessions (everybody signs in anew)", "log-ins", "Accounts, profiles, contacts", "Nothing was changed"]
    {
        assert!(plan.out.contains(said), "{said}: {plan:?}");
    }
    assert_eq!(clock_finding(&home)["level"], "wrong", "nothing was changed indeed");
    home.run("clock reset", &["--yes"]).succeeded("Done.");
    assert_eq!(clock_finding(&home)["level"], "ok");
    home.run("clock reset", &["--yes"]).refused("nothing is to be reset");

    let server = start(&home);
    for gone in [&ada, &ada_then, &bob_then] {
        assert!(!is_signed_in(&server.url, gone).await, "everybody signs in anew");
    }
    let ada_now = Person::register(&server.url, &ada.phone, "Ada").await.unwrap();
    let bob_now = Person::register(&server.url, &bob.phone, "Bob").await.unwrap();
    assert_eq!((ada_now.account, bob_now.account), (ada.account, bob.account), "the same accounts");
    assert!(contacts(&server.url, &ada_now).await.contains(&bob.account.to_string()), "and contacts");
    let logins = ada_now.get(&server.url, "/v1/logins").await.unwrap();
    assert_eq!(logins["logins"].as_array().unwrap().len(), 1, "only the log-in of now: {logins}");
    they_talk(&server.url, &ada_now, &bob_now, "hello again").await;
    server.stop().unwrap();
    let server = start(&home);
    they_talk(&server.url, &bob_now, &ada_now, "and after a restart").await;
    server.stop().unwrap();
}

/// Over 400 days are not believed by themselves, and the way out is named.
#[test]
fn a_clock_over_400_days_ahead_is_believed_when_it_is_said() {
    let home = Home::new();
    home.server().start().unwrap().stop().unwrap();
    set_clock(&home, "+500d");
    let fake = home.server().variable("LD_PRELOAD", LIBRARY).variable("FAKETIME_TIMESTAMP_FILE", &home.text("clock"));
    let fake = fake.variable("FAKETIME_DONT_FAKE_MONOTONIC", "1").variable("DONT_FAKE_MONOTONIC", "1");
    let said = crate::support::refusal(&fake);
    assert!(said.contains("days ahead of the keys") && said.contains("--believe-clock"), "{said}");
    fake.clone().argument("--believe-clock").start().unwrap().stop().unwrap();
    fake.start().unwrap().stop().unwrap();
}
