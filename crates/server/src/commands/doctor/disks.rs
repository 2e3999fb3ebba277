//! Disks: room, kind of file system, who may read, and whether one failure takes everything.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use vault::OsDisk;

use super::finding::Finding;
use crate::master_file;
use crate::rooms::existing;
use crate::settings::{MasterKey, Places, is_within};

/// Below this, sends are refused soon: the lease log keeps 256 MiB free for what must still be written.
const FREE_BYTES_MIN: u64 = 512 << 20;
/// Comfortable.
const FREE_BYTES_ENOUGH: u64 = 2 << 30;
/// Files that can still be made; the lease log makes a few an hour.
const FREE_INODES_MIN: u64 = 10_000;
/// What others on this machine may do.
const MODE_OF_OTHERS: u32 = 0o077;

pub(super) fn look(places: &Places) -> Vec<Finding> {
    let mut findings = vec![room(existing(&places.data))];
    let mirror = places.keys_mirror.as_deref();
    let keys = [("--keys", Some(places.keys.as_path())), ("--keys-mirror", mirror)];
    for (flag, folder) in keys {
        let Some(folder) = folder else { continue };
        let found = OsDisk::copy_on_write(existing(folder)).and_then(|cow| Ok((cow, far(folder)?)));
        findings.push(file_system(flag, folder, found));
    }
    findings.push(file_system("--data", &places.data, far(&places.data).map(|far| (None, far))));
    findings.push(together(
        same_device(&places.keys, &places.data),
        mirror.map(|mirror| same_device(mirror, &places.keys)),
    ));
    for (what, folder) in [("data", Some(places.data.as_path())), ("keys", Some(&places.keys)), ("mirror", mirror)] {
        findings.extend(folder.filter(|folder| folder.exists()).map(|folder| permissions(what, folder)));
    }
    if let MasterKey::File(path) = &places.master_key {
        findings.push(master_file(path, places));
    }
    findings
}

fn far(folder: &Path) -> io::Result<Option<&'static str>> {
    OsDisk::far_or_fleeting(existing(folder))
}

fn room(folder: &Path) -> Finding {
    match rustix::fs::statvfs(folder) {
        Err(error) => Finding::wrong("disk", format!("{}: {error}", folder.display()), "check --data"),
        Ok(found) => room_of(found.f_bavail.saturating_mul(found.f_frsize), found.f_files, found.f_favail),
    }
}

fn room_of(free: u64, inodes: u64, free_inodes: u64) -> Finding {
    let mib = free >> 20;
    let check = "disk";
    let remedy = "make room on the disk of --data, or move it to a larger one";
    if free < FREE_BYTES_MIN {
        return Finding::wrong(check, format!("only {mib} MiB are free for data: sends are refused soon"), remedy);
    }
    // Some file systems make inodes as they are needed, and say 0.
    if inodes > 0 && free_inodes < FREE_INODES_MIN {
        return Finding::wrong(check, format!("only {free_inodes} more files can be made (inodes)"), remedy);
    }
    if free < FREE_BYTES_ENOUGH {
        return Finding::look(check, format!("{mib} MiB are free for data"), remedy);
    }
    Finding::ok(check, format!("{mib} MiB are free for data"))
}

/// What copies on write, and what lies far away or only in memory.
type Kinds = (Option<&'static str>, Option<&'static str>);

fn file_system(flag: &'static str, folder: &Path, found: io::Result<Kinds>) -> Finding {
    let folder = folder.display();
    match found {
        Err(error) => Finding::wrong("file system", format!("{flag} {folder}: {error}"), format!("check {flag}")),
        Ok((Some(kind), _)) => Finding::wrong(
            "file system",
            format!("{flag} {folder} is on {kind}, which keeps what is overwritten: keys do not die there in time"),
            format!("put {flag} on ext4 or xfs"),
        ),
        Ok((None, Some("tmpfs"))) => Finding::wrong(
            "file system",
            format!("{flag} {folder} is in memory (tmpfs): a reboot loses it"),
            format!("put {flag} on a disk"),
        ),
        Ok((None, Some(kind))) => Finding::look(
            "file system",
            format!(
                "{flag} {folder} is on {kind}: whether what is synced or overwritten has reached a disk is up to another machine"
            ),
            format!("put {flag} on a disk of this machine"),
        ),
        Ok((None, None)) => Finding::ok("file system", format!("{flag} {folder} overwrites in place")),
    }
}

fn same_device(one: &Path, other: &Path) -> Option<bool> {
    let device = |folder| fs::metadata(existing(folder)).map(|found| found.dev()).ok();
    Some(device(one)? == device(other)?)
}

/// `keys_and_data`: whether they share a disk; `mirror`: whether there is one and shares the disk of the keys.
fn together(keys_and_data: Option<bool>, mirror: Option<Option<bool>>) -> Finding {
    let check = "mirror";
    match (mirror, keys_and_data) {
        (None, on_one) => {
            let disk = if on_one == Some(true) { "the one disk of keys and data" } else { "the disk of the keys" };
            Finding::look(
                check,
                format!("there is no mirror of the keys: if {disk} is lost, everything that is sealed is lost"),
                "give --keys-mirror a folder on a second disk",
            )
        }
        (Some(Some(true)), _) => Finding::look(
            check,
            "the mirror of the keys is on the same disk (or partition) as the keys, and is lost with it",
            "put --keys-mirror on another disk",
        ),
        (Some(_), _) => Finding::ok(check, "the keys are mirrored on another disk"),
    }
}

fn permissions(what: &'static str, folder: &Path) -> Finding {
    let check = "permissions";
    let path = folder.display();
    match fs::metadata(folder) {
        Err(error) => Finding::wrong(check, format!("{what} {path}: {error}"), "check who owns it"),
        Ok(found) if found.uid() != rustix::process::geteuid().as_raw() => Finding::look(
            check,
            format!("{what} {path} belongs to user {}, and this is another", found.uid()),
            "run the doctor as the user that runs the server",
        ),
        Ok(found) if found.mode() & MODE_OF_OTHERS != 0 => Finding::wrong(
            check,
            format!("{what} {path} is open to others on this machine (mode {:03o})", found.mode() & 0o777),
            format!("chmod 700 {path}"),
        ),
        Ok(_) => Finding::ok(check, format!("{what} {path} is the server's alone")),
    }
}

fn master_file(path: &Path, places: &Places) -> Finding {
    let check = "master key file";
    let at = path.display();
    let folders = [Some(&places.data), Some(&places.keys), places.keys_mirror.as_ref()];
    if let Some(folder) = folders.into_iter().flatten().find(|folder| is_within(path, folder)) {
        let says = format!("{at} lies in {}: whoever takes that folder has the key to it", folder.display());
        return Finding::wrong(check, says, "move it elsewhere and give --master-key-file");
    }
    let left = [master_file::new_file(path), master_file::old_file(path)].into_iter().find(|left| left.exists());
    if let Some(left) = left {
        let says = format!("{} is left from a rotation that was cut short", left.display());
        return Finding::wrong(check, says, "stop the server and run `billet keys rotate` again; it finishes");
    }
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Finding::look(
            check,
            format!("there is none at {at}"),
            "the first start makes it; if this is not the first, check --master-key-file",
        ),
        Err(error) => Finding::wrong(check, format!("{at}: {error}"), "check who may read it"),
        Ok(found) if found.mode() & MODE_OF_OTHERS != 0 => Finding::wrong(
            check,
            format!("{at} is open to others on this machine (mode {:03o})", found.mode() & 0o777),
            format!("chmod 600 {at}"),
        ),
        Ok(_) => Finding::ok(check, format!("{at} is the server's alone, apart from data and keys")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[track_caller]
    fn check(finding: &Finding, level: Level, word: &str) {
        let text = format!("{} {}", finding.says, finding.remedy.as_deref().unwrap_or_default());
        assert!(finding.level == level && text.contains(word), "{finding:?}");
    }

    #[test]
    fn a_disk_that_runs_full_is_found() {
        check(&room_of(100 << 20, 1_000_000, 900_000), Level::Wrong, "100 MiB");
        check(&room_of(1 << 30, 1_000_000, 900_000), Level::Look, "1024 MiB");
        check(&room_of(1 << 40, 1_000_000, 9), Level::Wrong, "inodes");
        check(&room_of(1 << 40, 0, 0), Level::Ok, "free");
    }

    #[test]
    fn file_systems_that_keep_or_lose_what_they_should_not_are_found() {
        let at = |kinds| file_system("--keys", Path::new("/k"), Ok(kinds));
        check(&at((Some("btrfs"), None)), Level::Wrong, "ext4 or xfs");
        check(&at((None, Some("nfs"))), Level::Look, "another machine");
        check(&at((None, Some("tmpfs"))), Level::Wrong, "reboot");
        check(&at((None, None)), Level::Ok, "in place");
        check(&file_system("--data", Path::new("/k"), Err(io::Error::other("no"))), Level::Wrong, "check --data");
    }

    #[test]
    fn one_disk_for_everything_is_found() {
        check(&together(Some(true), None), Level::Look, "the one disk of keys and data");
        check(&together(Some(false), None), Level::Look, "the disk of the keys");
        check(&together(Some(true), Some(Some(true))), Level::Look, "another disk");
        check(&together(Some(true), Some(Some(false))), Level::Ok, "mirrored");
    }
}
