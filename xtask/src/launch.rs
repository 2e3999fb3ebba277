//! Starting other programs: with their output on the terminal, or into a log that is shown when they fail.

use std::fs::File;
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::interrupt;
use crate::trouble::Trouble;

/// How often a program that runs is looked after.
const LOOK: Duration = Duration::from_millis(50);
/// How often a terminal is told what goes on.
const TERMINAL_WORD: Duration = Duration::from_millis(500);
/// How often a log is told what goes on: often enough to see life, seldom enough to stay readable.
const LOG_WORD: Duration = Duration::from_secs(60);
/// How long a program may run: what takes longer hangs.
const RUN: Duration = Duration::from_secs(45 * 60);
/// How long a program may take to end when it is asked to.
const ENDING: Duration = Duration::from_secs(10);

/// A way to start a program and wait for it.
pub(crate) type Launch<'a> = &'a dyn Fn(&mut Command) -> Result<(), Trouble>;

/// With its output on our terminal.
pub(crate) fn shown(command: &mut Command) -> Result<(), Trouble> {
    let words = words(command);
    println!("$ {words}");
    let status = command.status().map_err(|error| absent(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Trouble::new(format!("`{words}` failed ({status})"), "its own words above say why"))
    }
}

/// Gives what it prints.
pub(crate) fn captured(command: &mut Command) -> Result<String, Trouble> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| absent(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Trouble::new(format!("`{}` failed ({}): {}", words(command), output.status, said.trim()), "see its own words"))
}

/// Into a log, with a word now and then about how it goes.
pub(crate) struct Logged {
    /// What the words begin with.
    pub(crate) name: String,
    pub(crate) log: PathBuf,
    /// Everything on the terminal as well.
    pub(crate) verbose: bool,
}

impl Logged {
    /// Runs a program to its end; adds what it prints to the log.
    pub(crate) fn run(&self, command: &mut Command) -> Result<(), Trouble> {
        let words = words(command);
        let open = || File::options().create(true).append(true).open(&self.log);
        let lost = |error: std::io::Error| {
            Trouble::new(format!("{} cannot be written: {error}", self.log.display()), "make room")
        };
        let mut log = open().map_err(lost)?;
        writeln!(log, "$ {words}").map_err(lost)?;
        let (out, err) = (open().map_err(lost)?, open().map_err(lost)?);
        // A group of its own, so that all it started can be ended with it.
        command.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0);
        command.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1");
        let mut child = command.spawn().map_err(|error| absent(command, &error))?;
        let status = self.wait(&mut child);
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Trouble::new(format!("`{words}` failed ({status})"), "its own words above say why")),
            Err(trouble) => {
                interrupt::end_group(&mut child, ENDING);
                Err(trouble)
            }
        }
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus, Trouble> {
        let (start, mut said) = (Instant::now(), Instant::now());
        let terminal = std::io::stdout().is_terminal() && !self.verbose;
        let pause = if terminal { TERMINAL_WORD } else { LOG_WORD };
        let mut shown = 0;
        loop {
            let ended =
                child.try_wait().map_err(|error| Trouble::new(format!("{}: {error}", self.name), "try again"))?;
            if self.verbose {
                shown = copy_from(&self.log, shown);
            }
            if let Some(status) = ended {
                if terminal {
                    print!("\r\x1b[K");
                }
                return Ok(status);
            }
            interrupt::check()?;
            if start.elapsed() > RUN {
                let what = format!("{} still runs after {} min", self.name, RUN.as_secs() / 60);
                return Err(Trouble::new(what, "find what it waits for; its last words are above"));
            }
            if said.elapsed() >= pause && !self.verbose {
                said = Instant::now();
                let (seconds, line) = (start.elapsed().as_secs(), last_line(&self.log));
                if terminal {
                    print!("\r\x1b[K  {} {seconds} s  {}", self.name, line.chars().take(80).collect::<String>());
                    let _ = std::io::stdout().flush();
                } else {
                    println!(
                        "  {}: {} min so far: {}",
                        self.name,
                        seconds / 60,
                        line.chars().take(120).collect::<String>()
                    );
                }
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// Prints what a log holds from `offset` on; gives where it ends now.
fn copy_from(log: &Path, offset: u64) -> u64 {
    let mut text = Vec::new();
    let Ok(mut file) = File::open(log) else { return offset };
    if file.seek(SeekFrom::Start(offset)).is_err() || file.read_to_end(&mut text).is_err() {
        return offset;
    }
    print!("{}", String::from_utf8_lossy(&text));
    offset + text.len() as u64
}

/// The last line of a log, for a word about how it goes.
fn last_line(log: &Path) -> String {
    const TAIL_BYTES: u64 = 2_000;
    let mut text = Vec::new();
    if let Ok(mut file) = File::open(log) {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        if file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES))).is_ok() {
            let _ = file.read_to_end(&mut text);
        }
    }
    let text = String::from_utf8_lossy(&text);
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().replace('\x1b', "")
}

/// A program with its arguments, as a person would type it.
pub(crate) fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn absent(command: &Command, error: &std::io::Error) -> Trouble {
    let program = command.get_program().to_string_lossy().into_owned();
    Trouble::new(
        format!("`{program}` does not start: {error}"),
        format!("install `{program}` and see that it is on the PATH"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(name: &str) -> Logged {
        let log = std::env::temp_dir().join(format!("billet-launch-{name}-{}", std::process::id()));
        let _ = std::fs::remove_file(&log);
        Logged { name: name.to_owned(), log, verbose: false }
    }

    #[test]
    fn what_a_program_says_goes_into_the_log_and_its_failure_is_told() {
        let logged = logged("fails");
        let failure =
            logged.run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).expect_err("it exits with 3");
        assert!(failure.to_string().contains("exit status: 3"), "{failure}");
        assert_eq!(
            std::fs::read_to_string(&logged.log).expect("the log"),
            "$ sh -c echo out; echo err >&2; exit 3\nout\nerr\n"
        );
        assert_eq!(last_line(&logged.log), "err");
        let _ = std::fs::remove_file(&logged.log);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let failure = shown(&mut Command::new("no-such-program-here")).expect_err("there is none");
        assert!(failure.to_string().contains("install `no-such-program-here`"), "{failure}");
    }
}
