//! What the server talks to: its own port, the database, the messages in flight, the SMS service.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::time::Duration;

use storage::lease_log::look_at_heads;
use storage::sql::{Db, OpenError, Schema};
use vault::OsDisk;

use super::finding::{Finding, chain};
use crate::control;
use crate::settings::{Places, Settings, Sms};

/// How long an answer may take.
const ANSWER_WAIT: Duration = Duration::from_secs(3);
/// The answer to a look at a server's health is far shorter.
const ANSWER_BYTES_MAX: u64 = 16 << 10;

/// Whether a server of ours answers on the port.
pub(super) struct Port {
    pub(super) finding: Finding,
    pub(super) is_running: bool,
}

/// The address is free, or a server of ours answers there.
pub(super) fn port(settings: Option<&Settings>) -> Port {
    let Some(settings) = settings else {
        let finding = Finding::look("port", "the settings do not say where to listen", "see `configuration`");
        return Port { finding, is_running: false };
    };
    let listen = settings.listen;
    let (finding, is_running) = match TcpListener::bind(listen) {
        Ok(_) => (Finding::ok("port", format!("{listen} is free: no server runs there")), false),
        Err(error) if error.kind() == ErrorKind::AddrInUse => match health(listen) {
            Some(answer) if answer.contains("\"operator\"") => {
                (Finding::ok("port", format!("a Billet server answers at {listen}")), true)
            }
            _ => {
                let says = format!("{listen} is taken by a program that is no Billet server");
                (Finding::wrong("port", says, "end that program, or choose another address with --listen"), false)
            }
        },
        Err(error) => {
            (Finding::wrong("port", format!("{listen}: {error}"), "choose another address with --listen"), false)
        }
    };
    Port { finding, is_running }
}

/// What listens beside: the control socket of a running server, and metrics when they are asked for.
pub(super) fn beside(places: &Places, settings: Option<&Settings>, is_running: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if is_running {
        // Any answer will do, also that there is no such route.
        findings.push(match control::ask(&places.data, "GET", "/") {
            Ok(_) => Finding::ok("control socket", "the running server can be asked for its audit"),
            Err(error) => {
                let remedy = "run this as the server's user and with its --data; if it is so, start the server again";
                Finding::wrong("control socket", chain(&error), remedy)
            }
        });
    }
    findings.extend(settings.and_then(|settings| settings.metrics).map(|address| match TcpListener::bind(address) {
        Ok(_) if is_running => {
            let remedy = "start the server with --metrics";
            Finding::look("metrics", format!("the running server gives none at {address}"), remedy)
        }
        Ok(_) => Finding::ok("metrics", format!("{address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse && is_running => {
            Finding::ok("metrics", format!("something answers at {address}, as it should"))
        }
        Err(error) => Finding::wrong("metrics", format!("{address}: {error}"), "choose another address with --metrics"),
    }));
    findings
}

/// What the server at `listen` says about its health.
fn health(listen: SocketAddr) -> Option<String> {
    let mut socket = TcpStream::connect_timeout(&listen, ANSWER_WAIT).ok()?;
    socket.set_read_timeout(Some(ANSWER_WAIT)).ok()?;
    let ask = format!("GET /v1/health HTTP/1.1\r\nHost: {listen}\r\nConnection: close\r\n\r\n");
    socket.write_all(ask.as_bytes()).ok()?;
    let mut answer = Vec::new();
    // Whatever came before it broke off will do.
    let _read = socket.take(ANSWER_BYTES_MAX).read_to_end(&mut answer);
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// Whether an address of the web is on this machine.
pub(super) fn is_loopback(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let host = if host.starts_with('[') {
        host.split(']').next().unwrap_or_default().trim_start_matches('[')
    } else {
        host.split(':').next().unwrap_or_default()
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

pub(super) async fn database(places: &Places) -> Finding {
    let check = "database";
    let db = match Db::look(&places.database).await {
        Ok(db) => db,
        Err(OpenError::Absent { path }) => {
            let remedy = "the first start makes it; if this is not the first, check --data";
            return Finding::look(check, format!("there is none yet at {path}"), remedy);
        }
        Err(error) => return Finding::wrong(check, chain(&error), "check that it runs, and --database"),
    };
    let schema = db.schema().await;
    db.close().await;
    match schema {
        Ok(Schema { applied, missing: 0 }) => {
            Finding::ok(check, format!("reached; its schema is up to date ({applied})"))
        }
        Ok(Schema { missing, .. }) => {
            Finding::look(check, format!("reached; {missing} migrations are to come"), "the next start applies them")
        }
        Err(error) => Finding::wrong(check, chain(&error), "start the version that wrote it, or restore a backup"),
    }
}

pub(super) fn lease_log(places: &Places) -> Finding {
    let check = "messages in flight";
    let seen = look_at_heads(&OsDisk, &places.data.join("lease-log"));
    match seen.wrong.first() {
        Some(first) => Finding::wrong(
            check,
            format!(
                "{} of {} files do not begin as they should, the first is {}",
                seen.wrong.len(),
                seen.files,
                first.display()
            ),
            "nothing is repaired by dropping: restore the data folder from a backup",
        ),
        None => Finding::ok(check, format!("{} files begin as they should", seen.files)),
    }
}

/// Whether the SMS service can be reached. Nothing is sent.
pub(super) fn texts(settings: Option<&Settings>) -> Option<Finding> {
    let check = "texts";
    let Sms::Twilio { url, .. } = &settings?.sms else {
        return Some(Finding::ok(check, "a demonstration shows codes on a page and sends none"));
    };
    let Some(host) = host_and_port(url) else {
        return Some(Finding::wrong(check, format!("{url} is no address"), "check --sms-url"));
    };
    let remedy = "check --sms-url, the name service and the way out; without texts nobody can register";
    let addresses: Vec<SocketAddr> = match host.to_socket_addrs() {
        Ok(addresses) => addresses.collect(),
        Err(error) => return Some(Finding::wrong(check, format!("{host} is not found: {error}"), remedy)),
    };
    let reached = addresses.iter().any(|address| TcpStream::connect_timeout(address, ANSWER_WAIT).is_ok());
    Some(if reached {
        Finding::ok(check, format!("{host} is reached; nothing was sent"))
    } else {
        Finding::wrong(check, format!("{host} does not answer"), remedy)
    })
}

/// `host:port` of an address of the web.
fn host_and_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    Some(match (has_port, scheme) {
        (true, _) => host.to_owned(),
        (false, "https") => format!("{host}:443"),
        (false, _) => format!("{host}:80"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (url, host) in [
            ("https://api.example.com", Some("api.example.com:443")),
            ("http://127.0.0.1:81/x", Some("127.0.0.1:81")),
            ("http://[::1]:81", Some("[::1]:81")),
            ("nonsense", None),
        ] {
            assert_eq!(host_and_port(url).as_deref(), host, "{url}");
        }
        for loopback in ["http://localhost:8480", "http://127.0.0.1", "http://[::1]:1/x"] {
            assert!(is_loopback(loopback), "{loopback}");
        }
        assert!(!is_loopback("http://localhost.example.com") && !is_loopback("http://192.0.2.1"));
    }
}
