use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::sql::OpenError;

/// `secure_delete` overwrites what is removed; `synchronous = FULL` makes a commit durable before it is answered;
/// `cell_size_check` notices more of a damaged page when it is read.
pub(super) const SET_UP: &str = "PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; \
     PRAGMA secure_delete = ON; \
     PRAGMA foreign_keys = ON; \
     PRAGMA temp_store = MEMORY; \
     PRAGMA trusted_schema = OFF; \
     PRAGMA cell_size_check = ON; \
     PRAGMA busy_timeout = 5000";

/// Takes the write lock at once: a transaction that reads first and then writes fails with 517 (SQLITE_BUSY_SNAPSHOT)
/// when another wrote in between.
pub(super) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

pub(super) const COLUMNS: &str = "SELECT tables.name || '.' || columns.name \
     FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns \
     WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'";

pub(super) const SHED: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// Everything as one transaction sees it, into an empty file.
pub(in crate::sql) const COPY: &str = "VACUUM INTO $1";

/// `ok`, or what is wrong.
pub(in crate::sql) const CHECK: &str = "PRAGMA integrity_check(1)";

/// The address of the database in the file `path`.
pub(in crate::sql) fn url(path: &Path) -> String {
    use std::fmt::Write;
    use std::os::unix::ffi::OsStrExt;
    let mut url = "sqlite:".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    url
}

/// Makes the file with mode 0600, which its side files inherit.
pub(super) fn prepare(url: &str) -> Result<(String, PathBuf), OpenError> {
    let path = path_of(url);
    let file = decode(path);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(source) => return Err(OpenError::File { path: file.display().to_string(), source }),
    }
    Ok((format!("sqlite:{path}?mode=rw"), file))
}

/// The address of a file that is there, to read only, and the file.
pub(super) fn existing(url: &str) -> Result<(String, PathBuf), OpenError> {
    let path = path_of(url);
    let file = decode(path);
    if !file.exists() {
        return Err(OpenError::Absent { path: file.display().to_string() });
    }
    Ok((format!("sqlite:{path}?mode=ro"), file))
}

/// The path of an address, as it stands there.
fn path_of(url: &str) -> &str {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = path.strip_prefix("//").unwrap_or(path);
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// The file of an address.
pub(super) fn file(url: &str) -> PathBuf {
    decode(path_of(url))
}

/// Undoes percent-encoding.
fn decode(text: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match escaped {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_odd_characters_survives_the_address() {
        for path in ["/tmp/a b?c#d%20e/billet.sqlite", "relative/\u{4f60}.sqlite"] {
            let url = url(Path::new(path));
            assert_eq!(decode(url.strip_prefix("sqlite:").unwrap()), Path::new(path));
        }
    }
}
