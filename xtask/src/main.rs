//! The workshop of Billet: everything a person does with the repository, as one command in Rust.
//!
//! - `cargo xtask run` builds and starts; `cargo xtask test` runs every test; `cargo xtask tidy` is the style guide.
//! - It is no part of what is deployed, uses no crate of ours, and is quick to compile.
//! - What it starts it ends, by process id, also when it fails or is interrupted.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to a person at a terminal")]
#![expect(clippy::disallowed_methods, reason = "the workshop measures real time")]

mod apt;
mod codegen;
mod documents;
mod interrupt;
mod launch;
mod postgres;
mod promises_document;
mod register;
mod report;
mod run;
mod test;
mod tidy;
mod tools;
mod trouble;
mod web;
mod workshop;

use std::process::{Command, ExitCode};

use trouble::Trouble;
use workshop::Workshop;

const HELP: &str = "\
cargo xtask COMMAND

  run [ARGS]         builds the web client and the server and starts both in demo mode;
                     ARGS go to `billet serve`
  test [OPTIONS]     all tests, quick ones first
      --rust --web --e2e   only the tests of this kind (several may be given)
      --only NAME          only this stage and nothing it needs; `--only list` names them
      --verbose            show everything that the tests print
      -- ARGS              go to the Rust test runner, for instance the name of a test
  tidy               the style guide as a program
  gallery            every screen in every look, measured and photographed, into e2e/screens/gallery/index.html
  codegen [--check]  writes web/src/api, docs/PRIVACY.md and docs/promises.md from what the server and the tests say;
                     --check: says whether they are stale; --publish-policy: closes the newest version of the policy
  bench [ARGS]       the load generator
  forget             a message that can be found, and three days later cannot: the story, in a minute
  model [RUNS]       the model of keys and lease log, as long as one likes
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> Result<(), Trouble> {
    let workshop = Workshop::find()?;
    let Some((verb, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    match verb.as_str() {
        "run" => run::run(&workshop, rest),
        "test" => test::test(&workshop, &test::Options::parse(rest)?),
        "tidy" => tidy::tidy(&workshop.root),
        "gallery" => test::test(&workshop, &test::Options::parse(&["--gallery".to_owned()])?),
        "codegen" if rest.iter().any(|argument| argument == "--publish-policy") => {
            launch::shown(&mut workshop.build_server())?;
            println!("published {}", documents::publish_policy(&workshop)?);
            Ok(())
        }
        "codegen" => codegen::codegen(&workshop, rest.iter().any(|argument| argument == "--check"), &launch::shown),
        "bench" => {
            launch::shown(&mut workshop.cargo(&["build", "--release", "-p", "server", "-p", "bench"]))?;
            launch::shown(Command::new(workshop.release.join("bench")).args(rest).current_dir(&workshop.root))
        }
        "forget" => forget(&workshop),
        "model" => model(&workshop, rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Trouble::new(format!("there is no command `{other}`"), "`cargo xtask help` lists them")),
    }
}

/// The story of a message, which `bench` plays.
fn forget(workshop: &Workshop) -> Result<(), Trouble> {
    tools::c_compiler()?;
    apt::install(&apt::FOR_FORGET.iter().collect::<Vec<_>>(), &launch::shown)?;
    launch::shown(&mut workshop.cargo(&["build", "--release", "--quiet", "-p", "server", "-p", "bench"]))?;
    println!();
    launch::shown(Command::new(workshop.release.join("bench")).args(["--binary"]).arg(workshop.billet()).arg("forget"))
}

/// The randomised model of vault and lease log, which the tests run a limited number of times.
fn model(workshop: &Workshop, rest: &[String]) -> Result<(), Trouble> {
    let mut cargo = workshop.cargo(&["test", "--release", "-p", "storage", "--test", "model", "--", "--nocapture"]);
    if let Some(runs) = rest.first() {
        cargo.env("BILLET_MODEL_RUNS", runs);
    }
    launch::shown(&mut cargo)
}
