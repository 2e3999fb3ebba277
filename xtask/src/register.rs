//! The register of promises, and which test shows which of them.
//!
//! A test shows a promise when its id stands in the comment right above the test: doc comments of Rust, comments and titles
//! of TypeScript, the head of a file that must not compile. Nothing else counts.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::tidy::tree::{File, Tree};
use crate::trouble::Trouble;

/// Where the promises stand.
pub(crate) const REGISTER: &str = "policy/promises.toml";
/// The promises that no test shows yet: a list that may only get shorter.
pub(crate) const TO_COME: &str = "policy/promises-to-come.txt";

/// The promises that tests show in part, each with what is missing: a list that may only get shorter.
pub(crate) const IN_PART: &str = "policy/promises-in-part.toml";

/// `promises.toml`, in its order.
pub(crate) struct Register {
    pub(crate) areas: Vec<Area>,
    pub(crate) promises: Vec<Promise>,
    pub(crate) decisions: Vec<Decision>,
}

pub(crate) struct Area {
    pub(crate) id: String,
    pub(crate) title: String,
}

pub(crate) struct Promise {
    pub(crate) id: String,
    pub(crate) area: String,
    pub(crate) says: String,
    pub(crate) tier: i64,
}

pub(crate) struct Decision {
    pub(crate) id: String,
    pub(crate) decide: String,
}

/// A test.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) path: String,
    /// Its name or title.
    pub(crate) test: String,
}

impl Register {
    /// The register of a tree.
    pub(crate) fn read(tree: &Tree) -> Result<Self, Trouble> {
        let wrong = |what: String| Trouble::new(format!("{REGISTER}: {what}"), "restore the file");
        let file = tree.get(REGISTER).ok_or_else(|| wrong("is missing".to_owned()))?;
        let table: Table = file.text.parse().map_err(|error: toml::de::Error| wrong(error.message().to_owned()))?;
        let entries = |name: &str| table.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |entry: &Value, field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self {
            areas: entries("area").iter().map(|e| Area { id: text(e, "id"), title: text(e, "title") }).collect(),
            promises: entries("promise")
                .iter()
                .map(|e| Promise {
                    id: text(e, "id"),
                    area: text(e, "area"),
                    says: text(e, "says"),
                    tier: e.get("tier").and_then(Value::as_integer).unwrap_or_default(),
                })
                .collect(),
            decisions: entries("decision")
                .iter()
                .map(|e| Decision { id: text(e, "id"), decide: text(e, "decide") })
                .collect(),
        })
    }

    /// Each promise that is shown, with its tests.
    pub(crate) fn shown(&self, tree: &Tree) -> BTreeMap<&str, BTreeSet<Place>> {
        let ids: BTreeSet<&str> = self.promises.iter().map(|promise| promise.id.as_str()).collect();
        let mut shown: BTreeMap<&str, BTreeSet<Place>> = BTreeMap::new();
        for file in &tree.files {
            for (comment, test) in tests(file) {
                for id in words(&comment).filter_map(|word| ids.get(word)) {
                    shown.entry(id).or_default().insert(Place { path: file.path.clone(), test: test.clone() });
                }
            }
        }
        shown
    }
}

/// The lines of [`IN_PART`]: what is missing, by id. None when the file is not what it should be.
pub(crate) fn in_part(tree: &Tree) -> Option<BTreeMap<String, String>> {
    let Some(file) = tree.get(IN_PART) else { return Some(BTreeMap::new()) };
    let table: Table = file.text.parse().ok()?;
    table.into_iter().map(|(id, missing)| Some((id, missing.as_str()?.to_owned()))).collect()
}

/// The ids in [`TO_COME`].
pub(crate) fn to_come(text: &str) -> BTreeSet<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// What might be an id.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
}

/// The tests of a file, each with the comment above it.
fn tests(file: &File) -> Vec<(String, String)> {
    if file.path.contains("/tests/compile_fail/") && file.has_extension(&["rs"]) {
        let head: Vec<&str> = file.text.lines().take_while(|line| line.starts_with("//")).collect();
        return vec![(head.join("\n"), "does not compile".to_owned())];
    }
    if file.has_extension(&["rs"]) {
        return rust_tests(&file.text);
    }
    if file.path.ends_with(".spec.ts") || file.path.ends_with(".test.ts") || file.path.ends_with(".test.tsx") {
        return typescript_tests(&file.text);
    }
    Vec::new()
}

/// By lines, so that tests inside of macros (`proptest!`) are seen.
fn rust_tests(text: &str) -> Vec<(String, String)> {
    let (mut found, mut comment, mut test) = (Vec::new(), String::new(), false);
    for line in text.lines().map(str::trim) {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if let Some(words) = line.strip_prefix("///") {
            comment.push_str(words);
            comment.push('\n');
        } else if line.starts_with("#[") {
            test |= line.contains("test]") || line.contains("test(");
        } else if let Some(name) = function.filter(|_| test) {
            let name = name.split(['(', '<']).next().unwrap_or_default();
            found.push((std::mem::take(&mut comment), name.replace('_', " ")));
            test = false;
        } else if !(line.starts_with(')') || test && (line.starts_with("reason") || line.starts_with("clippy"))) {
            // An attribute over several lines goes on; everything else ends what stood above.
            comment.clear();
            test = false;
        }
    }
    found
}

fn typescript_tests(text: &str) -> Vec<(String, String)> {
    let (mut found, mut comment) = (Vec::new(), String::new());
    for line in text.lines().map(str::trim) {
        let call = ["test(", "it(", "test.only("].iter().find_map(|start| line.strip_prefix(start));
        if line.starts_with("//") || line.starts_with("/*") || line.starts_with('*') {
            comment.push_str(line);
            comment.push('\n');
        } else if let Some(rest) = call {
            let quote = rest.chars().next().filter(|c| "'\"`".contains(*c));
            if let Some(title) = quote.and_then(|quote| rest[1..].split(quote).next()) {
                found.push((format!("{comment}{title}"), title.to_owned()));
            }
            comment.clear();
        } else {
            comment.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMISES: &str =
        "[[promise]]\nid = \"CHAT-3H\"\n[[promise]]\nid = \"CHAT-72H\"\n[[promise]]\nid = \"CHAT-KEEP\"\n";

    fn shown(path: &str, text: &str) -> Vec<String> {
        let tree = Tree::of(&[(REGISTER, PROMISES), (path, text)]);
        let register = Register::read(&tree).expect("the example is a register");
        let places = register.shown(&tree);
        places.iter().flat_map(|(id, tests)| tests.iter().map(move |place| format!("{id} {}", place.test))).collect()
    }

    #[test]
    fn a_test_shows_what_the_comment_above_it_names() {
        let rust = "/// CHAT-3H: gone.\n#[test]\nfn it_goes() {}\n\n/// CHAT-72H\nfn no_test() {}\n// CHAT-KEEP\n#[test]\nfn f() {}\n";
        assert_eq!(shown("crates/a/src/b.rs", rust), ["CHAT-3H it goes"]);
        let inside = "proptest! {\n    /// CHAT-72H, D-03\n    #[test]\n    fn any(a in 0..3) {}\n}\n";
        assert_eq!(shown("crates/a/src/b.rs", inside), ["CHAT-72H any"]);
        let tokio = "/// CHAT-72H\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn waits() {}\n";
        assert_eq!(shown("crates/a/src/b.rs", tokio), ["CHAT-72H waits"]);
    }

    #[test]
    fn titles_of_the_browser_tests_and_what_does_not_compile_count_too() {
        let spec = "/** CHAT-KEEP */\ntest('keeps', async () => {});\ntest('goes (CHAT-3H)', () => {});\n";
        assert_eq!(shown("e2e/flows/a.spec.ts", spec), ["CHAT-3H goes (CHAT-3H)", "CHAT-KEEP keeps"]);
        let refused = "//! CHAT-3H\nfn main() {}\n";
        assert_eq!(shown("crates/a/tests/compile_fail/b.rs", refused), ["CHAT-3H does not compile"]);
        assert_eq!(shown("docs/a.md", "CHAT-3H"), [""; 0]);
    }
}
