//! Telling SQL from other texts, and taking it apart far enough for the rules about it.

/// What a statement begins with, and a word that must follow somewhere for it to be SQL rather than English.
const BEGINNINGS: &[(&str, &str)] = &[
    ("SELECT", ""),
    ("INSERT INTO", ""),
    ("INSERT OR", "INTO"),
    ("UPDATE", "SET"),
    ("DELETE FROM", ""),
    ("WITH", "SELECT"),
    ("CREATE TABLE", ""),
    ("CREATE INDEX", ""),
    ("CREATE UNIQUE INDEX", ""),
    ("ALTER TABLE", ""),
    ("DROP TABLE", ""),
    ("DROP INDEX", ""),
    ("PRAGMA", ""),
];

/// Whether a text is a statement. Keywords are written in capitals; in small letters only with a sign that English
/// does not have.
pub(super) fn is_sql(text: &str) -> bool {
    let sign = text.contains('$') || text.contains('=') || text.contains('*') || text.contains('(');
    let written = |text: &str| {
        BEGINNINGS.iter().any(|(first, later)| {
            let text = text.trim_start();
            let rest = text.strip_prefix(first);
            rest.is_some_and(|rest| {
                rest.starts_with(char::is_whitespace) && words(rest).any(|word| later.is_empty() || word == *later)
            })
        })
    };
    written(text) || (sign && text.trim_start().starts_with(char::is_lowercase) && written(&text.to_uppercase()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The statement as words (in capitals), texts and signs; `<=`, `>=`, `<>`, `!=` and `||` are one sign.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < characters.len() {
        let start = at;
        let c = characters[at];
        at += 1;
        if c.is_whitespace() {
            continue;
        }
        if c == '\'' || c == '"' {
            while at < characters.len() && characters[at] != c {
                at += 1;
            }
            at += 1;
            tokens.push(c.to_string());
            continue;
        }
        if c.is_alphanumeric() || c == '_' || c == '$' {
            while at < characters.len() && (characters[at].is_alphanumeric() || "_.$".contains(characters[at])) {
                at += 1;
            }
        } else if at < characters.len() && ["<=", ">=", "<>", "!=", "||"].contains(&&*pair(&characters, start)) {
            at += 1;
        }
        tokens.push(characters[start..at].iter().collect::<String>().to_uppercase());
    }
    tokens
}

fn pair(characters: &[char], at: usize) -> String {
    characters[at..characters.len().min(at + 2)].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_is_told_from_english() {
        for sql in
            ["SELECT 1", " INSERT INTO a VALUES ($1)", "UPDATE a SET b = 1", "select a from b where c = $1", "PRAGMA x"]
        {
            assert!(is_sql(sql), "{sql}");
        }
        for english in
            ["Select a contact", "SELECTED", "update your name", "UPDATE your app", "delete from here", "with love", ""]
        {
            assert!(!is_sql(english), "{english}");
        }
    }

    #[test]
    fn a_statement_is_taken_apart() {
        assert_eq!(tokens("select sum(a.b)>='x y' , $1"), ["SELECT", "SUM", "(", "A.B", ")", ">=", "'", ",", "$1"]);
    }
}
