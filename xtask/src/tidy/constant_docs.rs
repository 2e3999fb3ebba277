//! A constant that is a length of time says in a doc comment why it is that long.

use syn::visit::Visit;

use super::tree::File;
use super::{Finding, Tree};

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter() {
        let Some(source) = file.shipped() else { continue };
        let mut visitor = Constants { file, findings: Vec::new() };
        visitor.visit_file(&source.syntax);
        findings.extend(visitor.findings.into_iter().filter(|finding| !source.is_test_line(finding.line)));
    }
    findings
}

struct Constants<'a> {
    file: &'a File,
    findings: Vec<Finding>,
}

impl Constants<'_> {
    fn check(&mut self, name: &syn::Ident, kind: &syn::Type, attributes: &[syn::Attribute]) {
        let text = name.to_string();
        let unit = ["_MS", "_S", "_SECS", "_MINUTES", "_HOURS", "_DAYS"].iter().any(|unit| text.ends_with(unit));
        let is_time = unit || matches!(kind, syn::Type::Path(path) if ends_with_duration(path));
        if is_time && !attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
            let what = format!("`{text}` is a length of time without a doc comment");
            self.findings.push(Finding::new(
                self.file,
                name.span().start().line,
                what,
                "say in `///` why it is that long",
            ));
        }
    }
}

fn ends_with_duration(path: &syn::TypePath) -> bool {
    path.path.segments.last().is_some_and(|segment| segment.ident == "Duration" || segment.ident == "SignedDuration")
}

impl<'ast> Visit<'ast> for Constants<'_> {
    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.check(&item.ident, &item.ty, &item.attrs);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.check(&item.ident, &item.ty, &item.attrs);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.check(&item.ident, &item.ty, &item.attrs);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    #[test]
    fn a_length_of_time_says_why() {
        let text = "const WAIT_MS: i64 = 5;\n/// As long as a person waits.\nconst OTHER_MS: i64 = 5;\nconst IDLE: std::time::Duration = X;\nconst SIZE_MAX: usize = 3;\n";
        assert_eq!(places(find, &[("crates/a/src/lib.rs", text)]), ["crates/a/src/lib.rs:1", "crates/a/src/lib.rs:4"]);
    }

    #[test]
    fn tests_need_not_say_why() {
        let text = "#[cfg(test)]\nmod tests {\n    const WAIT_MS: i64 = 5;\n}\n";
        assert!(places(find, &[("crates/a/src/lib.rs", text)]).is_empty());
    }
}
