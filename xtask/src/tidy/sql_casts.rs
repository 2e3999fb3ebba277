//! One text per statement for both engines: what they type differently is cast. `SUM(bigint)` is numeric on
//! PostgreSQL; EXISTS and comparisons are bool there and integers on SQLite.

use super::source::Source;
use super::sql_text::{is_sql, tokens};
use super::{Finding, Tree};

const SUMS: &[&str] = &["SUM", "AVG", "TOTAL"];
const COMPARISONS: &[&str] =
    &["=", "<", ">", "<=", ">=", "<>", "!=", "IS", "LIKE", "IN", "BETWEEN", "AND", "OR", "NOT", "EXISTS"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let Some(source) = file.source.as_ref().filter(|_| file.room() != Some("xtask")) else { continue };
        for text in Source::texts(&source.code()).filter(|text| is_sql(&text.text)) {
            let tokens = tokens(&text.text);
            if let Some(sum) = sum_without_cast(&tokens) {
                let remedy = format!("write CAST({sum}(...) AS BIGINT)");
                findings.push(Finding::new(file, text.line, format!("{sum} without CAST"), remedy));
            }
            if let Some(item) = comparison_as_column(&tokens) {
                let remedy = "write CASE WHEN ... THEN 1 ELSE 0 END";
                findings.push(Finding::new(file, text.line, format!("a comparison as a column: `{item}`"), remedy));
            }
        }
    }
    findings
}

/// The function summed with, when no CAST stands around it (COALESCE may stand between).
fn sum_without_cast(tokens: &[String]) -> Option<&str> {
    for (at, token) in tokens.iter().enumerate() {
        if !SUMS.contains(&token.as_str()) || tokens.get(at + 1).is_none_or(|next| next != "(") {
            continue;
        }
        let mut before = tokens[..at].iter().rev().map(String::as_str).filter(|token| *token != "(");
        let around = match before.next() {
            Some("COALESCE") => before.next(),
            around => around,
        };
        if around != Some("CAST") {
            return Some(token);
        }
    }
    None
}

/// The first item of a list of columns that is a truth value.
fn comparison_as_column(tokens: &[String]) -> Option<String> {
    let starts = tokens.iter().enumerate().filter(|(_, token)| *token == "SELECT" || *token == "RETURNING");
    for (at, _) in starts {
        for item in columns(&tokens[at + 1..]) {
            let mut depth = 0_i32;
            for token in item {
                match token.as_str() {
                    "(" | "CASE" => depth += 1,
                    ")" | "END" => depth -= 1,
                    sign if depth == 0 && COMPARISONS.contains(&sign) => return Some(item.join(" ")),
                    _ => {}
                }
            }
        }
    }
    None
}

/// The items between SELECT (or RETURNING) and what ends the list.
fn columns(tokens: &[String]) -> Vec<&[String]> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    let mut end = tokens.len();
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" | "CASE" => depth += 1,
            ")" | "END" if depth == 0 => {
                end = at;
                break;
            }
            ")" | "END" => depth -= 1,
            "," if depth == 0 => {
                items.push(&tokens[start..at]);
                start = at + 1;
            }
            "FROM" | "WHERE" | "UNION" | "LIMIT" | "ORDER" | ";" if depth == 0 => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    items.push(&tokens[start..end]);
    items
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    fn finds(sql: &str) -> bool {
        let code = format!("fn f() {{ query(\"{sql}\") }}\n");
        !places(find, &[("crates/people/src/store.rs", &code)]).is_empty()
    }

    #[test]
    fn what_the_engines_type_differently_is_found() {
        for bad in [
            "SELECT SUM(a) FROM b",
            "SELECT COALESCE(SUM(a), 0) FROM b",
            "SELECT EXISTS (SELECT 1 FROM b)",
            "SELECT a, b = $1 AS mine FROM c",
            "SELECT a IS NOT NULL FROM c",
            "UPDATE a SET b = 1 RETURNING c > 2",
            "SELECT a FROM b WHERE c IN (SELECT SUM(d) FROM e)",
        ] {
            assert!(finds(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_cast_and_what_only_filters_is_fine() {
        for good in [
            "SELECT CAST(SUM(a) AS BIGINT) FROM b",
            "SELECT CAST(COALESCE(SUM(a), 0) AS BIGINT) FROM b",
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM b) THEN 1 ELSE 0 END",
            "SELECT CAST(a = $1 AS BIGINT), COUNT(*) FROM c",
            "SELECT a FROM b WHERE c = $1 AND EXISTS (SELECT 1 FROM d WHERE e <> 3)",
            "INSERT INTO a (b) SELECT c FROM d WHERE e = 1 ON CONFLICT DO NOTHING RETURNING b",
        ] {
            assert!(!finds(good), "{good}");
        }
    }
}
