//! A host, people on it, and the short words that the tests are written in.

use std::path::{Path, PathBuf};

use bench::{CaughtUp, Host, Person, Scan, Socket};
use kernel::{MessageId, Millis};
use wire::ServerFrame;

/// A message that the server has acknowledged.
pub(crate) struct Sent {
    pub(crate) message: MessageId,
    pub(crate) at: Millis,
}

/// A host whose clock shows the real time.
pub(crate) fn host() -> Host {
    host_at(None)
}

/// A host whose clock shows `at`.
pub(crate) fn host_at(at: Option<Millis>) -> Host {
    Host::new(Path::new(env!("CARGO_BIN_EXE_billet")), at).unwrap()
}

/// A number nobody has.
pub(crate) fn number(n: usize) -> String {
    format!("+120255501{n:02}")
}

/// People who are all contacts of the first of them, each with one device.
pub(crate) async fn people<const N: usize>(host: &Host) -> [Person; N] {
    let mut people = Vec::new();
    for n in 0..N {
        people.push(Person::register(host.url(), &number(n), "somebody").await.unwrap());
        if n > 0 {
            people[0].befriend(host.url(), &people[n]).await.unwrap();
        }
    }
    people.try_into().unwrap()
}

/// Another device of the same person.
pub(crate) async fn another_device(host: &Host, person: &Person) -> Person {
    let device = Person::register(host.url(), &person.phone, "somebody").await.unwrap();
    assert_eq!(device.account, person.account);
    device
}

/// Sends a text and waits until it is durable.
pub(crate) async fn send(host: &Host, from: &Person, id: &str, to: &Person, text: &str) -> Sent {
    try_send(host, from, id, to, text).await.unwrap()
}

/// The same; the code of the error when it was refused.
pub(crate) async fn try_send(host: &Host, from: &Person, id: &str, to: &Person, text: &str) -> Result<Sent, String> {
    let mut socket = from.connect(host.url()).await.unwrap();
    socket.send_text(id, to.account, text).await.unwrap();
    loop {
        match socket.next().await.unwrap() {
            ServerFrame::Sent { message, at, .. } => return Ok(Sent { message, at }),
            ServerFrame::Error { code, .. } => return Err(code),
            _ => {}
        }
    }
}

/// What a device gets that holds nothing yet. It stores nothing of it.
pub(crate) async fn fetch(host: &Host, device: &Person) -> CaughtUp {
    device.connect(host.url()).await.unwrap().catch_up(0).await.unwrap()
}

/// The same, stored and acknowledged.
pub(crate) async fn store(host: &Host, device: &Person) -> CaughtUp {
    let mut socket: Socket = device.connect(host.url()).await.unwrap();
    let caught_up = socket.catch_up(0).await.unwrap();
    socket.acknowledge(caught_up.seq).await.unwrap();
    caught_up
}

/// What was said of a message: its receipts.
pub(crate) fn receipts(caught_up: &CaughtUp, of: MessageId) -> Vec<wire::ReceiptState> {
    let state = |frame: &ServerFrame| match frame {
        ServerFrame::Receipt { message, state, .. } if *message == of => Some(*state),
        _ => None,
    };
    caught_up.frames.iter().filter_map(state).collect()
}

/// Stops the server, makes sure that a look finds each of `texts`, keeps a copy of the data, and starts again. What is
/// found here and not later was there to be found.
pub(crate) fn assert_found(host: &mut Host, texts: &[&str]) -> PathBuf {
    host.stop().unwrap();
    for text in texts {
        assert!(!host.scan(text).unwrap().is_clean(), "`{text}` is not found while it must be there");
    }
    copy_and_start(host)
}

/// The same for an id, which stands in clear beside the boxes: some sealed box that holds it opens.
pub(crate) fn assert_opens(host: &mut Host, id: &str) -> PathBuf {
    host.stop().unwrap();
    assert!(opens(host, &host.data(), id), "no box that holds {id} opens while one must");
    copy_and_start(host)
}

fn copy_and_start(host: &mut Host) -> PathBuf {
    let copies = std::fs::read_dir(host.folder()).unwrap().count();
    let copy = host.copy_data(&format!("copy-{copies}")).unwrap();
    host.start().unwrap();
    copy
}

/// Pulls the plug and makes sure that no sealed box that holds the id opens any more, there or in the older copy.
pub(crate) fn assert_opens_no_more(host: &mut Host, id: &str, copy: &Path) {
    host.kill().unwrap();
    assert!(!opens(host, &host.data(), id), "a box that holds {id} still opens");
    assert!(!opens(host, copy, id), "a box that holds {id} still opens in an older copy");
}

/// Pulls the plug and makes sure that nothing of `texts` is found, neither in the data nor in older copies of it, with
/// every key that is left. The server stays off.
pub(crate) fn assert_gone(host: &mut Host, texts: &[&str], copies: &[&Path]) {
    host.kill().unwrap();
    for text in texts {
        assert_eq!(host.scan(text).unwrap(), Scan::Clean, "`{text}` is still in the data");
        for copy in copies {
            assert_eq!(host.scan_in(copy, text).unwrap(), Scan::Clean, "`{text}` is still in an older copy");
        }
    }
}

fn opens(host: &Host, data: &Path, text: &str) -> bool {
    matches!(host.scan_in(data, text).unwrap(), Scan::Found(places) if places.contains("opened with"))
}

/// An instant given as a date, UTC.
pub(crate) fn date(year: i16, month: i8, day: i8) -> Millis {
    let days = jiff::civil::date(year, month, day).since(jiff::civil::date(1970, 1, 1)).unwrap().get_days();
    Millis(i64::from(days) * kernel::DAY_MS)
}
