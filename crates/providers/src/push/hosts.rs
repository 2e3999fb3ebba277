//! Where pushes may go. A browser says the address, so without this list anybody could make this server call anything
//! (SSRF).

use reqwest::Url;
use reqwest::header::HeaderValue;

/// The push services of the browsers there are.
pub const PUSH_HOSTS: &str =
    "fcm.googleapis.com, updates.push.services.mozilla.com, *.push.apple.com, *.notify.windows.com";
/// Longest address that is taken: the longest in use have about 700.
pub const ENDPOINT_BYTES_MAX: usize = 2_048;

/// The address is none, or leads where nothing is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostRefused {
    /// Not an address.
    #[error("this is not the address of a push service")]
    NoAddress,
    /// Not on the list.
    #[error("this server does not push to this host")]
    NotAllowed,
}

/// The hosts that pushes may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    names: Vec<String>,
    /// Plain http to this very machine, for tests.
    loopback: bool,
}

/// An address that a push may go to.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    pub(super) const fn url(&self) -> &Url {
        &self.0
    }

    /// Scheme, host and port: whom a push is signed for.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// As the browser gave it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Hosts {
    /// Names with commas between them; `*.` before a name stands for what ends in it, and nothing stands for no pushes at
    /// all. `loopback` allows plain http to this machine.
    pub fn parse(text: &str, loopback: bool) -> Self {
        let names: Vec<_> =
            text.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect();
        Self { loopback: loopback && !names.is_empty(), names }
    }

    /// Whether pushes go anywhere.
    pub fn any(&self) -> bool {
        !self.names.is_empty()
    }

    /// The address, if a push may go there.
    pub fn check(&self, endpoint: &str) -> Result<Endpoint, HostRefused> {
        if endpoint.len() > ENDPOINT_BYTES_MAX || HeaderValue::from_str(endpoint).is_err() {
            return Err(HostRefused::NoAddress);
        }
        let url = Url::parse(endpoint).map_err(|_| HostRefused::NoAddress)?;
        let host = url.host_str().ok_or(HostRefused::NoAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HostRefused::NoAddress);
        }
        let allowed = match url.scheme() {
            "https" => url.port().is_none() && self.names.iter().any(|name| matches(name, host)),
            "http" => self.loopback && matches!(host, "localhost" | "127.0.0.1" | "[::1]"),
            _ => false,
        };
        if allowed { Ok(Endpoint(url)) } else { Err(HostRefused::NotAllowed) }
    }
}

fn matches(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(end) => host.strip_suffix(end).is_some_and(|begin| begin.len() > 1 && begin.ends_with('.')),
        None => name == host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(endpoint: &str, expected: Result<(), HostRefused>) {
        let hosts = Hosts::parse(PUSH_HOSTS, false);
        assert_eq!(hosts.check(endpoint).map(drop), expected, "{endpoint}");
    }

    #[test]
    fn a_push_goes_to_the_hosts_on_the_list_and_nowhere_else() {
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc",
            "https://FCM.googleapis.com:443/fcm/send/abc",
            "https://updates.push.services.mozilla.com/wpush/v2/abc",
            "https://web.push.apple.com/abc",
            "https://wns2-by3p.notify.windows.com/w/?token=abc",
        ] {
            check(good, Ok(()));
        }
        for bad in [
            "http://fcm.googleapis.com/fcm/send/abc",
            "https://fcm.googleapis.com:8443/fcm/send/abc",
            "https://fcm.googleapis.com.evil.test/",
            "https://evilfcm.googleapis.com/",
            "https://push.apple.com/",
            "https://.push.apple.com/",
            "https://evilpush.apple.com/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "http://127.0.0.1:8080/",
            "http://localhost/",
            "ftp://fcm.googleapis.com/",
        ] {
            check(bad, Err(HostRefused::NotAllowed));
        }
        let long = format!("https://fcm.googleapis.com/{}", "x".repeat(ENDPOINT_BYTES_MAX));
        for bad in [
            "",
            "x",
            "https://user@fcm.googleapis.com/",
            "https://u:p@fcm.googleapis.com/",
            "file:///etc/passwd",
            &long,
        ] {
            check(bad, Err(HostRefused::NoAddress));
        }
    }

    #[test]
    fn a_demonstration_may_push_to_this_machine_and_an_empty_list_pushes_nowhere() {
        let demo = Hosts::parse(PUSH_HOSTS, true);
        for good in ["http://127.0.0.1:8090/notify/abc", "http://localhost:8090/notify/abc", "http://[::1]:1/"] {
            assert!(demo.check(good).is_ok(), "{good}");
        }
        for bad in ["http://127.0.0.2/", "http://10.0.0.1/", "http://localhost.evil.test/", "https://localhost/"] {
            assert!(demo.check(bad).is_err(), "{bad}");
        }
        let none = Hosts::parse(" , ", true);
        assert!(!none.any() && none.check("http://127.0.0.1:8090/").is_err());
    }
}
