//! The ways a text may be written.

/// A way of writing, and what the text is in it.
pub(super) type Written = (&'static str, Vec<u8>);

/// Every form of `text`; two that are the same bytes once, under the plainer name.
pub(super) fn of(text: &str) -> Vec<Written> {
    let mut forms: Vec<Written> = vec![
        ("raw", text.as_bytes().to_vec()),
        ("utf-16le", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("utf-16be", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("hex", hex(text.as_bytes(), LOWER)),
        ("hex", hex(text.as_bytes(), UPPER)),
        ("json", json(text, None)),
        ("json", json(text, Some(LOWER))),
        ("json", json(text, Some(UPPER))),
    ];
    for alphabet in [STANDARD, URL] {
        forms.extend((0..3).map(|offset| ("base64", base64(text.as_bytes(), offset, alphabet))));
    }
    for digits in [UPPER, LOWER] {
        forms.extend(["", UNRESERVED, COMPONENT].map(|kept| ("percent", percent(text, kept, "%20", digits))));
        forms.extend([UNRESERVED, COMPONENT].map(|kept| ("percent", percent(text, kept, "+", digits))));
    }
    // The same 16 bytes are how every id is stored.
    if let Ok(id) = text.parse::<kernel::AccountId>() {
        forms.push(("id", id.to_bytes().to_vec()));
    }
    let mut distinct: Vec<Written> = Vec::with_capacity(forms.len());
    for form in forms {
        if !distinct.iter().any(|(_, bytes)| *bytes == form.1) {
            distinct.push(form);
        }
    }
    distinct
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";
const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Signs that no percent-encoding touches (RFC 3986), beside letters and digits.
const UNRESERVED: &str = "-._~";
/// Signs that JavaScript's `encodeURIComponent` leaves too.
const COMPONENT: &str = "-._~!'()*";

/// Hexadecimal digits of `bytes`.
pub(super) fn hex(bytes: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]).collect()
}

/// The same in both cases.
pub(super) fn hex_of(bytes: &[u8]) -> [Vec<u8>; 2] {
    [hex(bytes, LOWER), hex(bytes, UPPER)]
}

/// What of the base64 of a longer text depends on `bytes` alone, when `offset` bytes (modulo 3) stand before them.
pub(super) fn base64(bytes: &[u8], offset: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let padded: Vec<u8> = std::iter::repeat_n(0, offset).chain(bytes.iter().copied()).collect();
    let sextet = |at: usize| {
        let (byte, shift) = (at * 6 / 8, at * 6 % 8);
        let pair = u16::from(padded[byte]) << 8 | padded.get(byte + 1).map_or(0, |byte| u16::from(*byte));
        alphabet[usize::from(pair >> (10 - shift) & 63)]
    };
    (first_sextet(offset)..padded.len() * 8 / 6).map(sextet).collect()
}

/// The same in the standard alphabet.
pub(super) fn base64_of(bytes: &[u8], offset: usize) -> Vec<u8> {
    base64(bytes, offset, STANDARD)
}

/// The first character of a group that holds nothing of the `offset` bytes before.
pub(super) const fn first_sextet(offset: usize) -> usize {
    (offset * 8).div_ceil(6)
}

/// The six bits of a character of either alphabet.
pub(super) fn sextet_of(character: u8) -> Option<u8> {
    Some(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn percent(text: &str, kept: &str, space: &str, digits: &[u8; 16]) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        let plain = !kept.is_empty() && (byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte));
        match byte {
            b' ' if !kept.is_empty() => written.extend_from_slice(space.as_bytes()),
            _ if plain => written.push(byte),
            _ => {
                written.push(b'%');
                written.extend(hex(&[byte], digits));
            }
        }
    }
    written
}

/// As the content of a JSON text; with `digits`, everything beyond ASCII escaped.
fn json(text: &str, digits: Option<&[u8; 16]>) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len() * 2);
    let escape = |unit: u16, written: &mut Vec<u8>| {
        written.extend_from_slice(b"\\u");
        written.extend(hex(&unit.to_be_bytes(), digits.unwrap_or(LOWER)));
    };
    for character in text.chars() {
        let short = match character {
            '"' => Some('"'),
            '\\' => Some('\\'),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            _ => None,
        };
        let mut units = [0; 2];
        match short {
            Some(short) => written.extend([b'\\', short as u8]),
            None if character < ' ' || (digits.is_some() && !character.is_ascii()) => {
                character.encode_utf16(&mut units).iter().for_each(|unit| escape(*unit, &mut written));
            }
            None => written.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, form: &str, expected: &str) {
        let forms = of(text);
        let found = forms.iter().any(|(name, bytes)| *name == form && bytes == expected.as_bytes());
        let known: Vec<_> = forms.iter().map(|(name, bytes)| (name, String::from_utf8_lossy(bytes))).collect();
        assert!(found, "{form} of {text} is not {expected}: {known:?}");
    }

    #[test]
    fn a_text_is_known_in_every_form() {
        check("naïve \"ü\"", "raw", "naïve \"ü\"");
        check("abcd", "utf-16le", "a\0b\0c\0d\0");
        check("abcd", "utf-16be", "\0a\0b\0c\0d");
        check("näh", "hex", "6ec3a468");
        check("näh", "hex", "6EC3A468");
        check("a b/ü", "percent", "%61%20%62%2F%C3%BC");
        check("a b/ü", "percent", "a%20b%2f%c3%bc");
        check("a b/ü", "percent", "a+b%2F%C3%BC");
        check("it's", "percent", "it%27s");
        check("it's a", "percent", "it's%20a");
        check("say \"ü\"", "json", "say \\\"\\u00fc\\\"");
        check("say \"ü\"", "json", "say \\\"ü\\\"");
        check("𝄞 ab", "json", "\\uD834\\uDD1E ab");
        check("01ARZ3NDEKTSV4RRFFQ69G5FAV", "raw", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        assert!(of("01ARZ3NDEKTSV4RRFFQ69G5FAV").iter().any(|(name, bytes)| *name == "id" && bytes.len() == 16));
    }

    #[test]
    fn base64_is_known_wherever_it_begins() {
        // The text in the middle of "x", "xy" and "xyz" + text + "!": as `base64` of coreutils writes it.
        for (whole, offset) in [("YmlsbGV0IQ==", 0), ("eGJpbGxldCE=", 1), ("eHliaWxsZXQh", 2)] {
            let part = String::from_utf8(base64_of(b"billet", offset)).unwrap();
            assert!(whole.contains(&part) && part.len() >= 7, "{part} in {whole}");
        }
        check("subjects?_d", "base64", "c3ViamVjdHM_X2");
    }
}
