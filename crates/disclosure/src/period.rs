//! A period as people say it, and as machines write it.

use kernel::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use policy::{Event, Language, Length, Limit, Period, text};

use crate::fill;

/// From so many days on a span is said in days: 72 hours, but 7 days.
const SAID_IN_DAYS_MIN: i64 = 7;
const MONTHS_OF_YEAR: i32 = 12;

/// `72 hours after it is sent, or 3 hours after the first device of a recipient confirms it, whichever is first; at once
/// when you remove it, or when the account is deleted`.
pub fn in_words(period: &Period, language: Language) -> String {
    let say = |words: policy::Words| words.in_language(language);
    let limits: Vec<String> = period.limits.iter().map(|limit| limit_in_words(limit, language)).collect();
    let ends: Vec<String> = period.ends.iter().map(|events| events_in_words(events, language)).collect();
    if limits.is_empty() {
        return fill(say(text::UNTIL), &[("events", &ends.join(say(text::OR_UNTIL)))]);
    }
    let mut out = limits.join(say(text::OR));
    if limits.len() > 1 {
        out += say(text::WHICHEVER_FIRST);
    }
    if !ends.is_empty() {
        out += &fill(say(text::AT_ONCE_WHEN), &[("events", &ends.join(say(text::OR_WHEN)))]);
    }
    out
}

fn limit_in_words(limit: &Limit, language: Language) -> String {
    let length = length_in_words(limit.length, language);
    let values = [("length", length.as_str()), ("event", limit.from.words().in_language(language))];
    fill(text::AFTER.in_language(language), &values)
}

/// Events of which all must have happened.
fn events_in_words(events: &[Event], language: Language) -> String {
    let words: Vec<&str> = events.iter().map(|event| event.words().in_language(language)).collect();
    words.join(text::AND.in_language(language))
}

fn length_in_words(length: Length, language: Language) -> String {
    let (count, one, many) = match length {
        Length::Months(months) if months % MONTHS_OF_YEAR == 0 => {
            (i64::from(months / MONTHS_OF_YEAR), text::YEAR, text::YEARS)
        }
        Length::Months(months) => (i64::from(months), text::MONTH, text::MONTHS),
        Length::Millis(ms) if ms % DAY_MS == 0 && ms / DAY_MS >= SAID_IN_DAYS_MIN => {
            (ms / DAY_MS, text::DAY, text::DAYS)
        }
        Length::Millis(ms) if ms % HOUR_MS == 0 => (ms / HOUR_MS, text::HOUR, text::HOURS),
        Length::Millis(ms) if ms % MINUTE_MS == 0 => (ms / MINUTE_MS, text::MINUTE, text::MINUTES),
        Length::Millis(ms) => (ms / SECOND_MS, text::SECOND, text::SECONDS),
    };
    let words = if count == 1 { one } else { many };
    fill(words.in_language(language), &[("count", &count.to_string())])
}

/// `PT72H`, `P90D`, `P3M`.
pub fn iso_8601(length: Length) -> String {
    match length {
        Length::Months(months) if months % MONTHS_OF_YEAR == 0 => format!("P{}Y", months / MONTHS_OF_YEAR),
        Length::Months(months) => format!("P{months}M"),
        Length::Millis(ms) if ms % DAY_MS == 0 && ms / DAY_MS >= SAID_IN_DAYS_MIN => format!("P{}D", ms / DAY_MS),
        Length::Millis(ms) if ms % HOUR_MS == 0 => format!("PT{}H", ms / HOUR_MS),
        Length::Millis(ms) if ms % MINUTE_MS == 0 => format!("PT{}M", ms / MINUTE_MS),
        Length::Millis(ms) => format!("PT{}S", ms / SECOND_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(row: &str, en: &str, zh: &str) {
        let period = policy::row(row).unwrap().period;
        assert_eq!(in_words(&period, Language::En), en);
        assert_eq!(in_words(&period, Language::Zh), zh);
    }

    #[test]
    fn a_period_reads_as_people_say_it() {
        check(
            "chat_message",
            "72 hours after it is sent, or 3 hours after the first device of a recipient confirms it, whichever is \
             first; at once when you remove it, or ask for its removal, or when the account is deleted",
            "自发送之时起 72 小时，或自接收方的第一台设备确认收到起 3 小时，以先到者为准；您移除或要求移除，或删除账号时立即失效",
        );
        check("registration", "until the account is deleted", "直至删除账号");
        check(
            "verification_code",
            "5 minutes after it is issued; at once when the check is done",
            "自发出之时起 5 分钟；验证完成时立即失效",
        );
        check(
            "login",
            "90 days after the log-in it records, or 3 months after the log-in it records, whichever is first; at once \
             when the account is deleted",
            "自所记录的登录起 90 天，或自所记录的登录起 3 个月，以先到者为准；删除账号时立即失效",
        );
        check("rights_case", "1 year after the case is closed", "自个案结束起 1 年");
    }

    #[test]
    fn what_is_written_for_machines_is_what_the_policy_says() {
        let file: toml::Table = include_str!("../../../policy/policy.toml").parse().unwrap();
        for row in file["row"].as_array().unwrap() {
            let limits = row["period"].get("limits").and_then(|limits| limits.as_array()).cloned().unwrap_or_default();
            let said: Vec<_> = limits.iter().map(|limit| limit["length"].as_str().unwrap()).collect();
            let info = policy::row(row["id"].as_str().unwrap()).unwrap();
            let written: Vec<_> = info.period.limits.iter().map(|limit| iso_8601(limit.length)).collect();
            // A day is 24 hours: all reckoning is in UTC.
            assert_eq!(
                written,
                said.iter().map(|text| text.replace("P1D", "PT24H")).collect::<Vec<_>>(),
                "{}",
                info.id
            );
        }
    }
}
