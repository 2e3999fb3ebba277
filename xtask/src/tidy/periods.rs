//! How long something is kept stands in `policy/policy.toml`, never in code. So a length of time of an hour and more
//! is refused as a literal everywhere else: `72 * HOUR_MS`, `Duration::from_secs(259_200)`, `LEASE_HOURS: i64 = 2`.
//!
//! Seconds and minutes (a resend after 60 s, a key step of 15 s) are not periods. Horizons of machinery that are
//! no promise about data go into `xtask/exceptions.toml` with their reason.

use super::source::{Kind, Token};
use super::{Finding, Tree};

/// The workshop and the bench keep nobody's data; the kernel says what an hour is; the policy crate reads the policy.
const FREE: &[&str] = &["xtask", "bench"];
/// Where `HOUR_MS` and `DAY_MS` are made.
const UNITS: &str = "crates/kernel/src/clock.rs";

/// What is shorter than an hour is no period.
const HOUR_S: u128 = 3_600;
const REMEDY: &str = "take the period of a row of policy/policy.toml";

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let (Some(room), Some(source)) = (file.room(), file.shipped()) else { continue };
        if FREE.contains(&room) || file.path == UNITS {
            continue;
        }
        let tokens = source.code();
        let mut last = 0;
        for at in 0..tokens.len() {
            let Some(what) = period_at(&tokens, at) else { continue };
            if tokens[at].line != last {
                last = tokens[at].line;
                findings.push(Finding::new(file, last, format!("{what} is a period in code"), REMEDY));
            }
        }
    }
    findings
}

/// What reads as a period from this token on.
fn period_at(tokens: &[Token], at: usize) -> Option<String> {
    times_unit(tokens, at).or_else(|| call(tokens, at)).or_else(|| constant(tokens, at))
}

/// `72 * HOUR_MS`, `kernel::DAY_MS * 90`.
fn times_unit(tokens: &[Token], at: usize) -> Option<String> {
    let token = &tokens[at];
    if is_unit(token) && tokens.get(at + 1).is_some_and(|next| next.is("*")) {
        let number = tokens.get(at + 2).filter(|number| number.number().is_some())?;
        return Some(format!("`{} * {}`", token.text, number.text));
    }
    token.number()?;
    // `self.0 * HOUR_MS` is a field, no number.
    if at > 0 && tokens[at - 1].is(".") {
        return None;
    }
    if !tokens.get(at + 1)?.is("*") {
        return None;
    }
    let mut end = at + 2;
    while tokens.get(end + 1).is_some_and(|next| next.is("::")) {
        end += 2;
    }
    let unit = tokens.get(end).filter(|unit| is_unit(unit))?;
    Some(format!("`{} * {}`", token.text, unit.text))
}

fn is_unit(token: &Token) -> bool {
    let units = ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"];
    token.kind == Kind::Word && token.text.split('_').any(|part| units.contains(&part.trim_end_matches('S')))
}

/// `Duration::from_secs(259_200)`, `from_hours(72)`, `.months(3)`.
fn call(tokens: &[Token], at: usize) -> Option<String> {
    let token = &tokens[at];
    if token.kind != Kind::Word || !tokens.get(at + 1)?.is("(") {
        return None;
    }
    let method = at > 0 && tokens[at - 1].is(".");
    let seconds_each_unit = match token.text.as_str() {
        "from_millis" => return long_call(tokens, at, HOUR_S * 1_000),
        "from_secs" => return long_call(tokens, at, HOUR_S),
        "from_mins" | "from_minutes" => return long_call(tokens, at, 60),
        "from_hours" | "from_days" | "from_weeks" => 1,
        "hours" | "days" | "weeks" | "months" | "years" if method => 1,
        _ => return None,
    };
    long_call(tokens, at, seconds_each_unit)
}

/// The call at `at`, when its argument is a product of numbers of at least `least`.
fn long_call(tokens: &[Token], at: usize, least: u128) -> Option<String> {
    let (value, text) = product(tokens, at + 2)?;
    (value >= least).then(|| format!("`{}({text})`", tokens[at].text))
}

/// `const LEASE_HOURS: i64 = 2;`, `const KEPT_MS: i64 = 259_200_000;`, `const KEPT_S: u64 = 72 * 60 * 60;`
fn constant(tokens: &[Token], at: usize) -> Option<String> {
    if !tokens[at].is("const") && !tokens[at].is("static") {
        return None;
    }
    let name = &tokens.get(at + 1)?.text;
    let suffix = name.rsplit('_').next()?;
    let least = match suffix {
        "HOURS" | "DAYS" | "WEEKS" | "MONTHS" | "YEARS" => 1,
        "MINUTES" | "MINS" => 60,
        "S" | "SECS" | "SECONDS" => HOUR_S,
        "MS" | "MILLIS" => HOUR_S * 1_000,
        _ => return None,
    };
    let equals = (at..tokens.len().min(at + 12)).find(|index| tokens[*index].is("="))?;
    let (value, text) = product(tokens, equals + 1)?;
    (value >= least).then(|| format!("`{name} = {text}`"))
}

/// The value of `72 * 60 * 60`, and how it was written.
fn product(tokens: &[Token], mut at: usize) -> Option<(u128, String)> {
    let (mut value, mut text) = (1_u128, String::new());
    loop {
        let token = tokens.get(at)?;
        value = value.saturating_mul(token.number()?);
        text.push_str(&token.text);
        if !tokens.get(at + 1).is_some_and(|next| next.is("*")) {
            return Some((value, text));
        }
        text.push_str(" * ");
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    fn finds(code: &str) -> bool {
        !places(find, &[("crates/vault/src/a.rs", code)]).is_empty()
    }

    #[test]
    fn periods_in_code_are_found_however_they_are_written() {
        for bad in [
            "const A: i64 = 72 * HOUR_MS;",
            "fn f() { g(kernel::DAY_MS * 90) }",
            "fn f() { g(3 * kernel::HOUR_MS) }",
            "const KEPT: Duration = Duration::from_secs(259_200);",
            "fn f() { Duration::from_secs(72 * 60 * 60) }",
            "fn f() { Duration::from_hours(2) }",
            "fn f(s: Span) { s.months(3) }",
            "const LEASE_HOURS: i64 = 2;",
            "const KEPT_MS: i64 = 3_600_000;",
            "const _: () = assert!(KEPT_MS <= 2 * DAY_MS);",
        ] {
            assert!(finds(bad), "{bad}");
        }
    }

    #[test]
    fn moments_conversions_and_tests_are_fine() {
        for good in [
            "const STEP_MS: i64 = 15 * SECOND_MS;",
            "const SECOND_LOOK_MS: i64 = 30_000;",
            "fn f(hour: i64) -> i64 { hour * HOUR_MS }",
            "fn f(self) -> i64 { self.0 * HOUR_MS }",
            "fn f() { Duration::from_secs(60) }",
            "const WAIT_MINUTES: i64 = 5;",
            "fn f(p: &Period) { p.months() }",
            "#[cfg(test)]\nmod tests {\n    const A: i64 = 72 * HOUR_MS;\n}",
        ] {
            assert!(!finds(good), "{good}");
        }
        assert!(places(find, &[(UNITS, "pub const DAY_MS: i64 = 24 * HOUR_MS;\n")]).is_empty());
    }
}
