//! All tests, quick ones first. One line a stage; the full words of a stage that fails; a table at the end.

mod stages;

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::interrupt;
use crate::launch::Logged;
use crate::postgres::Postgres;
use crate::report::{Counts, End, Line, seconds, table};
use crate::trouble::Trouble;
use crate::workshop::{Workshop, make_folder};
use stages::STAGES;

/// A kind of tests that can be asked for alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rust,
    Web,
    E2e,
    /// What `cargo xtask gallery` needs.
    Gallery,
}

/// What to test, and how to show it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    kinds: Vec<Kind>,
    only: Option<String>,
    verbose: bool,
    /// For the Rust test runner.
    rest: Vec<String>,
}

impl Options {
    /// Reads the command line after `test`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, Trouble> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--rust" => options.kinds.push(Kind::Rust),
                "--web" => options.kinds.push(Kind::Web),
                "--e2e" => options.kinds.push(Kind::E2e),
                "--gallery" => options.kinds.push(Kind::Gallery),
                "--verbose" => options.verbose = true,
                "--only" => options.only = Some(arguments.next().cloned().unwrap_or_else(|| "list".to_owned())),
                "--" => options.rest.extend(arguments.by_ref().cloned()),
                other => {
                    let remedy =
                        "`cargo xtask help` lists the options; what is for the Rust test runner comes after `--`";
                    return Err(Trouble::new(format!("`test` has no option `{other}`"), remedy));
                }
            }
        }
        Ok(options)
    }

    fn wants(&self, stage: &Stage) -> bool {
        match &self.only {
            Some(only) => stage.name == only,
            // Pictures are for looking at, and a measure of speed is no test: both only when they are asked for.
            None if self.kinds.is_empty() => stage.kinds != [Kind::Gallery],
            None => self.kinds.iter().any(|kind| stage.kinds.contains(kind)),
        }
    }
}

/// One stage: what it is for, what it needs, what it does. The answer is a word or two for the table.
struct Stage {
    name: &'static str,
    kinds: &'static [Kind],
    /// Stages before it that must not have failed.
    needs: &'static [&'static str],
    /// Whether it must have run at least one test.
    tests: bool,
    work: fn(&Bench) -> Result<String, Trouble>,
}

/// What a stage works with.
struct Bench<'a> {
    workshop: &'a Workshop,
    options: &'a Options,
    logged: Logged,
    /// Started by the first stage that needs it, ended with the run.
    postgres: &'a RefCell<Option<Postgres>>,
}

impl Bench<'_> {
    fn run(&self, command: &mut Command) -> Result<(), Trouble> {
        self.logged.run(command)
    }
}

/// Runs what the options ask for; an error when anything failed.
pub(crate) fn test(workshop: &Workshop, options: &Options) -> Result<(), Trouble> {
    let stages: Vec<&Stage> = STAGES.iter().filter(|stage| options.wants(stage)).collect();
    if stages.is_empty() {
        let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        return Err(Trouble::new("no stage of that name", format!("one of: {}", names.join(", "))));
    }
    interrupt::watch()?;
    let logs = workshop.notes.join("logs");
    make_folder(&logs)?;
    let (postgres, mut lines, start) = (RefCell::new(None), Vec::<Line>::new(), Instant::now());
    for stage in stages {
        let log = logs.join(format!("{}.log", stage.name.replace(' ', "-")));
        lines.push(run_stage(stage, &lines, log, workshop, options, &postgres));
        if interrupt::check().is_err() {
            return Err(Trouble::new("interrupted", "what ran was ended; start it again when you like"));
        }
    }
    drop(postgres);
    print!("{}", table(&lines));
    let failed: Vec<&str> =
        lines.iter().filter(|line| !matches!(line.end, End::Passed(_))).map(|line| line.name).collect();
    if failed.is_empty() {
        return Ok(());
    }
    let what = format!("after {}, not all is well: {}", seconds(start.elapsed()), failed.join(", "));
    Err(Trouble::new(what, format!("their words are above and in {}", logs.display())))
}

fn run_stage(
    stage: &Stage,
    before: &[Line],
    log: PathBuf,
    workshop: &Workshop,
    options: &Options,
    postgres: &RefCell<Option<Postgres>>,
) -> Line {
    let broken = before.iter().find(|line| stage.needs.contains(&line.name) && !matches!(line.end, End::Passed(_)));
    if let Some(broken) = broken {
        println!("{:<18} not run: it needs {}", stage.name, broken.name);
        return Line {
            name: stage.name,
            end: End::NotRun(broken.name),
            took: Default::default(),
            counts: Counts::default(),
        };
    }
    println!("{:<18} ...", stage.name);
    let _ = std::fs::remove_file(&log);
    let logged = Logged { name: stage.name.to_owned(), log: log.clone(), verbose: options.verbose };
    let start = Instant::now();
    let mut result = (stage.work)(&Bench { workshop, options, logged, postgres });
    let took = start.elapsed();
    let words = std::fs::read_to_string(&log).unwrap_or_default();
    let counts = if stage.tests { Counts::read(&words) } else { Counts::default() };
    if stage.tests && result.is_ok() && counts.passed == 0 {
        result = Err(Trouble::new("it ended well, but ran no test", "see why its runner found none"));
    }
    let end = match result {
        Ok(note) => {
            let tests = if stage.tests { format!(", {} tests", counts.passed) } else { String::new() };
            println!("{:<18} ok, {}{tests}", stage.name, seconds(took));
            End::Passed(note)
        }
        Err(trouble) => {
            if !options.verbose {
                println!("{}", words.trim_end());
            }
            println!("{:<18} FAILED, {}\n{trouble}", stage.name, seconds(took));
            End::Failed
        }
    };
    Line { name: stage.name, end, took, counts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> Options {
        Options::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).expect("these are options")
    }

    fn names(words: &[&str]) -> Vec<&'static str> {
        let options = options(words);
        STAGES.iter().filter(|stage| options.wants(stage)).map(|stage| stage.name).collect()
    }

    #[test]
    fn without_options_every_stage_runs_but_pictures_and_measures() {
        assert_eq!(names(&[]).len(), STAGES.len() - 2);
        assert_eq!(names(&["--rust", "--web", "--e2e"]), names(&[]));
        assert_eq!(names(&["--gallery"])[names(&["--gallery"]).len() - 2..], ["gallery", "lighthouse"]);
    }

    #[test]
    fn kinds_and_names_choose_stages() {
        assert!(names(&["--web"]).contains(&"web tests") && !names(&["--web"]).contains(&"rust tests"));
        assert_eq!(names(&["--only", "tidy"]), ["tidy"]);
        assert_eq!(options(&["--rust", "--", "a_name"]).rest, ["a_name"]);
        assert!(Options::parse(&["--fast".to_owned()]).is_err());
    }

    #[test]
    fn a_stage_needs_only_what_comes_before_it() {
        for (at, stage) in STAGES.iter().enumerate() {
            for need in stage.needs {
                assert!(STAGES[..at].iter().any(|before| before.name == *need), "{} needs {need}", stage.name);
            }
        }
    }
}
