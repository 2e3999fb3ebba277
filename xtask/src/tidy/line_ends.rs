//! Text files end with one line feed and have no carriage returns, so that diffs show what changed and nothing else.

use super::{Finding, Tree};

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !file.text.is_empty()) {
        let last = file.text.lines().count();
        if !file.text.ends_with('\n') {
            findings.push(Finding::new(file, last, "no line feed at the end", "end the file with one"));
        } else if file.text.ends_with("\n\n") {
            findings.push(Finding::new(file, last, "empty lines at the end", "end the file with one line feed"));
        }
        if let Some(index) = file.text.find('\r') {
            let line = file.text[..index].lines().count().max(1);
            findings.push(Finding::new(file, line, "a carriage return", "save the file with line feeds only"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn files_end_with_one_line_feed() {
        let files = [("a.md", "one\ntwo"), ("b.md", "one\n\n"), ("c.md", "one\r\n"), ("d.md", "one\n"), ("e.md", "")];
        assert_eq!(places(find, &files), ["a.md:2", "b.md:2", "c.md:1"]);
    }
}
