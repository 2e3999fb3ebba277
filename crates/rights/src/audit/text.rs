//! The audit as a person reads it.

use std::fmt::{self, Write as _};

use kernel::{DAY_MS, HOUR_MS, MINUTE_MS, Millis, SECOND_MS};

use super::{Audit, Quantiles, RowAnswer};

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stored, planned): (Vec<_>, Vec<_>) = self.rows.iter().partition(|row| !row.planned);
        let width = stored.iter().map(|row| row.row.len()).max().unwrap_or(0);
        writeln!(
            f,
            "{:width$}  {:>12}  {:>12}  {:>12}  {:>8}  {:>8}",
            "row", "held", "oldest", "next to go", "overdue", "remains"
        )?;
        for row in stored {
            self.row(f, row, width)?;
        }
        writeln!(f, "{} more rows of the policy: nothing stored yet", planned.len())?;
        writeln!(f)?;
        self.state(f)?;
        writeln!(f)?;
        writeln!(f, "{}", self.sentence())
    }
}

impl Audit {
    fn row(&self, f: &mut fmt::Formatter<'_>, row: &RowAnswer, width: usize) -> fmt::Result {
        if let Some(note) = &row.note {
            return writeln!(f, "{:width$}  {note}", row.row);
        }
        let ago =
            |at: Option<Millis>| at.map_or_else(|| "-".to_owned(), |at| format!("{} ago", span(self.at.since(at))));
        let ahead =
            |at: Option<Millis>| at.map_or_else(|| "-".to_owned(), |at| format!("in {}", span(at.since(self.at))));
        let (oldest, next) = (ago(row.oldest_at), ahead(row.next_end_at));
        writeln!(
            f,
            "{:width$}  {:>12}  {oldest:>12}  {next:>12}  {:>8}  {:>8}",
            row.row, row.held, row.overdue, row.remains
        )
    }

    fn state(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = &self.keys;
        let stepped = span(self.at.since(keys.stepped_at));
        writeln!(f, "keys    step {}, {stepped} ago; {} accounts, {} leases", keys.step, keys.accounts, keys.leases)?;
        if let Some(check) = &keys.clock_check {
            writeln!(f, "clock   {check}")?;
        }
        let done = self
            .pass
            .last_done_at
            .map_or_else(|| "none yet".to_owned(), |at| format!("done {} ago", span(self.at.since(at))));
        writeln!(f, "pass    {done}{}", if self.pass.running { ", one is running" } else { "" })?;
        let lag = &self.lag_ms;
        writeln!(f, "lag     {} since {} ago", of(&lag.served), span(self.at.since(lag.since)))?;
        writeln!(f, "leases  held beyond their hour: {}", of(&lag.leases))?;
        if lag.while_off.count > 0 {
            let longest = span(i64::try_from(lag.while_off.max_ms).unwrap_or(i64::MAX));
            writeln!(f, "off     {} ends passed while no server ran, the longest for {longest}", lag.while_off.count)?;
        }
        Ok(())
    }

    /// The verdict in a sentence.
    fn sentence(&self) -> String {
        let mut sentence = String::from(match (self.clean, self.running) {
            (true, true) => "Clean: nothing is overdue, and keys die within a minute.",
            (true, false) => "Clean: no server runs, and nothing that lies here is overdue.",
            (false, true) => "Not clean:",
            (false, false) => "Not clean, and no server runs; the next start kills what is due before it serves:",
        });
        for why in &self.why {
            write!(sentence, "\n  {why}").expect("writing to a String cannot fail");
        }
        sentence
    }
}

fn of(quantiles: &Quantiles) -> String {
    let Quantiles { count, p50, p99_9, max } = quantiles;
    let seconds = |ms: &u64| format!("{}.{:01} s", ms / 1000, ms % 1000 / 100);
    format!(
        "{count} deaths, half within {}, 99.9 % within {}, all within {}",
        seconds(p50),
        seconds(p99_9),
        seconds(max)
    )
}

/// A span of time, in the largest unit of which it has two or more.
fn span(ms: i64) -> String {
    let units = [(DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "min")];
    let fitting = units.into_iter().find(|(length, _)| ms / length >= 2);
    let (length, unit) = fitting.unwrap_or((SECOND_MS, "s"));
    format!("{} {unit}", ms.max(0) / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_a_unit_that_fits() {
        let told = [-5, 1_999, 119_999, 2 * MINUTE_MS, 119 * MINUTE_MS, 2 * HOUR_MS, 49 * HOUR_MS].map(span);
        assert_eq!(told, ["0 s", "1 s", "119 s", "2 min", "119 min", "2 h", "2 d"]);
    }
}
