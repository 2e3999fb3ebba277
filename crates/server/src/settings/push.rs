//! Where pushes may go.

use clap::Args;
use providers::push::{Hosts, PUSH_HOSTS};
use serde::Deserialize;

/// Settings of pushes as given.
#[derive(Args, Clone, Debug, Default, Deserialize)]
pub(crate) struct PushFlags {
    /// Push services that may be called, with commas between them; `*.` stands for what ends in the name after it, and an
    /// empty list turns pushes off [default: those of Chrome, Firefox, Safari and Edge]
    #[arg(long, env = "BILLET_PUSH_HOSTS", value_name = "HOSTS")]
    push_hosts: Option<String>,
}

impl PushFlags {
    pub(super) fn over(self, file: Self) -> Self {
        Self { push_hosts: self.push_hosts.or(file.push_hosts) }
    }

    /// A demonstration also pushes to this machine by plain http, so that it can be tried without the internet.
    pub(super) fn hosts(&self, demo: bool) -> Hosts {
        Hosts::parse(self.push_hosts.as_deref().unwrap_or(PUSH_HOSTS), demo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushes_go_to_the_browsers_services_unless_said_otherwise() {
        let flags = |hosts: &str| PushFlags { push_hosts: Some(hosts.to_owned()) };
        let endpoint = "https://fcm.googleapis.com/fcm/send/x";
        assert!(PushFlags::default().hosts(false).check(endpoint).is_ok());
        assert!(flags("push.example.org").hosts(false).check(endpoint).is_err());
        assert!(!flags("").hosts(true).any());
    }
}
