//! `/metrics` of the release binary: its format, that its values move, and what is not in it.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use bench::Server;
use wire::ServerFrame;

/// What one fetch says: the kind of each family, and each sample by its name with labels.
struct Page {
    kinds: BTreeMap<String, String>,
    samples: BTreeMap<String, f64>,
    text: String,
}

impl Page {
    /// Reads the text format, version 0.0.4, and refuses what is not of it.
    fn parse(text: String) -> Self {
        let mut page = Self { kinds: BTreeMap::new(), samples: BTreeMap::new(), text: String::new() };
        assert!(text.ends_with('\n'));
        for line in text.lines() {
            if let Some(comment) = line.strip_prefix("# ") {
                let (kind, rest) = comment.split_once(' ').unwrap();
                let (name, value) = rest.split_once(' ').unwrap();
                assert!(is_name(name), "{line}");
                match kind {
                    "HELP" => assert!(!value.is_empty(), "{line}"),
                    "TYPE" => {
                        assert!(["counter", "gauge", "histogram"].contains(&value), "{line}");
                        assert_eq!(page.kinds.insert(name.into(), value.into()), None, "told twice: {line}");
                    }
                    _ => panic!("{line}"),
                }
                continue;
            }
            let (name, value) = line.rsplit_once(' ').unwrap();
            let bare = name.split_once('{').map_or(name, |(bare, labels)| {
                let labels = labels.strip_suffix('}').unwrap();
                let (label, quoted) = labels.split_once('=').unwrap();
                assert!(is_name(label) && quoted.starts_with('"') && quoted.ends_with('"'), "{line}");
                bare
            });
            let families = ["", "_bucket", "_sum", "_count"].map(|end| bare.strip_suffix(end).unwrap_or(bare));
            assert!(families.iter().any(|family| page.kinds.contains_key(*family)), "without a type: {line}");
            assert_eq!(page.samples.insert(name.into(), value.parse().unwrap()), None, "told twice: {line}");
        }
        for (name, kind) in &page.kinds {
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} {kind}");
        }
        page.text = text;
        page
    }

    #[track_caller]
    fn value(&self, name: &str) -> f64 {
        self.samples[name]
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

async fn fetch(address: &str) -> Page {
    let answer = reqwest::get(format!("http://{address}/metrics")).await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    Page::parse(answer.text().await.unwrap())
}

/// Metrics are made at most every ten seconds: waits for those of now.
async fn fetch_until(address: &str, right: impl Fn(&Page) -> bool) -> Page {
    for _ in 0..60 {
        let page = fetch(address).await;
        if right(&page) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("the metrics did not change: {}", fetch(address).await.text);
}

/// LOGD-NOCONTENT: no content, number, name or id of anybody is among the metrics.
#[tokio::test(flavor = "multi_thread")]
async fn metrics_move_with_a_message_and_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let start = Server::on(Path::new(env!("CARGO_BIN_EXE_billet")), &folder.path().join("data"));
    let server = start.argument("--metrics").argument(&free).start().unwrap();
    let before = fetch(&free).await;
    assert_eq!(before.value("billet_row_held{row=\"chat_message\"}"), 0.0);
    assert_eq!(before.value("billet_clean"), 1.0);
    let elsewhere = reqwest::get(format!("{}/metrics", server.url)).await.unwrap().text().await.unwrap();
    assert!(!elsewhere.contains("billet_row_held"), "not on the address that everybody reaches");

    let (ada, bob) = bench::load::pairs(&server.url, 1).await.unwrap().remove(0);
    let mut socket = ada.connect(&server.url).await.unwrap();
    socket.send_text("canary-id", bob.account, "canary-content").await.unwrap();
    assert!(matches!(socket.next_but_notices().await.unwrap(), ServerFrame::Sent { .. }));
    let after = fetch_until(&free, |page| page.value("billet_row_held{row=\"chat_message\"}") > 0.0).await;
    assert_eq!(after.value("billet_sends_total"), 1.0);
    assert_eq!(after.value("billet_sockets"), 1.0);
    assert_eq!(after.value("billet_row_held{row=\"registration\"}"), 2.0);
    assert!(after.value("billet_row_next_end_timestamp_seconds{row=\"chat_message\"}") > 0.0);
    assert!(after.value("process_cpu_seconds_total") > 0.0 && after.value("process_resident_memory_bytes") > 0.0);
    for row in policy::all().iter().filter(|row| !row.planned) {
        assert_eq!(after.value(&format!("billet_row_overdue{{row=\"{}\"}}", row.id)), 0.0);
    }
    for name in ["billet_deletion_lag_seconds", "billet_lease_hold_seconds"] {
        assert_eq!(after.kinds[name], "histogram");
        let count = after.value(&format!("{name}_count"));
        assert_eq!(after.value(&format!("{name}_bucket{{le=\"+Inf\"}}")), count);
    }
    let (ada, bob) = (ada.account.to_string(), bob.account.to_string());
    for canary in ["canary", "+", ada.as_str(), bob.as_str()] {
        assert!(!after.text.replace("+Inf", "").contains(canary), "{canary}: {}", after.text);
    }
    server.stop().unwrap();
}
