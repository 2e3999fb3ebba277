//! The words of the text with a code. Its last line binds the code to this server's page, so that a browser fills it in
//! there and at no page that only looks like it (<https://wicg.github.io/sms-one-time-codes/>).

use policy::{Language, Words};

/// One segment holds 160 characters of the GSM alphabet, so that an English text has room for a host of 78 characters; or
/// 70 of any other, so that a Chinese one has room for 23. A longer host costs a second segment and nothing else.
const WORDS: Words = Words {
    en: "{code} is your {service} code. It is good for {minutes} minutes; tell it to nobody.",
    zh: "{code} 是您的 {service} 验证码，{minutes} 分钟内有效，请勿告诉他人。",
};

/// What the text says.
pub(crate) struct CodeText<'a> {
    pub(crate) code: &'a str,
    pub(crate) service: &'a str,
    /// How long the code is good.
    pub(crate) minutes: u64,
    /// The host whose page may fill the code in.
    pub(crate) host: Option<&'a str>,
}

impl CodeText<'_> {
    /// The code comes first, where a phone shows it without opening the text.
    pub(crate) fn in_language(&self, language: Language) -> String {
        let words = WORDS.in_language(language).replace("{minutes}", &self.minutes.to_string());
        let words = words.replace("{service}", self.service).replace("{code}", self.code);
        match self.host {
            Some(host) => format!("{words}\n@{host} #{}", self.code),
            None => words,
        }
    }
}

/// The host that a code can be bound to: of an `https` origin on its default port, for the format leaves out both, and a
/// name or an IPv4 address, for browsers read letters, digits, dots and hyphens alone.
pub(crate) fn bound_host(origin: &str) -> Option<&str> {
    let host = origin.strip_prefix("https://")?;
    let host = host.strip_suffix(":443").unwrap_or(host);
    let is_read = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    (!host.is_empty() && host.bytes().all(is_read)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(host: Option<&str>, language: Language) -> String {
        CodeText { code: "123456", service: "Billet", minutes: 5, host }.in_language(language)
    }

    #[track_caller]
    fn check(origin: &str, expected: Option<&str>) {
        assert_eq!(bound_host(origin), expected, "{origin}");
    }

    #[test]
    fn a_code_is_bound_to_an_https_host_on_the_default_port() {
        check("https://chat.example.org", Some("chat.example.org"));
        check("https://chat.example.org:443", Some("chat.example.org"));
        check("https://xn--fiqs8s.example", Some("xn--fiqs8s.example"));
        check("https://192.0.2.1", Some("192.0.2.1"));
        check("https://chat.example.org:8443", None);
        check("https://[2001:db8::1]", None);
        check("http://chat.example.org", None);
        check("http://127.0.0.1:8480", None);
        check("https://", None);
    }

    #[test]
    fn the_code_is_in_the_first_line_and_the_binding_is_the_last() {
        assert_eq!(
            text(Some("chat.example.org"), Language::En),
            "123456 is your Billet code. It is good for 5 minutes; tell it to nobody.\n@chat.example.org #123456"
        );
        assert_eq!(
            text(Some("chat.example.org"), Language::Zh),
            "123456 是您的 Billet 验证码，5 分钟内有效，请勿告诉他人。\n@chat.example.org #123456"
        );
        for language in Language::ALL {
            assert_eq!(text(None, language).lines().count(), 1, "nothing binds it where there is no host");
        }
    }

    /// Lengths as the GSM counts them: characters of its alphabet, of which all of the English text are; else UTF-16 units.
    #[test]
    fn a_text_fits_into_one_segment() {
        let fits = |host: usize, language| {
            let text = text(Some(&"h".repeat(host)), language);
            if text.is_ascii() { text.len() <= 160 } else { text.encode_utf16().count() <= 70 }
        };
        assert!(fits(78, Language::En) && !fits(79, Language::En));
        assert!(fits(23, Language::Zh) && !fits(24, Language::Zh));
        // No character of the text is outside the alphabet or takes two places in it; `_` and `@` are in it.
        assert!(!text(None, Language::En).contains(['^', '{', '}', '\\', '[', '~', ']', '|', '`']));
    }
}
