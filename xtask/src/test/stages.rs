//! The stages in their order: what fails quickly first, what takes long last.

use std::process::Command;

use super::Kind::{E2e, Gallery, Rust, Web};
use super::{Bench, Stage};
use crate::postgres::Postgres;
use crate::trouble::Trouble;
use crate::{apt, codegen, launch, tidy, tools, web};

/// Names the temporary PostgreSQL to tests: a superuser's address.
const POSTGRES: &str = "BILLET_TEST_POSTGRES";

pub(super) const STAGES: &[Stage] = &[
    Stage { name: "tools", kinds: &[Rust, Web, E2e, Gallery], needs: &[], tests: false, work: tools_are_there },
    Stage { name: "tidy", kinds: &[Rust, Web, E2e], needs: &[], tests: false, work: tidy_up },
    Stage { name: "packages", kinds: &[Rust, E2e, Gallery], needs: &[], tests: false, work: debian_packages },
    Stage { name: "web packages", kinds: &[Web, E2e, Gallery], needs: &["tools"], tests: false, work: web_packages },
    Stage { name: "web check", kinds: &[Web], needs: &["web packages"], tests: false, work: web_check },
    Stage { name: "web tests", kinds: &[Web], needs: &["web packages"], tests: true, work: web_tests },
    Stage { name: "web build", kinds: &[Web, E2e, Gallery], needs: &["web packages"], tests: false, work: web_build },
    Stage { name: "deny", kinds: &[Rust], needs: &[], tests: false, work: deny },
    Stage { name: "server", kinds: &[Rust, Web, E2e, Gallery], needs: &["tools"], tests: false, work: server },
    Stage { name: "codegen", kinds: &[Web], needs: &["web packages", "server"], tests: false, work: generated },
    Stage { name: "rust tests", kinds: &[Rust], needs: &["tools", "packages"], tests: true, work: rust_tests },
    Stage { name: "doctests", kinds: &[Rust], needs: &["tools"], tests: true, work: doctests },
    Stage { name: "schemathesis", kinds: &[Rust], needs: &["packages", "server"], tests: false, work: whole_interface },
    Stage { name: "e2e packages", kinds: &[E2e, Gallery], needs: &["tools"], tests: false, work: e2e_packages },
    Stage {
        name: "e2e",
        kinds: &[E2e],
        needs: &["packages", "web build", "server", "e2e packages"],
        tests: true,
        work: end_to_end,
    },
    Stage {
        name: "screens",
        kinds: &[E2e],
        needs: &["packages", "web build", "e2e packages"],
        tests: true,
        work: screens,
    },
    Stage {
        name: "gallery",
        kinds: &[Gallery],
        needs: &["packages", "web packages", "e2e packages"],
        tests: true,
        work: gallery,
    },
    Stage {
        name: "lighthouse",
        kinds: &[Gallery],
        needs: &["packages", "web build", "server", "e2e packages"],
        tests: true,
        work: lighthouse,
    },
];

fn tools_are_there(_: &Bench) -> Result<String, Trouble> {
    tools::c_compiler()?;
    Ok(format!("Node {}", tools::node()?))
}

fn tidy_up(bench: &Bench) -> Result<String, Trouble> {
    tidy::tidy(&bench.workshop.root).map(|()| String::new())
}

fn debian_packages(bench: &Bench) -> Result<String, Trouble> {
    let wants = |kind| bench.options.kinds.is_empty() || bench.options.kinds.contains(&kind);
    let mut packages: Vec<&apt::Package> = Vec::new();
    if wants(Rust) {
        packages.extend(apt::FOR_RUST);
    }
    if wants(E2e) || wants(Gallery) {
        packages.extend(apt::FOR_E2E);
    }
    apt::install(&packages, &|command| bench.run(command))
}

fn web_packages(bench: &Bench) -> Result<String, Trouble> {
    web::packages(bench.workshop, "web", &|command| bench.run(command))
}

fn web_check(bench: &Bench) -> Result<String, Trouble> {
    bench.run(&mut bench.workshop.npm(&bench.workshop.root.join("web"), &["run", "check"]))?;
    Ok(String::new())
}

fn web_tests(bench: &Bench) -> Result<String, Trouble> {
    bench.run(&mut bench.workshop.npm(&bench.workshop.root.join("web"), &["test"]))?;
    Ok(String::new())
}

fn web_build(bench: &Bench) -> Result<String, Trouble> {
    web::build(bench.workshop, &|command| bench.run(command))
}

/// Licences, sources and doubled crates, where cargo-deny is there. Its advisories need the network, so a failure to
/// fetch them is no failure.
fn deny(bench: &Bench) -> Result<String, Trouble> {
    if launch::captured(Command::new("cargo-deny").arg("--version")).is_err() {
        return Ok("cargo-deny is not here; `cargo install cargo-deny` brings it".to_owned());
    }
    bench.run(&mut bench.workshop.cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"]))?;
    let fetched = launch::captured(&mut bench.workshop.cargo(&["deny", "fetch", "db"])).is_ok();
    if !fetched {
        return Ok("advisories cannot be fetched here, the rest is checked".to_owned());
    }
    bench.run(&mut bench.workshop.cargo(&["deny", "check", "advisories"]))?;
    Ok(String::new())
}

/// The binary as it ships: it is what is checked, embedded and driven by the stages after.
fn server(bench: &Bench) -> Result<String, Trouble> {
    bench.run(&mut bench.workshop.build_server())?;
    Ok(String::new())
}

fn generated(bench: &Bench) -> Result<String, Trouble> {
    codegen::codegen(bench.workshop, true, &|command| bench.run(command)).map(|()| String::new())
}

/// Tests that run beside those that keep the processors busy: half a minute passes while a jump of the clock is doubted, and
/// many of the tests of time do nothing but wait for that.
const WAITING_TESTS: usize = 4;

fn rust_tests(bench: &Bench) -> Result<String, Trouble> {
    for folder in ["e2e/sms", "e2e/push"] {
        web::packages(bench.workshop, folder, &|command| bench.run(command))?;
    }
    let url = postgres(bench)?;
    let nextest = launch::captured(&mut bench.workshop.cargo(&["nextest", "--version"])).is_ok();
    let (mut cargo, note) = if nextest {
        let runner = ["nextest", "run", "--release", "--workspace", "--no-fail-fast", "--status-level", "slow"];
        let mut cargo = bench.workshop.cargo(&runner);
        let threads = std::thread::available_parallelism().map_or(1, usize::from) + WAITING_TESTS;
        cargo.arg("--test-threads").arg(threads.to_string());
        (cargo, "with nextest")
    } else {
        let runner = ["test", "--release", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests", "--examples"];
        (bench.workshop.cargo(&runner), "with cargo test: nextest is not here, the same tests take longer")
    };
    if !nextest && !bench.options.rest.is_empty() {
        cargo.arg("--");
    }
    bench.run(cargo.args(&bench.options.rest).env(POSTGRES, url))?;
    Ok(note.to_owned())
}

fn doctests(bench: &Bench) -> Result<String, Trouble> {
    let url = postgres(bench)?;
    bench.run(bench.workshop.cargo(&["test", "--release", "--workspace", "--doc"]).env(POSTGRES, url))?;
    Ok(String::new())
}

/// Every call of the interface, with what its document allows and what it does not.
fn whole_interface(bench: &Bench) -> Result<String, Trouble> {
    let (folder, tools) = (bench.workshop.root.join("e2e/schemathesis"), bench.workshop.notes.join("schemathesis"));
    let python = tools.join("bin/python");
    if !python.exists() {
        bench.run(Command::new("python3").args(["-m", "venv"]).arg(&tools))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    bench.run(Command::new(&python).args(pip).arg(folder.join("requirements.txt")))?;
    bench.run(Command::new(&python).arg(folder.join("run.py")).env("BILLET_BINARY", bench.workshop.billet()))?;
    Ok(String::new())
}

fn e2e_packages(bench: &Bench) -> Result<String, Trouble> {
    web::packages(bench.workshop, "e2e", &|command| bench.run(command))
}

fn end_to_end(bench: &Bench) -> Result<String, Trouble> {
    let url = postgres(bench)?;
    bench.run(browser_tests(bench, "test")?.env(POSTGRES, url))?;
    Ok(String::new())
}

/// Every screen once, measured: the quick half of the gallery.
fn screens(bench: &Bench) -> Result<String, Trouble> {
    bench.run(&mut browser_tests(bench, "screens")?)?;
    Ok(String::new())
}

/// Every screen in every look, measured; the pictures are for people.
fn gallery(bench: &Bench) -> Result<String, Trouble> {
    bench.run(&mut browser_tests(bench, "gallery")?)?;
    Ok("e2e/screens/gallery/index.html".to_owned())
}

/// Google's measure of a page, on the built client behind the real server.
fn lighthouse(bench: &Bench) -> Result<String, Trouble> {
    bench.run(&mut browser_tests(bench, "lighthouse")?)?;
    Ok(String::new())
}

/// A script of `e2e/package.json`, with the browser and the server that it drives.
fn browser_tests(bench: &Bench, script: &str) -> Result<Command, Trouble> {
    let chromium = apt::chromium()
        .ok_or_else(|| Trouble::new("there is no browser called chromium", "on Debian: apt-get install chromium"))?;
    let mut npm = bench.workshop.npm(&bench.workshop.root.join("e2e"), &["run", script]);
    npm.env("BILLET_BINARY", bench.workshop.billet()).env("BILLET_CHROMIUM", chromium);
    Ok(npm)
}

/// The address of the run's PostgreSQL, which is started when it is first asked for.
fn postgres(bench: &Bench) -> Result<String, Trouble> {
    let mut postgres = bench.postgres.borrow_mut();
    match &*postgres {
        Some(running) => Ok(running.url.clone()),
        None => Ok(postgres.insert(Postgres::start()?).url.clone()),
    }
}
