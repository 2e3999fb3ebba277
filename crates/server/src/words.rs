//! What the server says of itself, in its log and when it breaks: ids, never what people wrote (LOGD-NOCONTENT).
//!
//! - Our own rooms log ids alone. What the libraries below write when they are asked for everything may be frames, header
//!   fields or addresses: they are heard down to `info` and no further, whatever the filter says.
//! - The words of a panic may quote what was in hand: only its place is told.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

/// Our rooms, as they stand in the target of an event; `billet` is the binary.
const ROOMS: [&str; 13] = [
    "billet",
    "bus",
    "chats",
    "disclosure",
    "kernel",
    "people",
    "policy",
    "providers",
    "rights",
    "server",
    "storage",
    "vault",
    "wire",
];

/// Begins to log on standard error what `filter` lets through.
pub(crate) fn begin(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| "info".into());
    let filter = filter.and(filter_fn(may_be_heard));
    let coloured = std::io::stderr().is_terminal();
    registry().with(fmt::layer().with_ansi(coloured).with_writer(std::io::stderr).with_filter(filter)).init();
}

/// Whether an event may be logged at all.
fn may_be_heard(event: &Metadata<'_>) -> bool {
    let room = event.target().split("::").next().unwrap_or_default();
    *event.level() <= Level::INFO || ROOMS.contains(&room)
}

/// From here on a panic says where it happened, and not what it was about.
pub(crate) fn tell_no_panic() {
    std::panic::set_hook(Box::new(|panic| say(&place_of(panic))));
}

fn place_of(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!("billet: a mistake of the program at {place}; what it was about is not written down")
}

#[expect(clippy::print_stderr, reason = "a panic may be the log's own")]
fn say(words: &str) {
    eprintln!("{words}");
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// LOGD-NOCONTENT: the words of a panic are not told, only its place.
    #[test]
    fn a_panic_tells_its_place_and_nothing_it_had_in_hand() {
        static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(|panic| {
            let payload = panic.payload().downcast_ref::<String>().cloned().unwrap_or_default();
            SAID.lock().unwrap().extend([payload, place_of(panic)]);
        }));
        let content = "canary-in-hand".to_owned();
        let caught = std::panic::catch_unwind(move || content.parse::<u32>().expect(&content));
        std::panic::set_hook(before);
        assert!(caught.is_err());
        let said = SAID.lock().unwrap();
        assert!(said[0].contains("canary-in-hand"), "the panic did have it in hand: {said:?}");
        assert!(said[1].contains("words.rs") && !said[1].contains("canary"), "{said:?}");
    }
}
