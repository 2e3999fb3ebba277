//! `docs/promises.md`: every promise with the tests that show it, every decision with where it is settled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::register::{IN_PART, Place, Promise, REGISTER, Register, TO_COME, in_part, words};
use crate::tidy::tree::Tree;
use crate::trouble::Trouble;

/// Where it lies.
pub(crate) const PATH: &str = "docs/promises.md";
/// Places named for one decision; more would say less.
const PLACES_MAX: usize = 4;
const TIERS: [(i64, &str); 3] =
    [(1, "retention, security, hard conditions"), (2, "features and rights"), (3, "disclosures and notices")];
const TEXT: &str = "writing to a String cannot fail";

/// Its text.
pub(crate) fn text(tree: &Tree) -> Result<String, Trouble> {
    let register = Register::read(tree)?;
    let shown = register.shown(tree);
    let in_part = in_part(tree)
        .ok_or_else(|| Trouble::new(format!("{IN_PART} is not right"), "a line is `ID = \"what is missing\"`"))?;
    let mut out = format!(
        "# Promises\n\nMade by `cargo xtask codegen` from `{REGISTER}` and from the tests; nobody edits it. A test shows a \
         promise\nwhen the promise's id stands in the comment above the test. What is still to come stands in\n`{TO_COME}` \
         too, a list that may only get shorter; what is missing of those that are shown in part stands in\n`{IN_PART}`.\n\n"
    );
    totals(&mut out, &register, &shown, &in_part);
    for area in &register.areas {
        write!(out, "\n## {}\n\n| promise | what | shown by |\n| --- | --- | --- |\n", area.title).expect(TEXT);
        for promise in register.promises.iter().filter(|promise| promise.area == area.id) {
            line(&mut out, promise, shown.get(promise.id.as_str()), in_part.get(&promise.id));
        }
    }
    decisions(&mut out, &register, tree);
    Ok(out)
}

/// The list of those to come, without those that are shown by now.
pub(crate) fn to_come(tree: &Tree) -> Result<String, Trouble> {
    let register = Register::read(tree)?;
    let shown = register.shown(tree);
    let mut out = "# Promises that no test shows yet. `cargo xtask codegen` takes out what is shown; none may enter.\n"
        .to_owned();
    let before = tree.get(TO_COME).map(|file| crate::register::to_come(&file.text));
    for promise in register.promises.iter().filter(|promise| !shown.contains_key(promise.id.as_str())) {
        if before.as_ref().is_none_or(|listed| listed.contains(promise.id.as_str())) {
            out.push_str(&promise.id);
            out.push('\n');
        }
    }
    Ok(out)
}

fn totals(
    out: &mut String,
    register: &Register,
    shown: &BTreeMap<&str, BTreeSet<Place>>,
    in_part: &BTreeMap<String, String>,
) {
    out.push_str(
        "| tier | | promises | shown | in part | still to come |\n| --- | --- | ---: | ---: | ---: | ---: |\n",
    );
    let mut row = |tier: &str, what: &str, wanted: &dyn Fn(&&Promise) -> bool| {
        let all = register.promises.iter().filter(wanted).count();
        let named: Vec<_> =
            register.promises.iter().filter(wanted).filter(|p| shown.contains_key(p.id.as_str())).collect();
        let part = named.iter().filter(|promise| in_part.contains_key(&promise.id)).count();
        let (whole, rest) = (named.len() - part, all - named.len());
        writeln!(out, "| {tier} | {what} | {all} | {whole} | {part} | {rest} |").expect(TEXT);
    };
    for (tier, what) in TIERS {
        row(&tier.to_string(), what, &|promise| promise.tier == tier);
    }
    row("all", "", &|_| true);
}

fn line(out: &mut String, promise: &Promise, tests: Option<&BTreeSet<Place>>, missing: Option<&String>) {
    let mut by = match tests {
        None => "still to come".to_owned(),
        Some(tests) => {
            let named = tests.iter().map(|place| format!("`{}`: {}", place.path, escape(&place.test)));
            named.collect::<Vec<_>>().join("<br>")
        }
    };
    if let Some(missing) = missing {
        write!(by, "<br>In part: {}.", escape(missing)).expect(TEXT);
    }
    writeln!(out, "| {} | {} | {by} |", promise.id, escape(&promise.says)).expect(TEXT);
}

fn decisions(out: &mut String, register: &Register, tree: &Tree) {
    out.push_str("\n## Decisions\n\nWhere the privacy policy contradicts itself or is silent.\n\n");
    out.push_str("| decision | what was decided | where it is settled |\n| --- | --- | --- |\n");
    let settled = settled(tree);
    for decision in &register.decisions {
        let places = settled.get(decision.id.as_str());
        let mut named: Vec<String> =
            places.into_iter().flatten().take(PLACES_MAX).map(|path| format!("`{path}`")).collect();
        let more = places.map_or(0, |places| places.len().saturating_sub(PLACES_MAX));
        if more > 0 {
            named.push(format!("and {more} more"));
        }
        let where_ = if named.is_empty() { "still to come".to_owned() } else { named.join("<br>") };
        writeln!(out, "| {} | {} | {where_} |", decision.id, escape(&decision.decide)).expect(TEXT);
    }
}

/// Files that name a decision: the rows first, then the code that ships, then everything else.
fn settled(tree: &Tree) -> BTreeMap<&str, Vec<&str>> {
    let weight = |path: &str| match path {
        "policy/policy.toml" => 0,
        path if path.starts_with("crates/") && path.contains("/src/") => 1,
        _ => 2,
    };
    let mut files: Vec<_> = tree.files.iter().filter(|file| counts(&file.path)).collect();
    files.sort_by_key(|file| (weight(&file.path), file.path.as_str()));
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files {
        for id in words(&file.text).filter(|word| word.starts_with("D-")).collect::<BTreeSet<_>>() {
            found.entry(id).or_default().push(&file.path);
        }
    }
    found
}

/// Not the register itself, not what is made from it.
fn counts(path: &str) -> bool {
    let made = [REGISTER, PATH, "docs/PRIVACY.md"];
    !made.contains(&path) && !path.starts_with("xtask/") && !path.starts_with("web/src/api/")
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(list: &str) -> Tree {
        let register = "[[area]]\nid = \"chat\"\ntitle = \"Chat\"\n[[promise]]\nid = \"CHAT-3H\"\narea = \"chat\"\ntier = 1\n\
                        says = \"Gone.\"\n[[promise]]\nid = \"CHAT-72H\"\narea = \"chat\"\ntier = 1\nsays = \"Too.\"\n\
                        [[decision]]\nid = \"D-03\"\ndecide = \"Upper bounds.\"\n";
        let test = "/// CHAT-3H, D-03\n#[test]\nfn it_goes() {}\n";
        Tree::of(&[
            (REGISTER, register),
            ("crates/a/src/b.rs", test),
            (TO_COME, list),
            (IN_PART, "CHAT-3H = \"groups\"\n"),
        ])
    }

    #[test]
    fn the_document_has_totals_tests_and_what_is_to_come() {
        let text = text(&tree("CHAT-72H\n")).expect("made");
        for line in [
            "| 1 | retention, security, hard conditions | 2 | 0 | 1 | 1 |",
            "| CHAT-3H | Gone. | `crates/a/src/b.rs`: it goes<br>In part: groups. |",
            "| CHAT-72H | Too. | still to come |",
            "| D-03 | Upper bounds. | `crates/a/src/b.rs` |",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    #[test]
    fn the_list_only_gets_shorter() {
        let lines =
            |list: &str| to_come(&tree(list)).expect("made").lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines("CHAT-3H\nCHAT-72H\n"), ["CHAT-72H"]);
        assert_eq!(lines(""), [""; 0], "what was shown before does not come back");
    }
}
