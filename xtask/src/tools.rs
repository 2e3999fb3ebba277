//! What must be on the machine before anything can be built.

use std::process::Command;

use crate::launch::captured;
use crate::trouble::Trouble;

/// The oldest Node that builds the web client: these lines from these minor versions on, and every later line.
const NODE_LINES: &[(u32, u32)] = &[(20, 19), (22, 12)];
/// The oldest npm that reads our locks.
const NPM_MAJOR_MIN: u32 = 10;

/// Node and npm, new enough; gives Node's version.
pub(crate) fn node() -> Result<String, Trouble> {
    let remedy = "install Node 20.19 or newer (22.12 or newer in the line 22) together with npm";
    let node = captured(Command::new("node").arg("--version"))
        .map_err(|_| Trouble::new("Node is not there (`node --version` does not answer)", remedy))?;
    let (major, minor) = version(&node);
    if !is_new_enough(major, minor) {
        return Err(Trouble::new(format!("Node {} is too old for the web client", node.trim()), remedy));
    }
    let npm = captured(Command::new("npm").arg("--version"))
        .map_err(|_| Trouble::new("npm is not there (`npm --version` does not answer)", remedy))?;
    if version(&npm).0 < NPM_MAJOR_MIN {
        return Err(Trouble::new(format!("npm {} is too old", npm.trim()), remedy));
    }
    Ok(node.trim().to_owned())
}

/// A C compiler: some crates bring C with them (SQLite, AES).
pub(crate) fn c_compiler() -> Result<(), Trouble> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    captured(Command::new(&compiler).arg("--version")).map(|_| ()).map_err(|_| {
        Trouble::new(
            format!("there is no C compiler (`{compiler} --version` does not answer)"),
            "install one; on Debian: apt-get install build-essential",
        )
    })
}

fn is_new_enough(major: u32, minor: u32) -> bool {
    let newest = NODE_LINES.iter().map(|(line, _)| *line).max().unwrap_or_default();
    major > newest || NODE_LINES.iter().any(|(line, least)| major == *line && minor >= *least)
}

/// `v20.19.1` and `11.2.0` as major and minor.
fn version(text: &str) -> (u32, u32) {
    let mut parts = text.trim().trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_nodes_and_odd_lines_are_refused() {
        let fine = |text| is_new_enough(version(text).0, version(text).1);
        for new in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.0.0\n"] {
            assert!(fine(new), "{new}");
        }
        for old in ["v18.20.0", "v20.18.3", "v21.7.0", "v22.11.0", "nonsense"] {
            assert!(!fine(old), "{old}");
        }
    }
}
