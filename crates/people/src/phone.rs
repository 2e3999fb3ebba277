//! Mobile numbers: many spellings, one E.164 form, and the country code that decides the operator.

use std::fmt;
use std::ops::RangeInclusive;

use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, PhoneNumber};
use unicode_normalization::UnicodeNormalization as _;

use crate::limits::PHONE_BYTES_MAX;
use crate::words::Region;

/// The country code whose numbers belong to the other operator (D-01, SCOP-PLUS86). It is compared with the parsed code,
/// never with leading digits: +852, +853, +886 and +881 are other codes.
const OTHER_OPERATOR_CODE: u16 = 86;

/// Digits of a number in E.164, country code included.
const E164_DIGITS: RangeInclusive<usize> = 8..=15;

/// A number of this operator. Its Debug does not show it: numbers never reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    e164: String,
    region: Option<Region>,
}

/// Why a text is no number of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Not a number with its country code.
    #[error("this is not a phone number with its country code; write it like +12025550123")]
    Invalid,
    /// A `+86` number.
    #[error("numbers of +86 belong to the other operator; register there")]
    OtherOperator,
}

impl Phone {
    /// Reads a number in any usual spelling: full-width digits, spaces, dashes, brackets, `00` for `+`.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let plain = plain(text).ok_or(PhoneError::Invalid)?;
        let number = phonenumber::parse(None, &plain).map_err(|_| PhoneError::Invalid)?;
        if number.code().value() == OTHER_OPERATOR_CODE {
            return Err(PhoneError::OtherOperator);
        }
        let number = without_trunk_zero(number);
        if !is_plausible(&number) {
            return Err(PhoneError::Invalid);
        }
        let region = number.country().id().and_then(|id| Region::parse(id.as_ref()).ok());
        Ok(Self { e164: number.format().mode(Mode::E164).to_string(), region })
    }

    /// Loads the tables of numbers, which takes a fifth of a second at the first use.
    pub(crate) fn load_tables() {
        let _ = DATABASE.by_code(&OTHER_OPERATOR_CODE);
    }

    /// `+12025550123`.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// ISO 3166-1 alpha-2 of the country the number belongs to, where its code tells.
    pub(crate) fn region(&self) -> Option<Region> {
        self.region
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(..)")
    }
}

/// `+` and digits, or nothing when there is anything else that people do not write between digits. Letters and
/// extensions are refused here: the parser would read `+1-800-FLOWERS` and drop `x5`.
fn plain(text: &str) -> Option<String> {
    if text.len() > PHONE_BYTES_MAX {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkc() {
        match c {
            '0'..='9' => plain.push(c),
            '\u{0660}'..='\u{0669}' => plain.push(digit(c, 0x0660)),
            '\u{06f0}'..='\u{06f9}' => plain.push(digit(c, 0x06f0)),
            '+' if plain.is_empty() => plain.push('+'),
            '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            // What phones put around a number they copy: joiners, marks of direction.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    if let Some(rest) = plain.strip_prefix("00") {
        plain = format!("+{rest}");
    }
    plain.starts_with('+').then_some(plain)
}

/// An Arabic or Persian digit as ASCII.
fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c) - zero, 10).expect("the match above admits ten digits only")
}

/// `+44 (0)7700 900123` is `+44 7700 900123`. The parser takes the zero away where it knows the number; ranges that it
/// does not know (new ones, and those set aside for films and tests) keep it, and would be a second account.
fn without_trunk_zero(number: PhoneNumber) -> PhoneNumber {
    let national = number.national().to_string();
    if number.is_valid() || !national.starts_with('0') {
        return number;
    }
    let plain = format!("+{}{}", number.code().value(), national.trim_start_matches('0'));
    phonenumber::parse(None, plain).unwrap_or(number)
}

/// Whether a country with this code has numbers of this length. Stricter checks refuse real numbers: plans change
/// faster than tables, and a wrong number merely never answers its code. Networks of no country (satellites: +881) are
/// hardly described, so that any length of E.164 will do there.
fn is_plausible(number: &PhoneNumber) -> bool {
    if number.is_valid() {
        return true;
    }
    let code = number.code().value();
    let digits = number.national().to_string().len();
    let Some(countries) = DATABASE.by_code(&code) else { return false };
    countries.iter().any(|country| {
        let kinds = country.descriptors();
        let kinds = [Some(kinds.general()), kinds.fixed_line(), kinds.mobile(), kinds.personal_number(), kinds.voip()];
        let mut lengths = kinds.into_iter().flatten().flat_map(|kind| kind.possible_length());
        let no_country = country.id() == "001" && E164_DIGITS.contains(&(code.to_string().len() + digits));
        no_country || lengths.any(|length| usize::from(*length) == digits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, PhoneError>) {
        let found = Phone::parse(text);
        assert_eq!(found.as_ref().map(Phone::e164).map_err(|e| *e), expected, "{text:?}");
    }

    /// SCOP-PLUS86, D-01: the parsed country code decides, in every spelling.
    #[test]
    fn plus_86_and_nothing_that_merely_looks_like_it_belongs_to_the_other_operator() {
        for text in [
            "+8613800138000",
            "008613800138000",
            "+86 138 0013 8000",
            "\u{ff0b}\u{ff18}\u{ff16}\u{ff11}\u{ff13}\u{ff18}\u{ff10}\u{ff10}\u{ff11}\u{ff13}\u{ff18}\u{ff10}\u{ff10}\u{ff10}",
            "+86-138-0013-8000",
        ] {
            check(text, Err(PhoneError::OtherOperator));
        }
        check("+85298765432", Ok("+85298765432"));
        check("+85366123456", Ok("+85366123456"));
        check("+886912345678", Ok("+886912345678"));
        check("00886 912 345 678", Ok("+886912345678"));
        check("+88112345678", Ok("+88112345678"));
        check("+6591234567", Ok("+6591234567"));
        check("+447700900123", Ok("+447700900123"));
    }

    /// SCOP-PLUS86: the same number in two spellings is one account.
    #[test]
    fn every_spelling_of_a_number_is_the_same_number() {
        for text in [
            "+12025550123",
            "0012025550123",
            " +1 (202) 555-0123 ",
            "+1.202.555.0123",
            "\u{ff0b}\u{ff11} \u{ff12}\u{ff10}\u{ff12} \u{ff15}\u{ff15}\u{ff15} \u{ff10}\u{ff11}\u{ff12}\u{ff13}",
            "\u{202a}+1\u{a0}202\u{2011}555\u{2011}0123\u{202c}",
            "+\u{0661}\u{0662}\u{0660}\u{0662}\u{0665}\u{0665}\u{0665}\u{0660}\u{0661}\u{0662}\u{0663}",
        ] {
            check(text, Ok("+12025550123"));
        }
        for text in ["+44 7700 900123", "+44 (0)7700 900123", "0044 07700 900123"] {
            check(text, Ok("+447700900123"));
        }
        check("+33 (0)6 12 34 56 78", Ok("+33612345678"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "+",
            "hello",
            "13800138000",
            "2025550123",
            "+1",
            "+1202555012",
            "+120255501234",
            "+999123456",
            "+1-800-FLOWERS",
            "+12025550123 x5",
            "+12025550123#",
            "tel:+12025550123",
            "+1+2025550123",
            "+491234567890123456789",
        ] {
            check(text, Err(PhoneError::Invalid));
        }
        check(&"1".repeat(PHONE_BYTES_MAX + 1), Err(PhoneError::Invalid));
    }

    #[test]
    fn a_number_tells_its_region_where_its_code_does() {
        for (text, region) in [("+12025550123", Some("US")), ("+6591234567", Some("SG")), ("+88112345678", None)] {
            let found = Phone::parse(text).unwrap().region();
            assert_eq!(found.as_ref().map(Region::as_str), region, "{text}");
        }
    }

    #[test]
    fn a_number_does_not_show_itself() {
        assert!(!format!("{:?}", Phone::parse("+12025550123").unwrap()).contains("202"));
    }

    proptest::proptest! {
        /// Whatever is accepted is read as itself again.
        #[test]
        fn the_form_kept_is_stable(text in "(\\+|00)[0-9 ()-]{6,18}") {
            if let Ok(phone) = Phone::parse(&text) {
                let again = Phone::parse(phone.e164()).unwrap();
                proptest::prop_assert_eq!(phone.e164(), again.e164());
                let digits = phone.e164().strip_prefix('+').unwrap();
                proptest::prop_assert!(digits.len() <= 17 && digits.bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }
}
