//! Every promise is either shown by a test or on the list of those to come, and the list may only get shorter.

use super::{Finding, Tree};
use crate::register::{IN_PART, REGISTER, Register, TO_COME, in_part, to_come};

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let (Some(list), Some(promises)) = (tree.get(TO_COME), tree.get(REGISTER)) else { return Vec::new() };
    let Ok(register) = Register::read(tree) else { return Vec::new() };
    let (listed, shown) = (to_come(&list.text), register.shown(tree));
    let mut findings = Vec::new();
    for (number, line) in list.lines() {
        let id = line.trim();
        if shown.contains_key(id) {
            let what = format!("`{id}` is shown by a test");
            findings.push(Finding::new(list, number, what, "take it out: `cargo xtask codegen` does"));
        } else if listed.contains(id) && !register.promises.iter().any(|promise| promise.id == id) {
            findings.push(Finding::new(list, number, format!("`{id}` is no promise"), "take it out"));
        }
    }
    if let Some(file) = tree.get(IN_PART) {
        let parts = in_part(tree).unwrap_or_default();
        for (number, line) in file.lines() {
            let id = line.split(' ').next().unwrap_or_default();
            if parts.contains_key(id) && !shown.contains_key(id) {
                findings.push(Finding::new(
                    file,
                    number,
                    format!("no test shows `{id}`, not even in part"),
                    "take it out",
                ));
            }
        }
        if parts.is_empty() && !file.text.trim().is_empty() {
            findings.push(Finding::new(
                file,
                1,
                "this is no list of promises".to_owned(),
                "a line is `ID = \"what is missing\"`",
            ));
        }
    }
    for (number, line) in promises.lines() {
        let Some(id) = line.strip_prefix("id = \"").and_then(|rest| rest.split('"').next()) else { continue };
        let promise = register.promises.iter().any(|promise| promise.id == id);
        if promise && !shown.contains_key(id) && !listed.contains(id) {
            let what = format!("no test shows `{id}` any more");
            findings.push(Finding::new(
                promises,
                number,
                what,
                "name it above the test that does; the list may not grow",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_promise_is_shown_or_listed_and_never_both() {
        let register = (REGISTER, "[[promise]]\nid = \"CHAT-3H\"\n[[promise]]\nid = \"CHAT-72H\"\n");
        let test = ("crates/a/src/b.rs", "/// CHAT-3H\n#[test]\nfn f() {}\n");
        let found = |list: &'static str| places(find, &[register, test, (TO_COME, list)]);
        assert_eq!(found("CHAT-72H\n"), [""; 0]);
        assert_eq!(found("CHAT-3H\nCHAT-72H\n"), [format!("{TO_COME}:1")]);
        assert_eq!(found("CHAT-9Q\nCHAT-72H\n"), [format!("{TO_COME}:1")]);
        let part = |list: &'static str| places(find, &[register, test, (TO_COME, "CHAT-72H\n"), (IN_PART, list)]);
        assert_eq!(part("CHAT-3H = \"groups\"\n"), [""; 0]);
        assert_eq!(part("CHAT-72H = \"all\"\n"), [format!("{IN_PART}:1")]);
        assert_eq!(part("nonsense\n"), [format!("{IN_PART}:1")]);
        assert_eq!(found("# none\n"), [format!("{REGISTER}:4")]);
    }
}
