//! `policy/words.toml`, and what no words of the policy may say: values, which come from the rows alone (LANG-PREVAIL).

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;

use crate::model::{Policy, Words, table};

/// A sentence of the page. Without Chinese it is shown in English (LANG-TRANS).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sentence {
    pub(crate) en: String,
    #[serde(default)]
    pub(crate) zh: String,
}

/// The sentences of `words.toml`, by name.
pub(crate) type Sentences = BTreeMap<String, Sentence>;

/// Number words that would make a period of the unit that follows them.
const EN_COUNTS: [&str; 21] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "ninety", "hundred",
];
const EN_UNITS: [&str; 7] = ["second", "minute", "hour", "day", "week", "month", "year"];
const ZH_COUNTS: &str = "一二三四五六七八九十百千两半";
const ZH_UNITS: [&str; 10] = ["秒", "分钟", "小时", "天", "日", "周", "星期", "个月", "月", "年"];

/// Reads `words.toml` and refuses what does not fit; `Err` holds every refusal.
pub(crate) fn sentences(text: &str) -> Result<Sentences, Vec<String>> {
    let read = table("words.toml", text).and_then(|table| {
        table.try_into::<Sentences>().map_err(|error| format!("words.toml: {}", crate::model::one_line(&error)))
    });
    let sentences = read.map_err(|refusal| vec![refusal])?;
    let mut refusals = Vec::new();
    for (name, sentence) in &sentences {
        if sentence.en.is_empty() {
            refusals.push(format!("words.toml: {name}: needs its English, which prevails"));
        }
        let (en, zh) = (blanks(&sentence.en), blanks(&sentence.zh));
        if !sentence.zh.is_empty() && en != zh {
            refusals.push(format!("words.toml: {name}: en fills in {en:?} and zh {zh:?}"));
        }
        refusals.extend(check("words.toml", name, &sentence.en, &sentence.zh));
    }
    if refusals.is_empty() { Ok(sentences) } else { Err(refusals) }
}

/// Refuses values in the words of the rows and lists.
pub(crate) fn of_policy(policy: &Policy) -> Vec<String> {
    const FILE: &str = "policy.toml";
    let plain = [&policy.events, &policy.bases, &policy.subjects, &policy.places];
    let lists = plain.into_iter().chain(policy.rights.values()).flatten();
    let of = |name: &str, words: &Words| check(FILE, name, &words.en, &words.zh);
    let mut refusals: Vec<String> = lists.flat_map(|(id, words)| of(id, words)).collect();
    refusals.extend(policy.recipients.iter().flat_map(|(id, who)| check(FILE, id, &who.en, &who.zh)));
    refusals.extend(policy.purposes.iter().flat_map(|(id, what)| check(FILE, id, &what.en, &what.zh)));
    for row in &policy.rows {
        refusals.extend(of(&format!("row {}: name", row.id), &row.name));
        refusals.extend(of(&format!("row {}: what", row.id), &row.what));
    }
    refusals
}

/// What a sentence may not say.
pub(crate) fn check(file: &str, name: &str, en: &str, zh: &str) -> Vec<String> {
    let found = [("en", en, value_in_english(en)), ("zh", zh, value_in_chinese(zh))];
    let told = found.into_iter().filter_map(|(language, text, word)| {
        let value = text.chars().find(|c| c.is_numeric() && !ZH_COUNTS.contains(*c)).map(String::from).or(word)?;
        Some(format!("{file}: {name}: {language} says `{value}`: values come from the rows alone (LANG-PREVAIL)"))
    });
    told.collect()
}

/// `three months`, `a thirty-day`; a bare `one` is none.
fn value_in_english(text: &str) -> Option<String> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let unit = |word: &str| EN_UNITS.contains(&word.strip_suffix('s').unwrap_or(word));
    let pair = words.windows(2).find(|pair| EN_COUNTS.contains(&pair[0].as_str()) && unit(&pair[1]));
    pair.map(|pair| pair.join(" "))
}

/// `三个月`, `七天`.
fn value_in_chinese(text: &str) -> Option<String> {
    let after = text.char_indices().filter(|(_, c)| ZH_COUNTS.contains(*c));
    let mut found = after.filter_map(|(at, count)| {
        let rest = text[at + count.len_utf8()..].trim_start();
        ZH_UNITS.iter().find(|unit| rest.starts_with(**unit)).map(|unit| format!("{count}{unit}"))
    });
    found.next()
}

/// The names between braces, in order of the alphabet.
fn blanks(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    names.sort_unstable();
    names
}

/// The sentences as constants.
pub(crate) fn code(sentences: &Sentences) -> String {
    let mut out =
        String::from("/// The words of the policy page around the rows.\npub mod text {\nuse super::Words;\n");
    for (name, sentence) in sentences {
        let Sentence { en, zh } = sentence;
        writeln!(out, "/// {en}\npub const {}: Words = Words {{ en: {en:?}, zh: {zh:?} }};", name.to_ascii_uppercase())
            .expect("writing to a String cannot fail");
    }
    out + "}\n"
}
