//! Where keys in memory could leak to: swap, core dumps, other programs of the same user.

use super::finding::Finding;

pub(super) fn look() -> Vec<Finding> {
    let read = |path| std::fs::read_to_string(path).ok();
    vec![
        swap(read("/proc/swaps").as_deref()),
        Finding::ok("core dumps", "the server switches its own off when it starts"),
        ptrace(read("/proc/sys/kernel/yama/ptrace_scope").as_deref()),
    ]
}

/// `/proc/swaps` has a heading and a line for each.
fn swap(swaps: Option<&str>) -> Finding {
    let check = "swap";
    let advice = "switch swap off, or encrypt it with a key made at each boot";
    match swaps.map(|swaps| swaps.lines().skip(1).filter(|line| !line.contains("/zram")).count()) {
        Some(0) => Finding::ok(check, "memory is not swapped to a disk"),
        Some(_) => Finding::look(check, "memory is swapped to a disk, and with it keys that die later", advice),
        None => Finding::look(check, "it cannot be told whether memory is swapped", advice),
    }
}

fn ptrace(scope: Option<&str>) -> Finding {
    let check = "debuggers";
    match scope.map(str::trim) {
        Some("0") => Finding::look(
            check,
            "programs of the same user may look into each other",
            "sysctl kernel.yama.ptrace_scope=1; the server refuses on its own as well",
        ),
        Some(_) => Finding::ok(check, "programs may not look into each other"),
        None => Finding::ok(check, "the server lets no other program of its user look into it"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn swap_and_debuggers_are_found() {
        let heading = "Filename Type Size Used Priority\n";
        assert_eq!(swap(Some(heading)).level, Level::Ok);
        assert_eq!(swap(Some(&format!("{heading}/dev/zram0 partition 1 0 100\n"))).level, Level::Ok);
        assert_eq!(swap(Some(&format!("{heading}/swapfile file 1 0 -2\n"))).level, Level::Look);
        assert_eq!(swap(None).level, Level::Look);
        assert_eq!(ptrace(Some("0\n")).level, Level::Look);
        assert_eq!(ptrace(Some("1\n")).level, Level::Ok);
    }
}
