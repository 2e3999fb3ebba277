//! The text itself, in every way of writing.

use rights::scan::{Scan, TextError};
use std::sync::Arc;
use vault::OsDisk;
use vault::remains::RemainingKeys;

use crate::support::*;

#[test]
fn a_text_is_found_in_every_form_wherever_it_lies() {
    let world = World::new();
    world.check(CANARY.as_bytes(), 0, "raw");
    let units: Vec<u16> = CANARY.encode_utf16().collect();
    world.check(&units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>(), 0, "utf-16le");
    world.check(&units.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<_>>(), 0, "utf-16be");
    world.check(b"4b616e617269656e766f67656c2037cea9", 0, "hex");
    world.check(b"4B616E617269656E766F67656C2037CEA9", 0, "hex");
    world.check(b"Kanarienvogel%207%CE%A9", 0, "percent");
    world.check(b"Kanarienvogel+7%ce%a9", 0, "percent");
    world.check(b"%4B%61%6E%61%72%69%65%6E%76%6F%67%65%6C%20%37%CE%A9", 0, "percent");
    world.check(br"Kanarienvogel 7\u03a9", 0, "json");
    world.check(br"Kanarienvogel 7\u03A9", 0, "json");
    // base64 of the text behind nothing, "x" and "xy"; what is told is where the part begins that depends on the text alone.
    world.check(b"S2FuYXJpZW52b2dlbCA3zqk=", 0, "base64");
    world.check(b"eEthbmFyaWVudm9nZWwgN86p", 2, "base64");
    world.check(b"eHlLYW5hcmllbnZvZ2VsIDfOqQ==", 3, "base64");
}

#[test]
fn noise_and_the_text_in_other_letters_are_not_found() {
    let world = World::new();
    assert_eq!(world.forms_in(&world.noise(3 << 20)), [""; 0]);
    assert_eq!(world.forms_in(CANARY.to_lowercase().as_bytes()), [""; 0]);
    assert_eq!(world.forms_in(&CANARY.as_bytes()[1..]), [""; 0]);
    assert_eq!(world.forms_in(b""), [""; 0]);
}

#[test]
fn texts_that_chance_would_find_are_refused() {
    let look = |text: &str| Scan::new(Arc::new(OsDisk), text, RemainingKeys::default()).err();
    assert_eq!(look("abc"), Some(TextError::Short(3)));
    assert_eq!(look(&"a".repeat(1_025)), Some(TextError::Long(1_025)));
    assert_eq!(look("abcd"), None);
}
