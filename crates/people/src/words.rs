//! What people write about themselves and each other, checked where it comes in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::{
    HANDLE_CHARS_MAX, HANDLE_CHARS_MIN, NAME_CHARS_MAX, NOTE_CHARS_MAX, PLATFORM_CHARS_MAX, REPORT_CHARS_MAX,
    REPORTED_CHARS_MAX, TAG_CHARS_MAX, TAGS_MAX,
};

/// A text that is not acceptable where it was given. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WordError {
    /// Nothing but white space and signs that show nothing.
    #[error("{0} must not be empty")]
    Empty(&'static str),
    /// Longer than allowed.
    #[error("{what} may have at most {chars_max} characters")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// How many are allowed.
        chars_max: usize,
    },
    /// More of them than allowed.
    #[error("{what} may be at most {max}")]
    TooMany {
        /// Which texts.
        what: &'static str,
        /// How many are allowed.
        max: usize,
    },
    /// Line breaks, or characters that cannot be seen and change what stands beside them.
    #[error("{0} may not hold control characters")]
    Control(&'static str),
    /// Not a Billet ID.
    #[error("a Billet ID has 6 to 20 letters of a to z, digits, `-` or `_`, and begins with a letter")]
    Handle,
    /// Not a region.
    #[error("a region is two letters of ISO 3166-1, like SG")]
    Region,
    /// Not a day.
    #[error("a birth date is written YYYY-MM-DD and lies in the past")]
    BirthDate,
}

/// The name others see: the one thing besides a number that an account needs (REGN-MIN).
pub(crate) fn alias(text: &str) -> Result<String, WordError> {
    line("an alias", text, NAME_CHARS_MAX)
}

/// The name one person gives another; empty takes it away.
pub(crate) fn remark(text: &str) -> Result<Option<String>, WordError> {
    optional(line("a remark", text, NAME_CHARS_MAX))
}

/// The tags of a contact, in the order they were given; the same one twice is one.
pub(crate) fn tags(texts: &[String]) -> Result<Vec<String>, WordError> {
    if texts.len() > TAGS_MAX {
        return Err(WordError::TooMany { what: "the tags of a contact", max: TAGS_MAX });
    }
    let mut tags = Vec::with_capacity(texts.len());
    for text in texts {
        let tag = line("a tag", text, TAG_CHARS_MAX)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

/// What goes with a contact request.
pub(crate) fn note(text: &str) -> Result<String, WordError> {
    Ok(optional(line("a note", text, NOTE_CHARS_MAX))?.unwrap_or_default())
}

/// What its owner calls a device; may be empty.
pub(crate) fn device_name(text: &str) -> Result<String, WordError> {
    Ok(optional(line("a device's name", text, NAME_CHARS_MAX))?.unwrap_or_default())
}

/// `web`, `linux` ...; may be empty.
pub(crate) fn platform(text: &str) -> Result<String, WordError> {
    Ok(optional(line("a platform", text, PLATFORM_CHARS_MAX))?.unwrap_or_default())
}

fn optional(line: Result<String, WordError>) -> Result<Option<String>, WordError> {
    match line {
        Ok(line) => Ok(Some(line)),
        Err(WordError::Empty(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What somebody writes in a report; may have lines and be empty.
pub(crate) fn report(text: &str) -> Result<String, WordError> {
    passage("a report's text", text, REPORT_CHARS_MAX)
}

/// What a message says that goes with a report.
pub(crate) fn reported(text: &str) -> Result<String, WordError> {
    passage("a reported message", text, REPORTED_CHARS_MAX)
}

/// Lines as they were written. A message is shown as it is, whatever is in it; who prints it takes care.
fn passage(what: &'static str, text: &str, chars_max: usize) -> Result<String, WordError> {
    if text.chars().count() > chars_max {
        return Err(WordError::TooLong { what, chars_max });
    }
    Ok(text.to_owned())
}

/// One line without white space around it.
fn line(what: &'static str, text: &str, chars_max: usize) -> Result<String, WordError> {
    let text = text.trim();
    if text.chars().all(shows_nothing) {
        return Err(WordError::Empty(what));
    }
    if text.chars().count() > chars_max {
        return Err(WordError::TooLong { what, chars_max });
    }
    if text.chars().any(|c| c.is_control() || is_direction_mark(c)) {
        return Err(WordError::Control(what));
    }
    Ok(text.to_owned())
}

/// White space, and what Unicode calls ignorable by default (Default_Ignorable_Code_Point): with the empty Braille cell, all that
/// would make a name nobody sees. Beside other signs they have their use, as in emoji made of several.
const fn shows_nothing(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
                | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Marks that turn the text after them around: a name could then show as another.
const fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// A Billet ID as its owner writes it. Two that differ in case alone are the same one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Handle(String);

impl Handle {
    /// Reads one.
    pub(crate) fn parse(text: &str) -> Result<Self, WordError> {
        let long_enough = (HANDLE_CHARS_MIN..=HANDLE_CHARS_MAX).contains(&text.len());
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let word = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if long_enough && begins && word { Ok(Self(text.to_owned())) } else { Err(WordError::Handle) }
    }

    /// As its owner writes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What is compared and looked up.
    pub(crate) fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// ISO 3166-1 alpha-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Region([u8; 2]);

impl Region {
    /// Where somebody is whose number and choice do not tell (ISO leaves these letters to users).
    pub(crate) const UNKNOWN: Self = Self(*b"ZZ");

    /// Reads one, in either case.
    pub(crate) fn parse(text: &str) -> Result<Self, WordError> {
        let letters: [u8; 2] = text.as_bytes().try_into().map_err(|_| WordError::Region)?;
        if letters.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(letters.map(|b| b.to_ascii_uppercase())))
        } else {
            Err(WordError::Region)
        }
    }

    /// Two upper-case letters.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a region is made of ASCII letters alone")
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Region {
    type Error = WordError;
    fn try_from(text: String) -> Result<Self, WordError> {
        Self::parse(&text)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_billet_id_begins_with_a_letter_and_has_6_to_20_characters() {
        for good in ["abcdef", "Zhang-San_88", "a1234567890123456789"] {
            assert_eq!(Handle::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "abcde", "1abcdef", "_abcdef", "a12345678901234567890", "abc def", "abc.def", "zh\u{e4}ngsan"] {
            assert!(Handle::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Handle::parse("ZhangSan").unwrap().folded(), Handle::parse("zhangsan").unwrap().folded());
    }

    #[test]
    fn a_name_is_one_visible_line() {
        assert_eq!(alias("  \u{5f20}\u{4e09} \u{1f600} ").unwrap(), "\u{5f20}\u{4e09} \u{1f600}");
        assert_eq!(alias(" \u{3000} "), Err(WordError::Empty("an alias")));
        assert_eq!(alias("\u{200b} \u{2060}\u{3164}\u{2800}"), Err(WordError::Empty("an alias")));
        assert_eq!(alias("\u{1f468}\u{200d}\u{1f469}").unwrap().chars().count(), 3);
        assert_eq!(alias("two\nlines"), Err(WordError::Control("an alias")));
        assert_eq!(alias("abc\u{202e}gnp.exe"), Err(WordError::Control("an alias")));
        assert_eq!(alias(&"\u{5f20}".repeat(NAME_CHARS_MAX)).unwrap().chars().count(), NAME_CHARS_MAX);
        assert!(matches!(alias(&"x".repeat(NAME_CHARS_MAX + 1)), Err(WordError::TooLong { .. })));
        let three = ["a", " b ", "a"].map(str::to_owned);
        assert_eq!(tags(&three).unwrap(), ["a", "b"]);
        assert_eq!(tags(&[String::new()]), Err(WordError::Empty("a tag")));
        assert!(tags(&["x".repeat(TAG_CHARS_MAX)]).is_ok() && tags(&["x".repeat(TAG_CHARS_MAX + 1)]).is_err());
        let many: Vec<_> = (0..=TAGS_MAX).map(|n| n.to_string()).collect();
        assert!(tags(&many[1..]).is_ok() && matches!(tags(&many), Err(WordError::TooMany { .. })));
        assert_eq!(remark("  ").unwrap(), None);
        assert_eq!(note("").unwrap(), "");
        assert!(note(&"x".repeat(NOTE_CHARS_MAX)).is_ok() && note(&"x".repeat(NOTE_CHARS_MAX + 1)).is_err());
    }

    #[test]
    fn a_region_is_two_letters() {
        assert_eq!(Region::parse("sg").unwrap().as_str(), "SG");
        for bad in ["", "S", "SGP", "S1", "\u{e9}"] {
            assert!(Region::parse(bad).is_err(), "{bad}");
        }
    }
}
