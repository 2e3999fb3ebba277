//! What came of each stage, and how many tests ran.

use std::fmt::Write;
use std::time::Duration;

/// How many tests a stage ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// Reads the closing lines of nextest, `cargo test`, Vitest, Playwright and Node's test runner.
    pub(crate) fn read(log: &str) -> Self {
        // What nextest runs is `cargo test` again, test by test: it shows what a failed one printed, and sums up itself.
        if let Some((_, rest)) = log.lines().find_map(summary_of_nextest) {
            let mut counts = Self::default();
            counts.add(rest.split(','));
            return counts;
        }
        let mut counts = Self::default();
        for line in log.lines() {
            let line = line.trim().trim_start_matches(['#', 'ℹ']).trim_start();
            if let Some((_, rest)) = line.split_once("test result: ") {
                counts.add(rest.split([',', ';']));
            } else if let Some(rest) = line.strip_prefix("Tests ") {
                counts.add(rest.split('|'));
            } else if let ["pass" | "fail" | "skipped", number] = line.split(' ').collect::<Vec<_>>()[..] {
                counts.note(line.split(' ').next().unwrap_or_default(), number.parse().unwrap_or(0));
            } else if is_playwright(line) {
                counts.add(std::iter::once(line));
            }
        }
        counts
    }

    /// Parts such as `ok. 5 passed`, `2 failed`, `12 passed (13)`.
    fn add<'a>(&mut self, parts: impl Iterator<Item = &'a str>) {
        for part in parts {
            let words: Vec<&str> = part.split_whitespace().collect();
            for pair in words.windows(2) {
                if let Ok(number) = pair[0].parse() {
                    self.note(pair[1], number);
                }
            }
        }
    }

    fn note(&mut self, what: &str, number: u64) {
        match what {
            "passed" | "pass" | "flaky" => self.passed += number,
            "failed" | "fail" => self.failed += number,
            "skipped" | "ignored" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

fn summary_of_nextest(line: &str) -> Option<(&str, &str)> {
    line.trim_start().strip_prefix("Summary [")?.split_once(" run: ")
}

/// `12 passed (10.1s)`, `1 failed`, `2 skipped`, `1 flaky`, alone on a line.
fn is_playwright(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let counted = matches!(words[..], [_, "passed" | "failed" | "skipped" | "flaky"] | [_, "passed", _]);
    counted && words[0].parse::<u64>().is_ok()
}

/// How a stage ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With what it did, in a word or two.
    Passed(String),
    /// With its log above.
    Failed,
    /// Because of the stage named, which it needs.
    NotRun(&'static str),
}

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) end: End,
    pub(crate) took: Duration,
    pub(crate) counts: Counts,
}

/// The table of all stages, and the sum of their tests alone on the last line.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut text =
        format!("\n  {:<18} {:<8} {:>9} {:>8} {:>8} {:>8}\n", "stage", "", "time", "passed", "failed", "skipped");
    let mut sum = Counts::default();
    for line in lines {
        let (end, note) = match &line.end {
            End::Passed(note) => ("ok", note.clone()),
            End::Failed => ("FAILED", String::new()),
            End::NotRun(needs) => ("not run", format!("needs {needs}")),
        };
        let Counts { passed, failed, skipped } = line.counts;
        let counts = if line.counts == Counts::default() {
            format!("{:>8} {:>8} {:>8}", "", "", "")
        } else {
            format!("{passed:>8} {failed:>8} {skipped:>8}")
        };
        let row = format!("  {:<18} {end:<8} {:>9} {counts}  {note}", line.name, seconds(line.took));
        let _ = writeln!(text, "{}", row.trim_end());
        sum.passed += passed;
        sum.failed += failed.max(u64::from(line.end == End::Failed));
        sum.skipped += skipped;
    }
    let _ = write!(text, "\n{} passed, {} failed, {} skipped\n", sum.passed, sum.failed, sum.skipped);
    text
}

/// `0.4 s`, `83 s`.
pub(crate) fn seconds(took: Duration) -> String {
    if took < Duration::from_secs(10) {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} s", took.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(log: &str) -> (u64, u64, u64) {
        let Counts { passed, failed, skipped } = Counts::read(log);
        (passed, failed, skipped)
    }

    #[test]
    fn the_closing_lines_of_all_runners_are_read() {
        assert_eq!(counts("     Summary [   1.2s] 13 tests run: 12 passed (1 slow), 1 failed, 2 skipped"), (12, 1, 2));
        let shown = "  test result: FAILED. 0 passed; 1 failed; 0 ignored\n Summary [ 2s] 3 tests run: 2 passed, 1 failed, 0 skipped\n";
        assert_eq!(counts(shown), (2, 1, 0));
        let cargo = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(counts(&cargo.repeat(2)), (10, 0, 2));
        assert_eq!(
            counts(" Test Files  1 failed | 4 passed (5)\n      Tests  1 failed | 12 passed (13)\n"),
            (12, 1, 0)
        );
        assert_eq!(counts("  1 failed\n    [chromium] a.spec.ts\n  2 skipped\n  7 passed (10.1s)\n"), (7, 1, 2));
        assert_eq!(counts("# tests 5\n# pass 4\n# fail 1\nℹ skipped 0\n"), (4, 1, 0));
        assert_eq!(counts("all is well: 3 passed the door\n"), (0, 0, 0));
    }

    #[test]
    fn the_last_line_is_the_sum_and_counts_a_failed_stage_without_tests() {
        let line = |name, end, passed| Line {
            name,
            end,
            took: Duration::from_secs(1),
            counts: Counts { passed, ..Counts::default() },
        };
        let text = table(&[
            line("tidy", End::Failed, 0),
            line("rust", End::Passed(String::new()), 7),
            line("e2e", End::NotRun("web"), 0),
        ]);
        assert!(text.ends_with("\n7 passed, 1 failed, 0 skipped\n"), "{text}");
        assert!(text.contains("needs web"), "{text}");
    }
}
