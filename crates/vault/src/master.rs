//! The master key: wraps every slot of the key file, lies outside its folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use kernel::Rng;
use zeroize::Zeroizing;

use crate::crypto::{Cipher, KEY_BYTES, Key};

const DIGITS: usize = 2 * KEY_BYTES;
/// A key, spaces and a line end around it; a longer file is something else.
const FILE_BYTES_MAX: u64 = 1_024;
/// Bits of the mode that let others read or write.
const MODE_OF_OTHERS: u32 = 0o077;
/// Bytes of the name of a master key in the key file.
pub(crate) const MASTER_ID_BYTES: usize = 8;

/// The key that wraps all others: 32 bytes, written as 64 hexadecimal digits.
pub struct MasterKey(Key);

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read or made.
    #[error("the master key file {path} cannot be {doing}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Others on this machine may read or change the file.
    #[error("the master key file {path} may be read or changed by others (mode {mode:03o}): run `chmod 600 {path}`", path = path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The text is something else.
    #[error(
        "a master key is {DIGITS} hexadecimal digits; {origin} holds something else: put the right key there, or take it away to start anew without the old data"
    )]
    NotAKey {
        /// Where the text came from.
        origin: String,
    },
}

impl MasterKey {
    /// Reads the key from a file of mode 0600, or makes both at the first start.
    pub fn from_file(path: &Path, rng: &dyn Rng) -> Result<Self, MasterKeyError> {
        match read(path) {
            Err(MasterKeyError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                make(path, rng).map_err(|source| io_error(path, "made", source))?;
                read(path)
            }
            other => other,
        }
    }

    /// Reads the key from a text, such as the server finds in its environment.
    pub fn from_text(text: &str) -> Result<Self, MasterKeyError> {
        parse(text).ok_or_else(|| MasterKeyError::NotAKey { origin: "the text that was given".to_owned() })
    }

    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Key::new(bytes))
    }

    pub(crate) fn cipher(&self) -> Cipher {
        Cipher::new(&self.0)
    }

    /// Tells master keys apart without giving them away.
    pub(crate) fn id(&self) -> [u8; MASTER_ID_BYTES] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.bytes());
        let tag = hmac::sign(&key, b"billet master key id v1");
        tag.as_ref()[..MASTER_ID_BYTES].try_into().expect("a SHA-256 is longer than the id")
    }
}

fn parse(text: &str) -> Option<MasterKey> {
    let digits = text.trim().as_bytes();
    if digits.len() != DIGITS {
        return None;
    }
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(0)? << 4 | digit(1)?;
    }
    Some(MasterKey(Key::new(*key)))
}

fn read(path: &Path) -> Result<MasterKey, MasterKeyError> {
    let io = |source| io_error(path, "read", source);
    let file = File::open(path).map_err(io)?;
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
    if mode & MODE_OF_OTHERS != 0 {
        return Err(MasterKeyError::OpenToOthers { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(io)?;
    parse(&text).ok_or_else(|| MasterKeyError::NotAKey { origin: path.display().to_string() })
}

/// Written beside its place and linked there when it is durable: a crash leaves a whole key or none, and of two processes
/// one wins.
fn make(path: &Path, rng: &dyn Rng) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = path.with_added_extension(format!("{:016x}.draft", rng.next_u64()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let key = Key::random(rng);
    let mut text = Zeroizing::new(String::with_capacity(DIGITS + 1));
    for byte in key.bytes() {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).expect("four bits are a digit"));
        }
    }
    text.push('\n');
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    fs::remove_file(&draft)?;
    linked?;
    File::open(folder)?.sync_all()
}

fn io_error(path: &Path, doing: &'static str, source: io::Error) -> MasterKeyError {
    MasterKeyError::Io { path: path.to_owned(), doing, source }
}

#[cfg(test)]
mod tests {
    use kernel::sim::SimRng;

    use super::*;

    fn message(result: Result<MasterKey, MasterKeyError>) -> String {
        result.err().expect("refused").to_string()
    }

    #[test]
    fn a_master_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets/master.key");
        let made = MasterKey::from_file(&path, &SimRng::new(1)).unwrap();
        let read = MasterKey::from_file(&path, &SimRng::new(2)).unwrap();
        assert_eq!(made.id(), read.id());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left");
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(MasterKey::from_text(&text).unwrap().id(), made.id());
    }

    #[test]
    fn a_master_key_that_others_can_read_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        MasterKey::from_file(&path, &SimRng::new(1)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let said = message(MasterKey::from_file(&path, &SimRng::new(1)));
        assert!(said.contains("chmod 600") && said.contains("mode 640"), "{said}");
    }

    #[test]
    fn a_text_that_is_no_key_is_refused_without_being_shown() {
        for wrong in ["", "secret", &"g".repeat(64), &"a".repeat(63), &"é".repeat(32)] {
            let said = message(MasterKey::from_text(wrong));
            assert!(said.contains("64 hexadecimal digits") && (wrong.is_empty() || !said.contains(wrong)), "{said}");
        }
    }
}
