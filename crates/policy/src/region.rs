//! The form of `policy/regions/*.toml`. It stands alone, because the build checks those files with it too.

use std::borrow::Cow;

use serde::Deserialize;

type Text = Cow<'static, str>;
type List<T> = Cow<'static, [T]>;

/// A region, or several that are alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// ISO 3166 codes: `IN`, `US-CA`. The region of the file `default.toml` has none.
    pub codes: List<Text>,
    /// Below this age a parent or guardian has to agree (AGE-16, D-39).
    pub consent_age: u8,
    /// From this age a person is of age (CHLD-KEEPUNTIL).
    pub majority_age: u8,
    /// Why the consent age is above the usual one.
    #[serde(default)]
    pub reason: Text,
    /// One of the policy's Relevant Jurisdictions: the literal profile gives every right here (RIGT-JURIS).
    #[serde(default)]
    pub relevant: bool,
    /// Rights that the literal profile gives here beyond that (RIGT-EXTRA-A, RIGT-EXTRA-B).
    #[serde(default)]
    pub rights: List<Text>,
    /// The privacy policy has added terms for it (RIGT-ADDENDA).
    #[serde(default)]
    pub addendum: bool,
    /// The law there lets the text in the local language prevail over the English one (LANG-LAW).
    #[serde(default)]
    pub local_text_prevails: bool,
}

/// The consent age wherever no higher one is stated, and nowhere less: the policy says sixteen (AGE-16).
pub const CONSENT_AGE_MIN: u8 = 16;

impl Region {
    /// What is wrong with it, one line each.
    pub fn check(&self, file: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.consent_age < CONSENT_AGE_MIN {
            wrong.push(format!("consent_age: {} is below {CONSENT_AGE_MIN} (AGE-16)", self.consent_age));
        }
        if self.consent_age > CONSENT_AGE_MIN && self.reason.trim().is_empty() {
            wrong.push(format!("reason: say why the consent age is above {CONSENT_AGE_MIN} (D-39)"));
        }
        if self.majority_age < self.consent_age {
            wrong.push("majority_age: is below consent_age".to_owned());
        }
        if self.codes.is_empty() != (file == "default.toml") {
            wrong.push("codes: every region has some, and default.toml none".to_owned());
        }
        let good = |code: &Text| {
            let (country, part) = code.split_once('-').unwrap_or((code, "A"));
            let capitals = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            country.len() == 2 && (1..=3).contains(&part.len()) && capitals(country) && capitals(part)
        };
        wrong.extend(
            self.codes.iter().filter(|code| !good(code)).map(|code| format!("codes: `{code}` is no ISO 3166 code")),
        );
        wrong.into_iter().map(|line| format!("regions/{file}: {line}")).collect()
    }
}
