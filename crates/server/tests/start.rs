//! What the release binary starts with: either database, and a master key from a file or from the environment.

use std::path::Path;

use bench::{Server, Trouble};
use wire::ServerFrame;

const BINARY: &str = env!("CARGO_BIN_EXE_billet");

#[tokio::test(flavor = "multi_thread")]
async fn two_people_talk_on_either_database_and_are_known_after_a_restart() {
    storage::testing::on_both_engines(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let start = Server::on(Path::new(BINARY), &folder.path().join("data")).variable("BILLET_DATABASE", db.url());
        let server = start.start().unwrap();
        let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
        server.stop().unwrap();
        let server = start.start().unwrap();
        let mut socket = ada.connect(&server.url).await.unwrap();
        socket.send_text("1", bob.account, "hi").await.unwrap();
        assert!(matches!(socket.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
        let waiting = bob.connect(&server.url).await.unwrap().synchronise(0).await.unwrap();
        assert!(waiting.iter().any(|frame| matches!(frame, ServerFrame::Envelope { .. })));
        server.stop().unwrap();
    })
    .await;
}

#[test]
fn the_master_key_may_come_from_the_environment_and_another_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let with = |digit: &str| Server::on(Path::new(BINARY), &data).variable("BILLET_MASTER_KEY", &digit.repeat(64));
    with("7").start().unwrap().stop().unwrap();
    assert!(!folder.path().join("data.master-key").exists(), "a key from the environment is written nowhere");
    with("7").start().unwrap().stop().unwrap();
    let Err(Trouble::Process(refusal)) = with("8").start() else { panic!("another master key was taken") };
    assert!(refusal.contains("another master key"), "{refusal}");
    let Err(Trouble::Process(refusal)) = with("not hex").start() else { panic!("a text that is no key was taken") };
    assert!(refusal.contains("master key"), "{refusal}");
}
