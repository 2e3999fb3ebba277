//! The operator's particulars: read from the operator's own file, and complete before anything is served (D-54).

use policy::operators::Operator;
use toml::{Table, Value};

use crate::commands::policy::EXAMPLE_OPERATOR;
use crate::serve::ServeError;
use crate::settings::Settings;

/// Whoever runs this server; outside demo mode nothing may be missing, and all that is missing is told at once.
pub(crate) fn of(settings: &Settings) -> Result<Operator, ServeError> {
    let Some(text) = &settings.operator else { return Ok(policy::operators::demo().clone()) };
    read(text, settings.demo).map_err(|missing| ServeError::Operator(missing.join("\n  ")))
}

fn read(text: &str, demo: bool) -> Result<Operator, Vec<String>> {
    let one = |error: toml::de::Error| vec![error.message().to_owned()];
    let given: Table = text.parse().map_err(one)?;
    let blank: Table = EXAMPLE_OPERATOR.parse().expect("the example is TOML: a test reads it");
    let operator: Operator = over(blank, given).try_into().map_err(one)?;
    let mut missing = operator.check();
    if operator.demo && !demo {
        missing.push("it is the demo's own file: give one without `demo` and with your particulars".into());
    }
    if operator.conformance {
        missing.push("it is for tests of the document's own values: give one without `conformance`".into());
    }
    if missing.is_empty() { Ok(operator) } else { Err(missing) }
}

/// What is given, and the example's blanks where nothing is: so that every gap is told, not only the first.
fn over(mut blank: Table, given: Table) -> Table {
    for (name, value) in given {
        let value = match (blank.remove(&name), value) {
            (Some(Value::Table(blank)), Value::Table(given)) => Value::Table(over(blank, given)),
            (_, value) => value,
        };
        blank.insert(name, value);
    }
    blank
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(text: &str) -> String {
        read(text, false).err().unwrap_or_default().join("\n")
    }

    /// What stands in the example and is filled in.
    fn filled() -> String {
        let fills = [
            ("id = \"\"", "id = \"example\""),
            ("name = \"\"\n\n# \"default\"", "name = \"Example Society\"\n\n# \"default\""),
            ("storage_places = []", "storage_places = [\"NL\"]"),
            ("staff_places = []", "staff_places = [\"NL\"]"),
            ("dispute_body = \"\"", "dispute_body = \"none\""),
            ("name = \"\"\n# Address", "name = \"Example Society\"\n# Address"),
            ("seat = \"\"", "seat = \"Example Street, Example Town\""),
            ("email = \"\"", "email = \"privacy@example.org\""),
            ("post = \"\"", "post = \"Example Street, Example Town\""),
        ];
        fills.iter().fold(EXAMPLE_OPERATOR.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        })
    }

    /// D-54: every gap of the example is told at once, and so is every gap of a file that leaves the lines out.
    #[test]
    fn an_operator_that_is_not_filled_in_is_told_everything_that_is_missing() {
        let gaps = ["id", "name", "contact.email", "contact.post", "officer.email", "officer.post", "dispute_body"];
        for text in [EXAMPLE_OPERATOR, "id = \"x\""] {
            let told = missing(text);
            for gap in gaps.iter().filter(|gap| !(text.len() < 9 && **gap == "id")) {
                assert!(told.contains(&format!("{gap}: is not filled in")), "{gap}: {told}");
            }
            for gap in ["controllers: each needs a name", "storage_places: at least one", "staff_places: at least one"]
            {
                assert!(told.contains(gap), "{gap}: {told}");
            }
        }
    }

    #[test]
    fn the_example_is_taken_when_it_is_filled_in() {
        assert_eq!(missing(&filled()), "");
        assert!(missing(&(filled() + "telephone = 1\n")).contains("telephone"));
        assert!(missing(&format!("demo = true\n{}", filled())).contains("demo's own file"));
        assert!(missing(&format!("conformance = true\n{}", filled())).contains("tests of the document"));
    }
}
