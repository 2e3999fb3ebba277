//! From an empty machine to a server that one can open in a browser.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::launch::{shown, words};
use crate::trouble::Trouble;
use crate::workshop::Workshop;
use crate::{tools, web};

/// Where the server listens when nothing else is said.
const LISTEN: &str = "127.0.0.1:8480";

/// Builds what is not built yet and becomes the server.
pub(crate) fn run(workshop: &Workshop, arguments: &[String]) -> Result<(), Trouble> {
    let node = tools::node()?;
    tools::c_compiler()?;
    println!("1/3  web client (Node {node})");
    println!("     packages: {}", web::packages(workshop, "web", &shown)?);
    println!("     build: {}", web::build(workshop, &shown)?);
    println!("2/3  server (the first build takes some minutes)");
    shown(&mut workshop.build_server())?;
    let mut billet = Command::new(workshop.billet());
    billet.args(server_arguments(workshop, arguments)).current_dir(&workshop.root);
    println!("3/3  {}", words(&billet));
    println!(
        "\n     Open http://{} in two browsers (or one, and one private window) and register two people.",
        address(arguments)
    );
    println!("     Demo mode: no text message leaves this machine; the page shows the code. Ctrl-C ends the server.\n");
    // The server takes our place, so that signals and the exit code are its own.
    let error = billet.exec();
    Err(Trouble::new(format!("the server does not start: {error}"), "build it again: cargo build --release -p server"))
}

fn server_arguments(workshop: &Workshop, arguments: &[String]) -> Vec<String> {
    let mut all = vec!["serve".to_owned(), "--demo".to_owned()];
    let given =
        |name: &str| arguments.iter().any(|argument| argument == name || argument.starts_with(&format!("{name}=")));
    if !given("--data") && !given("--config") {
        all.extend(["--data".to_owned(), workshop.root.join("data").display().to_string()]);
    }
    all.extend(arguments.iter().filter(|argument| *argument != "--demo" && *argument != "--").cloned());
    all
}

/// What `--listen` says, else the default.
fn address(arguments: &[String]) -> &str {
    let given = arguments.iter().enumerate().find_map(|(at, argument)| {
        if argument == "--listen" {
            arguments.get(at + 1).map(String::as_str)
        } else {
            argument.strip_prefix("--listen=")
        }
    });
    given.unwrap_or(LISTEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(given: &[&str]) -> Vec<String> {
        let workshop = Workshop { root: "/r".into(), release: "/r/t".into(), notes: "/r/n".into() };
        server_arguments(&workshop, &given.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_go_to_the_server_and_the_data_folder_has_a_default() {
        assert_eq!(arguments(&[]), ["serve", "--demo", "--data", "/r/data"]);
        assert_eq!(
            arguments(&["--demo", "--data=x", "--listen", "127.0.0.1:1"]),
            ["serve", "--demo", "--data=x", "--listen", "127.0.0.1:1"]
        );
    }

    #[test]
    fn what_to_open_follows_the_address() {
        assert_eq!(address(&[]), LISTEN);
        assert_eq!(address(&["--listen".into(), "127.0.0.1:9".into()]), "127.0.0.1:9");
        assert_eq!(address(&["--listen=127.0.0.1:8".into()]), "127.0.0.1:8");
    }
}
