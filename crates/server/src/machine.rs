//! The real clock and the real source of chance. Everything else gets them handed in.

use kernel::{BootId, Clock, Millis, Rng};
use rustix::time::{ClockId, clock_gettime};

/// No core file and no look into this process by others: memory holds keys, and what is on its way. Where the system
/// does not let us say so the server runs all the same: its operator may have said so already.
pub(crate) fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let _limited = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _hidden = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// The clocks of this machine.
#[derive(Debug)]
pub(crate) struct MachineClock {
    boot: BootId,
}

impl MachineClock {
    /// Reads which boot this is. Without that file (not Linux) each start counts as a boot: effective time then leans
    /// on the stored time alone.
    pub(crate) fn new() -> Self {
        let mut boot = [0; 16];
        match std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
            Ok(text) => {
                let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
                for (byte, pair) in boot.iter_mut().zip(digits.chunks(2)) {
                    let pair = std::str::from_utf8(pair).unwrap_or("0");
                    *byte = u8::from_str_radix(pair, 16).unwrap_or(0);
                }
            }
            Err(_) => MachineRng.fill(&mut boot),
        }
        Self { boot: BootId(boot) }
    }
}

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed to everything else")]
    fn wall(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Millis(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }

    fn boot_ms(&self) -> i64 {
        let now = clock_gettime(ClockId::Boottime);
        now.tv_sec * kernel::SECOND_MS + now.tv_nsec / 1_000_000
    }

    fn boot_id(&self) -> BootId {
        self.boot
    }
}

/// The operating system's random numbers, through the cryptographic library.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MachineRng;

impl Rng for MachineRng {
    #[expect(clippy::disallowed_methods, reason = "this is the source of chance that is handed to everything else")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives random bytes on every platform we build for");
    }
}
