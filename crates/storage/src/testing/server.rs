//! A PostgreSQL for tests: the one that is named, or a temporary one.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::OnceCell;

/// Names a running server (a superuser's URL), which saves starting one.
const VARIABLE: &str = "BILLET_TEST_POSTGRES";

/// `initdb` and `postgres` refuse root, so a test that runs as root becomes this user.
const USER: &str = "postgres";

/// Starting takes well under a second; a loaded machine may need more.
const START_SECONDS_MAX: u64 = 30;

/// The server's address.
pub(super) async fn url() -> &'static str {
    static URL: OnceCell<String> = OnceCell::const_new();
    URL.get_or_init(|| async {
        match std::env::var(VARIABLE) {
            Ok(url) if !url.is_empty() => url,
            _ => start().await.unwrap_or_else(|reason| {
                panic!(
                    "no PostgreSQL for the tests: {reason}. Install it (Debian: apt-get install postgresql) \
                     or set {VARIABLE} to a superuser's postgres:// address."
                )
            }),
        }
    })
    .await
}

/// Lives as long as the test process: when it ends, however it ends, the pipe closes and the watcher stops the server.
static WATCHER: OnceLock<Child> = OnceLock::new();

/// Starts a server on a socket in a new folder.
async fn start() -> Result<String, String> {
    let binaries = binaries().ok_or("initdb and postgres were found neither on PATH nor under /usr/lib/postgresql")?;
    let user = User::find()?;
    let folder = tempfile::Builder::new()
        .prefix("billet-postgres-")
        .tempdir_in("/tmp")
        .map_err(|error| format!("no folder under /tmp: {error}"))?
        .keep();
    let data = folder.join("data");
    user.own(&folder)?;
    let output = user
        .command(&binaries.join("initdb"))
        .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username", USER, "--pgdata"])
        .arg(&data)
        .current_dir(&folder)
        .output()
        .map_err(|error| format!("initdb cannot be run: {error}"))?;
    check("initdb", &output)?;
    // The shell ends the server and removes the folder once its standard input closes.
    let watcher = user
        .command(Path::new("/bin/sh"))
        .args([
            "-c",
            "\"$1\" -D \"$2/data\" -k \"$2\" -c listen_addresses= -c fsync=off -c max_connections=200 \
                >\"$2/log\" 2>&1 & read -r _; kill -INT $!; wait $!; rm -rf \"$2\"",
            "sh",
        ])
        .arg(binaries.join("postgres"))
        .arg(&folder)
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("postgres cannot be run: {error}"))?;
    let _ = WATCHER.set(watcher);
    let socket = folder.join(".s.PGSQL.5432");
    for _ in 0..START_SECONDS_MAX * 20 {
        if socket.exists() && ready(&binaries, &folder) {
            return Ok(format!("postgres://{USER}@localhost/postgres?host={}", folder.display()));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(format!("it did not start within {START_SECONDS_MAX} s: {log}"))
}

fn ready(binaries: &Path, folder: &Path) -> bool {
    Command::new(binaries.join("pg_isready"))
        .args(["--quiet", "--host"])
        .arg(folder)
        .status()
        .is_ok_and(|status| status.success())
}

fn check(name: &str, output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr)))
}

/// The folder of `initdb` and `postgres`: Debian's, newest version first, else one on PATH.
fn binaries() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    folders.sort_by_key(|folder| {
        let version = folder.parent().and_then(|version| version.file_name()?.to_str()?.parse::<u32>().ok());
        std::cmp::Reverse(version)
    });
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders
        .into_iter()
        .find(|folder| ["initdb", "postgres", "pg_isready"].iter().all(|name| folder.join(name).exists()))
}

/// Who runs the server: we, or `postgres` when we are root.
struct User(Option<(u32, u32)>);

impl User {
    fn find() -> Result<Self, String> {
        if id("-u", None)? != 0 {
            return Ok(Self(None));
        }
        Ok(Self(Some((id("-u", Some(USER))?, id("-g", Some(USER))?))))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }

    fn own(&self, folder: &Path) -> Result<(), String> {
        let Some((user, group)) = self.0 else { return Ok(()) };
        std::os::unix::fs::chown(folder, Some(user), Some(group))
            .map_err(|error| format!("{} cannot be given to {USER}: {error}", folder.display()))
    }
}

/// What `id` says.
fn id(what: &str, of: Option<&str>) -> Result<u32, String> {
    let output =
        Command::new("id").arg(what).args(of).output().map_err(|error| format!("id cannot be run: {error}"))?;
    check("id", &output)?;
    String::from_utf8_lossy(&output.stdout).trim().parse().map_err(|_| "id did not answer a number".to_owned())
}
