//! What a rule wants to know of a Rust file: its tokens with their lines, the paths and texts it names, and which
//! lines are tests.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::Visit;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word.
    Word,
    /// A number, or any other literal that is no text.
    Number,
    /// A text; the token holds its value without quotes.
    Text,
    /// A sign; `::` is one sign, everything else one character.
    Sign,
}

/// One token of a file, comments and doc comments left out.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }

    /// The number, when this is one without a fraction.
    pub(crate) fn number(&self) -> Option<u128> {
        if self.kind != Kind::Number || self.text.contains('.') {
            return None;
        }
        let digits: String = self.text.chars().filter(|c| *c != '_').take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }
}

/// Something found in a file, and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// A Rust file that parses.
pub(crate) struct Source {
    pub(crate) syntax: syn::File,
    /// All tokens, tests included.
    pub(crate) tokens: Vec<Token>,
    /// Lines of items that only tests compile.
    pub(crate) test_lines: Vec<RangeInclusive<usize>>,
    /// Names of the files declared as `#[cfg(test)] mod name;`.
    pub(crate) test_modules: Vec<String>,
}

impl Source {
    /// None when the text is no Rust; the compiler has better words for that.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let syntax = syn::parse_file(text).ok()?;
        let mut tokens = Vec::new();
        flatten(text.parse().ok()?, &mut tokens);
        let mut finder = TestFinder::default();
        finder.visit_file(&syntax);
        Some(Self { syntax, tokens, test_lines: finder.lines, test_modules: finder.modules })
    }

    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// The tokens outside tests.
    pub(crate) fn code(&self) -> Vec<Token> {
        self.tokens.iter().filter(|token| !self.is_test_line(token.line)).cloned().collect()
    }

    /// Every path named in `tokens`, lists of `use` written out: `std::{env, fs}` gives `std::env` and `std::fs`.
    pub(crate) fn paths(tokens: &[Token]) -> Vec<Spot> {
        let (mut paths, mut at) = (Vec::new(), 0);
        while at < tokens.len() {
            let inside = at > 0 && (tokens[at - 1].is("::") || tokens[at - 1].is("."));
            if tokens[at].kind == Kind::Word && !inside {
                at = path_at(tokens, at, String::new(), &mut paths);
            } else {
                at += 1;
            }
        }
        paths
    }

    /// Every text in `tokens`.
    pub(crate) fn texts(tokens: &[Token]) -> impl Iterator<Item = &Token> {
        tokens.iter().filter(|token| token.kind == Kind::Text)
    }
}

/// Reads one path whose first word stands at `at`; gives where to go on.
fn path_at(tokens: &[Token], mut at: usize, mut path: String, paths: &mut Vec<Spot>) -> usize {
    let line = tokens[at].line;
    loop {
        match tokens.get(at) {
            Some(token) if token.kind == Kind::Word => path.push_str(&token.text),
            Some(token) if token.is("{") => return list_at(tokens, at + 1, &path, paths),
            _ => break,
        }
        at += 1;
        if !tokens.get(at).is_some_and(|token| token.is("::")) {
            break;
        }
        path.push_str("::");
        at += 1;
    }
    let path = path.trim_end_matches("::").trim_end_matches("::self");
    paths.push(Spot { text: path.to_owned(), line });
    at
}

/// Reads the list of a `use`, after its opening brace.
fn list_at(tokens: &[Token], mut at: usize, prefix: &str, paths: &mut Vec<Spot>) -> usize {
    while at < tokens.len() && !tokens[at].is("}") {
        if tokens[at].is("as") {
            at += 2;
        } else if tokens[at].kind == Kind::Word {
            at = path_at(tokens, at, prefix.to_owned(), paths);
        } else {
            at += 1;
        }
    }
    at + 1
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if is_doc_comment(&trees[at..]) {
            at += if matches!(&trees[at + 1], TokenTree::Punct(_)) { 3 } else { 2 };
            continue;
        }
        at += push_tree(&trees, at, tokens);
    }
}

/// Adds one tree; gives how many trees that took.
fn push_tree(trees: &[TokenTree], at: usize, tokens: &mut Vec<Token>) -> usize {
    let line = trees[at].span().start().line;
    match &trees[at] {
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("", ""),
            };
            tokens.push(Token { kind: Kind::Sign, text: open.to_owned(), line });
            flatten(group.stream(), tokens);
            let line = group.span_close().start().line;
            tokens.push(Token { kind: Kind::Sign, text: close.to_owned(), line });
        }
        TokenTree::Ident(word) => tokens.push(Token { kind: Kind::Word, text: word.to_string(), line }),
        TokenTree::Punct(sign) => {
            let double = sign.as_char() == ':'
                && matches!(trees.get(at + 1), Some(TokenTree::Punct(next)) if next.as_char() == ':');
            let text = if double { "::".to_owned() } else { sign.as_char().to_string() };
            tokens.push(Token { kind: Kind::Sign, text, line });
            return if double { 2 } else { 1 };
        }
        TokenTree::Literal(literal) => {
            let token = match syn::parse_str::<syn::Lit>(&literal.to_string()) {
                Ok(syn::Lit::Str(text)) => Token { kind: Kind::Text, text: text.value(), line },
                _ => Token { kind: Kind::Number, text: literal.to_string(), line },
            };
            tokens.push(token);
        }
    }
    1
}

/// A doc comment is `#[doc = "..."]` to the parser.
fn is_doc_comment(trees: &[TokenTree]) -> bool {
    let [TokenTree::Punct(hash), rest @ ..] = trees else { return false };
    let rest = match rest {
        [TokenTree::Punct(bang), rest @ ..] if bang.as_char() == '!' => rest,
        _ => rest,
    };
    let [TokenTree::Group(group), ..] = rest else { return false };
    hash.as_char() == '#'
        && group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "doc")
}

/// Finds the items that only tests compile.
#[derive(Default)]
struct TestFinder {
    lines: Vec<RangeInclusive<usize>>,
    modules: Vec<String>,
}

impl TestFinder {
    fn note(&mut self, attributes: &[syn::Attribute], whole: proc_macro2::Span) -> bool {
        let test = attributes.iter().any(is_test_attribute);
        if test {
            let start = attributes.first().map_or(whole, Spanned::span).start().line;
            self.lines.push(start..=whole.end().line);
        }
        test
    }
}

impl<'ast> Visit<'ast> for TestFinder {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if self.note(&item.attrs, item.span()) {
            if item.content.is_none() {
                self.modules.push(item.ident.to_string());
            }
        } else {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.attrs, item.span());
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !self.note(&item.attrs, item.span()) {
            syn::visit::visit_item_impl(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.attrs, item.span());
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note(&item.attrs, item.span());
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.note(&item.attrs, item.span());
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.note(&item.attrs, item.span());
    }
}

/// `#[test]`, `#[tokio::test]`, and `#[cfg(...)]` that names `test` or a feature made for tests, not under `not`.
fn is_test_attribute(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    if path.segments.last().is_some_and(|segment| segment.ident == "test") {
        return true;
    }
    let syn::Meta::List(list) = &attribute.meta else { return false };
    if !path.is_ident("cfg") {
        return false;
    }
    let mut tokens = Vec::new();
    flatten(list.tokens.clone(), &mut tokens);
    let not = tokens.iter().any(|token| token.is("not"));
    let test = tokens.iter().any(|token| token.is("test"));
    let feature =
        tokens.iter().any(|token| token.kind == Kind::Text && matches!(token.text.as_str(), "testing" | "sim"));
    !not && (test || feature)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let source = Source::parse(text).expect("the example is Rust");
        Source::paths(&source.code()).into_iter().map(|spot| spot.text).collect()
    }

    #[test]
    fn lists_of_use_are_written_out() {
        assert!(paths("use std::{env, fs::File, io::{self, Read as R}};").starts_with(&[
            "use".into(),
            "std::env".into(),
            "std::fs::File".into(),
            "std::io".into(),
            "std::io::Read".into()
        ]));
    }

    #[test]
    fn paths_inside_macros_are_seen_and_comments_are_not() {
        let seen = paths("/// std::env is not for us\nfn f() { log!(std::env::var(\"X\")) }");
        assert_eq!(seen.iter().filter(|path| path.starts_with("std::env")).collect::<Vec<_>>(), ["std::env::var"]);
    }

    #[test]
    fn tests_and_what_only_tests_compile_are_told_apart() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\n#[cfg(not(test))]\nfn c() {}\n#[cfg(test)]\nmod far;\n";
        let source = Source::parse(text).expect("the example is Rust");
        let test: Vec<usize> = (1..=9).filter(|line| source.is_test_line(*line)).collect();
        assert_eq!(test, [2, 3, 4, 5, 8, 9]);
        assert_eq!(source.test_modules, ["far"]);
    }
}
