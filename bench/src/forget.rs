//! The story that this house is about, played on a real server: a message that somebody could find, and three days later
//! nobody can. For whoever sees it for the first time, so every step says what it does and what it shows.

use std::path::Path;

use kernel::{HOUR_MS, MINUTE_MS};
use wire::{ReceiptState, ServerFrame};

use crate::{Host, Person, Scan, Trouble};

/// How long a message waits (row `chat_message` of the policy).
const WAITS_MS: i64 = 72 * HOUR_MS;
/// Nobody else would write this.
const WORD: &str = "otter-by-the-bridge";
/// Places shown of those that a look finds.
const PLACES_MAX: usize = 3;

/// Plays it with the server `binary`; each line goes to `say`.
pub async fn play(binary: &Path, say: &dyn Fn(&str)) -> Result<(), Trouble> {
    say(
        "Billet forgets on time. Here is how that looks, with a real server over an empty folder; it takes half a minute.",
    );
    say("");
    let mut host = Host::new(binary, None)?;
    say("1. Two people");
    say(&format!("   A server runs at {}. It keeps its data in {}", host.url(), host.data().display()));
    say(&format!("   and, apart from them, its keys in {}-keys.", host.data().display()));
    let ada = Person::register(host.url(), "+12025550101", "Ada").await?;
    let bob = Person::register(host.url(), "+12025550102", "Bob").await?;
    ada.befriend(host.url(), &bob).await?;
    say("   Ada and Bob have registered and are contacts. Bob's phone is off.");
    say("");

    say("2. A message");
    let mut socket = ada.connect(host.url()).await?;
    socket.send_text("1", bob.account, &format!("Meet me at the {WORD}.")).await?;
    let sent_at = loop {
        match socket.next().await? {
            ServerFrame::Sent { at, .. } => break at,
            ServerFrame::Error { code, detail, .. } => return Err(Trouble::Answer(format!("{code}: {detail}"))),
            _ => {}
        }
    };
    say(&format!("   Ada writes: \"Meet me at the {WORD}.\" The server has it on disk and waits for Bob."));
    say("   We stop the server and look for the word in every byte of data and keys, trying every key there is:");
    host.stop()?;
    if look(&host, &host.data(), say)?.is_clean() {
        return Err(Trouble::Answer("the message was not found while it waited".into()));
    }
    say(
        "   So whoever runs the server could read what is on its way. That is the truth about any server; the question is",
    );
    say("   for how long. We put a copy of the data aside, as a backup does.");
    let copy = host.copy_data("backup")?;
    say("");

    say("3. Three days later");
    host.start()?;
    host.live_to(sent_at + WAITS_MS + MINUTE_MS).await?;
    say("   The server runs on, and we let its clock run through 72 hours and a minute. Bob's phone stayed off.");
    assert_told(&host, &ada, &bob, say).await?;
    let audit = host.operator(&["audit"])?;
    host.kill()?;
    say("   We pull the plug and look again:");
    let now = look(&host, &host.data(), say)?;
    say(
        "   And in the copy from before, byte for byte what it was when the word was found, with the keys that are left:",
    );
    let before = look(&host, &copy, say)?;
    if !(now.is_clean() && before.is_clean()) {
        return Err(Trouble::Answer("the message outlived its time; this is a bug, please tell us".into()));
    }
    say(
        "   Nobody searched for the message to delete it. It was sealed under a key that ends 72 hours after it was sent,",
    );
    say("   and that key has been overwritten. No copy can be opened any more: not by us, not by anybody.");
    say("");

    say("4. Anyone can look");
    say("   `billet audit` tells an operator what is held of each row of the policy, and how late keys died (lag):");
    say("");
    audit.lines().for_each(|line| say(&format!("   {line}")));
    say("");
    say(
        "   The story in detail: docs/flows/forgetting-a-message.md. What may be kept and for how long: policy/policy.toml.",
    );
    Ok(())
}

/// Looks for the word, says where it is, and gives what was found.
fn look(host: &Host, data: &Path, say: &dyn Fn(&str)) -> Result<Scan, Trouble> {
    say("");
    say(&format!("     $ billet scan {WORD} --data {}", data.display()));
    let (scan, summary) = host.look_through(data, WORD)?;
    if let Scan::Found(places) = &scan {
        let places: Vec<&str> = places.lines().collect();
        places.iter().take(PLACES_MAX).for_each(|place| say(&format!("     {place}")));
        if places.len() > PLACES_MAX {
            say(&format!("     and {} more", places.len() - PLACES_MAX));
        }
    }
    summary.lines().for_each(|line| say(&format!("     {line}")));
    say("");
    Ok(scan)
}

/// Both hear of it: the sender that it expired, the recipient that something was missed.
async fn assert_told(host: &Host, ada: &Person, bob: &Person, say: &dyn Fn(&str)) -> Result<(), Trouble> {
    let adas = ada.connect(host.url()).await?.catch_up(0).await?;
    let expired = |frame: &ServerFrame| matches!(frame, ServerFrame::Receipt { state: ReceiptState::Expired, .. });
    let bobs = bob.connect(host.url()).await?.catch_up(0).await?;
    if !adas.frames.iter().any(expired) || bobs.missed != 1 || !bobs.texts().is_empty() {
        return Err(Trouble::Answer(format!("they were not told: {adas:?}, {bobs:?}")));
    }
    say(
        "   Ada is told that her message expired. Bob, who turns his phone on now, is told that he missed one message.",
    );
    Ok(())
}
