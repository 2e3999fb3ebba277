//! A function fits on a screen.

use proc_macro2::Span;
use syn::visit::Visit;

use super::{Finding, Tree};

/// Most lines of a function, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let Some(source) = &file.source else { continue };
        let mut functions = Functions::default();
        functions.visit_file(&source.syntax);
        for (name, start, lines) in functions.0.into_iter().filter(|(_, _, lines)| *lines > FUNCTION_LINES_MAX) {
            let what = format!("`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}");
            findings.push(Finding::new(file, start, what, "name a step of it and make that a function"));
        }
    }
    findings
}

/// Name, first line and number of lines of each function.
#[derive(Default)]
struct Functions(Vec<(String, usize, usize)>);

impl Functions {
    fn note(&mut self, signature: &syn::Signature, end: Span) {
        let start = signature.fn_token.span.start().line;
        self.0.push((signature.ident.to_string(), start, end.end().line + 1 - start));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.sig, item.block.brace_token.span.close());
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.sig, item.block.brace_token.span.close());
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.note(&item.sig, block.brace_token.span.close());
        }
        syn::visit::visit_trait_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    fn function(lines: usize) -> String {
        format!("struct A;\nimpl A {{\n    fn f() {{\n{}    }}\n}}\n", "        g();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_longer_than_a_screen_is_found() {
        let (bad, good) = (function(FUNCTION_LINES_MAX + 1), function(FUNCTION_LINES_MAX));
        assert_eq!(places(find, &[("a/src/lib.rs", &bad)]), ["a/src/lib.rs:3"]);
        assert!(places(find, &[("a/src/lib.rs", &good)]).is_empty());
    }
}
