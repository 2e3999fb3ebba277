//! Floor 2: the privacy policy, told. No I/O: text in, text out.
//!
//! Nouns: a [`Site`] (whose server it is and how it stands), an [`Edition`] (a version of the policy with its rows), a
//! `Document` (parts, in one language, from which both page and Markdown are made).
//!
//! - Every value (a period, a recipient, a place, a basis) is read from the rows of [`policy`]; every sentence is one of
//!   [`policy::text`]. Nothing here holds words or numbers of its own, so the page cannot say what the server does not do
//!   (KEEP-ROWS, LANG-PREVAIL).
//! - A recipient that is in no row and is not bound to every row cannot be named (D-65).
//! - The page needs no script and asks no other server for anything (D-50).
//!
//! ```
//! use policy::{Language, operators};
//! let site = disclosure::Site::demo();
//! let page = disclosure::page(&site, Language::En);
//! assert!(page.contains(policy::digest()) && page.contains(&*operators::demo().name));
//! ```

mod document;
mod edition;
mod html;
mod linked_data;
mod markdown;
mod period;
mod sections;
mod site;

pub use edition::{Change, Edition, Field, canonical_rows, difference};
pub use linked_data::linked_data;
pub use period::{in_words, iso_8601};
pub use site::Site;

use policy::Language;

/// The page in a language, as a whole HTML document.
pub fn page(site: &Site<'_>, language: Language) -> String {
    html::page(&sections::document(site, language))
}

/// The page of a past version: its rows as they were. `None` when there was no such version.
pub fn past_page(site: &Site<'_>, number: u32, language: Language) -> Option<String> {
    sections::past(site, number, language).map(|document| html::page(&document))
}

/// The page as Markdown.
pub fn markdown(site: &Site<'_>, language: Language) -> String {
    markdown::write(&sections::document(site, language))
}

/// The stylesheet that the page links to.
pub const STYLE: &str = include_str!("page.css");

/// Where the page expects its stylesheet.
pub const STYLE_PATH: &str = "/policy/page.css";

/// Fills the blanks (`{name}`) of a sentence in.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
