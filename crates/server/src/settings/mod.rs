//! Every setting: a flag, a `BILLET_*` variable, or a line of the configuration file, in this order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use providers::push::Hosts;
use serde::Deserialize;

mod places;
mod push;

use self::push::PushFlags;
pub(crate) use places::{MasterKey, PlaceFlags, Places, is_within};

/// Where the server listens when nothing is said.
const LISTEN: &str = "127.0.0.1:8480";
/// Sockets from one address when nothing is said: a school of two thousand with two devices each. At about 40 KiB each
/// they are 160 MiB at the most.
const SOCKETS_PER_ADDRESS: u32 = 4_096;

/// Settings as given. All optional: see [`Settings`] for what is made of them.
#[derive(Args, Clone, Debug, Default, Deserialize)]
pub(crate) struct Flags {
    #[command(flatten)]
    #[serde(flatten)]
    places: PlaceFlags,
    #[command(flatten)]
    #[serde(flatten)]
    push: PushFlags,
    /// Address to listen on [default: 127.0.0.1:8480]
    #[arg(long, env = "BILLET_LISTEN", value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// Address for metrics in the text format of Prometheus [default: none]
    #[arg(long, env = "BILLET_METRICS", value_name = "ADDR:PORT")]
    metrics: Option<SocketAddr>,
    /// Where browsers find this server, e.g. https://chat.example.org
    #[arg(long, env = "BILLET_ORIGIN", value_name = "URL")]
    origin: Option<String>,
    /// Folder with the web client to serve instead of the one in this file: for those who change it (web/dist)
    #[arg(long, env = "BILLET_WEB", value_name = "DIR")]
    web: Option<PathBuf>,
    /// A demonstration: loopback only, codes are shown on a page instead of being sent.
    #[arg(long, env = "BILLET_DEMO")]
    #[serde(default)]
    demo: bool,
    /// The operator's particulars (see policy/operators/demo.toml).
    #[arg(long, env = "BILLET_OPERATOR", value_name = "FILE")]
    operator: Option<PathBuf>,
    /// Address of a Twilio-shaped SMS service.
    #[arg(long, env = "BILLET_SMS_URL", value_name = "URL")]
    sms_url: Option<String>,
    /// Account at the SMS service.
    #[arg(long, env = "BILLET_SMS_ACCOUNT", value_name = "SID")]
    sms_account: Option<String>,
    /// Secret of that account.
    #[arg(long, env = "BILLET_SMS_TOKEN", value_name = "SECRET", hide_env_values = true)]
    sms_token: Option<String>,
    /// The number texts come from.
    #[arg(long, env = "BILLET_SMS_FROM", value_name = "NUMBER")]
    sms_from: Option<String>,
    /// Codes that one address may ask for in an hour; a school behind one address needs more [default: 30]
    #[arg(long, env = "BILLET_SIGN_UPS_PER_HOUR_AND_ADDRESS", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    sign_ups_per_hour_and_address: Option<u32>,
    /// Sockets that may be open from one address at a time [default: 4096]
    #[arg(long, env = "BILLET_SOCKETS_PER_ADDRESS", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    sockets_per_address: Option<u32>,
    /// This once, believe a clock that is over 400 days ahead of the keys: what had a deadline before is then gone.
    #[arg(long)]
    #[serde(skip)]
    believe_clock: bool,
    /// What to log: error, warn, info, debug or trace, or by part as in info,chats=debug [default: info]
    #[arg(long, env = "BILLET_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// Names in the configuration file that are no setting.
    #[arg(skip)]
    #[serde(flatten)]
    unknown: toml::Table,
}

/// Where texts are sent through.
#[derive(Clone)]
pub(crate) enum Sms {
    /// Nowhere: they are shown at `/v1/demo/outbox`.
    Demo,
    /// A Twilio-shaped service.
    Twilio {
        /// Its address.
        url: String,
        /// The account there.
        account: String,
        /// Its secret.
        token: String,
        /// The number texts come from.
        from: String,
    },
}

impl Sms {
    fn recipients(&self) -> Vec<policy::Recipient> {
        match self {
            Self::Demo => Vec::new(),
            Self::Twilio { .. } => vec![policy::Recipient::SmsProvider],
        }
    }
}

/// Settings to run with.
pub(crate) struct Settings {
    pub(crate) places: Places,
    pub(crate) listen: SocketAddr,
    pub(crate) metrics: Option<SocketAddr>,
    /// Where browsers find the server; none in demo mode, where it follows from the port.
    pub(crate) origin: Option<String>,
    /// Where the web client lies, when it is not the embedded one.
    pub(crate) web: Option<PathBuf>,
    pub(crate) demo: bool,
    /// The operator says that a clock far ahead of the keys is right.
    pub(crate) believe_clock: bool,
    /// Text of the operator's file; none in demo mode.
    pub(crate) operator: Option<String>,
    pub(crate) sms: Sms,
    /// Where pushes may go.
    pub(crate) push: Hosts,
    pub(crate) sign_ups_per_hour_and_address: u32,
    pub(crate) sockets_per_address: u32,
    pub(crate) log: String,
}

/// Settings that cannot be run with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A file cannot be read.
    #[error("{what} {path} cannot be read; check the path and who may read it", path = path.display())]
    Unreadable {
        /// Which file.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration file is not TOML, or has a name in it that is no setting.
    #[error("configuration file {path} is not right: {reason}", path = path.display())]
    Config {
        /// Where.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Outside demo mode some settings have no default (D-54).
    #[error("not ready to run for real; give {missing}, or try it out with --demo")]
    Missing {
        /// The flags that are missing.
        missing: String,
    },
    /// Demo mode shows everybody's codes, so it stays on this machine.
    #[error("--demo shows everybody's codes and listens on loopback only; {listen} is not loopback")]
    DemoInPublic {
        /// The address asked for.
        listen: SocketAddr,
    },
    /// Data and keys must lie apart (a backup of the one must not hold the other).
    #[error("--keys {keys} lies inside --data {data}; put it elsewhere, so that a backup of the data leaves it out",
        keys = keys.display(), data = data.display())]
    KeysInData {
        /// The data folder.
        data: PathBuf,
        /// The keys folder.
        keys: PathBuf,
    },
    /// The mirror must lie apart from the data (for their backups) and from the keys (for their loss).
    #[error("--keys-mirror {mirror} and {flag} {other} lie one in the other; put the mirror on another disk",
        mirror = mirror.display(), other = other.display())]
    MirrorMisplaced {
        /// The mirror.
        mirror: PathBuf,
        /// The other folder.
        other: PathBuf,
        /// Which it is.
        flag: &'static str,
    },
    /// More than one place for the master key: nobody could say which counts.
    #[error(
        "the master key is to come from more than one place; give one of --master-key-file, --master-key-command \
        and BILLET_MASTER_KEY (flags, variables and the configuration file count together)"
    )]
    MasterKeyTwice,
}

impl Settings {
    /// Which outside services of the policy these settings bring into use (RECP-SP-LIST).
    pub(crate) fn recipients(&self) -> Vec<policy::Recipient> {
        let push = self.push.any().then_some(policy::Recipient::PushService);
        self.sms.recipients().into_iter().chain(push).collect()
    }

    /// Puts flags, environment and file together.
    pub(crate) fn from_flags(flags: Flags) -> Result<Self, SettingsError> {
        let flags = match &flags.places.config {
            Some(path) => flags.clone().over(Flags::from_file(path)?),
            None => flags,
        };
        let places = flags.places.clone().places()?;
        let listen = flags.listen.unwrap_or_else(|| LISTEN.parse().expect("the default is an address"));
        if flags.demo && !listen.ip().is_loopback() {
            return Err(SettingsError::DemoInPublic { listen });
        }
        let sms = flags.sms()?;
        let operator = match &flags.operator {
            Some(path) => Some(read("operator file", path)?),
            None => None,
        };
        Ok(Self {
            places,
            listen,
            metrics: flags.metrics,
            origin: flags.origin,
            web: flags.web,
            demo: flags.demo,
            believe_clock: flags.believe_clock,
            operator,
            sms,
            push: flags.push.hosts(flags.demo),
            sign_ups_per_hour_and_address: flags
                .sign_ups_per_hour_and_address
                .unwrap_or(people::limits::SIGN_UPS_PER_HOUR_AND_ADDRESS),
            sockets_per_address: flags.sockets_per_address.unwrap_or(SOCKETS_PER_ADDRESS),
            log: flags.log.unwrap_or_else(|| "info".into()),
        })
    }
}

impl Flags {
    /// Where things lie, also when the rest cannot be run with.
    pub(crate) fn settle_places(&self) -> Result<Places, SettingsError> {
        self.places.clone().settle()
    }

    fn from_file(path: &Path) -> Result<Self, SettingsError> {
        let text = read("configuration file", path)?;
        Self::from_text(&text).map_err(|reason| SettingsError::Config { path: path.into(), reason })
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let flags: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        match flags.unknown.keys().next() {
            Some(name) => Err(format!("`{name}` is no setting; `billet serve --help` lists them")),
            None => Ok(flags),
        }
    }

    /// These settings, and where one is not given, the other's.
    fn over(self, file: Self) -> Self {
        Self {
            places: self.places.over(file.places),
            push: self.push.over(file.push),
            listen: self.listen.or(file.listen),
            metrics: self.metrics.or(file.metrics),
            origin: self.origin.or(file.origin),
            web: self.web.or(file.web),
            demo: self.demo || file.demo,
            believe_clock: self.believe_clock,
            operator: self.operator.or(file.operator),
            sms_url: self.sms_url.or(file.sms_url),
            sms_account: self.sms_account.or(file.sms_account),
            sms_token: self.sms_token.or(file.sms_token),
            sms_from: self.sms_from.or(file.sms_from),
            sign_ups_per_hour_and_address: self.sign_ups_per_hour_and_address.or(file.sign_ups_per_hour_and_address),
            sockets_per_address: self.sockets_per_address.or(file.sockets_per_address),
            log: self.log.or(file.log),
            unknown: toml::Table::new(),
        }
    }

    /// Texts: shown in demo mode, sent otherwise. Also finds what else is missing outside demo mode.
    fn sms(&self) -> Result<Sms, SettingsError> {
        let given = (self.sms_url.clone(), self.sms_account.clone(), self.sms_token.clone(), self.sms_from.clone());
        match given {
            (Some(url), Some(account), Some(token), Some(from)) if self.demo || self.missing().is_empty() => {
                Ok(Sms::Twilio { url, account, token, from })
            }
            _ if self.demo => Ok(Sms::Demo),
            _ => Err(SettingsError::Missing { missing: self.missing().join(", ") }),
        }
    }

    fn missing(&self) -> Vec<&'static str> {
        [
            (self.origin.is_none(), "--origin"),
            (self.operator.is_none(), "--operator"),
            (self.sms_url.is_none(), "--sms-url"),
            (self.sms_account.is_none(), "--sms-account"),
            (self.sms_token.is_none(), "--sms-token"),
            (self.sms_from.is_none(), "--sms-from"),
        ]
        .into_iter()
        .filter_map(|(missing, name)| missing.then_some(name))
        .collect()
    }
}

fn read(what: &'static str, path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path).map_err(|source| SettingsError::Unreadable { what, path: path.into(), source })
}

#[cfg(test)]
impl Flags {
    /// A demonstration with nothing else said.
    pub(crate) fn demo() -> Self {
        Self { demo: true, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(flags: Flags) -> String {
        Settings::from_flags(flags).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_demonstration_needs_no_settings() {
        let settings = Settings::from_flags(Flags::demo()).unwrap();
        assert_eq!(settings.listen.to_string(), LISTEN);
        assert_eq!((settings.places.data, settings.places.keys), ("data".into(), "data-keys".into()));
        assert!(matches!(settings.sms, Sms::Demo));
    }

    /// D-54
    #[test]
    fn a_real_server_says_all_that_is_missing() {
        let missing = refusal(Flags { sms_from: Some("+1".into()), ..Flags::default() });
        for flag in ["--origin", "--operator", "--sms-url", "--sms-account", "--sms-token"] {
            assert!(missing.contains(flag), "{missing}");
        }
        assert!(!missing.contains("--sms-from"), "{missing}");
    }

    #[test]
    fn a_demonstration_stays_on_this_machine() {
        let flags = Flags { listen: Some("0.0.0.0:80".parse().unwrap()), ..Flags::demo() };
        assert!(refusal(flags).contains("loopback"));
    }

    #[test]
    fn keys_do_not_lie_in_the_data() {
        let places = PlaceFlags { keys: Some("data/keys".into()), ..PlaceFlags::default() };
        assert!(refusal(Flags { places, ..Flags::demo() }).contains("--keys"));
    }

    #[test]
    fn a_mirror_lies_apart_from_data_and_keys_whatever_links_lead_there() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("data")).unwrap();
        std::fs::create_dir(at("data-keys")).unwrap();
        std::os::unix::fs::symlink(at("data-keys"), at("link")).unwrap();
        let with = |mirror: &str| {
            let places = PlaceFlags { data: Some(at("data")), keys_mirror: Some(at(mirror)), ..PlaceFlags::default() };
            Settings::from_flags(Flags { places, ..Flags::demo() })
        };
        for wrong in ["data/mirror", "data", "data-keys", "data-keys/mirror", "link", "link/x", ""] {
            let said = with(wrong).map(|_| ()).unwrap_err().to_string();
            assert!(said.contains("--keys-mirror") && said.contains("another disk"), "{wrong}: {said}");
        }
        assert_eq!(with("mirror").unwrap().places.keys_mirror, Some(at("mirror")));
    }

    #[test]
    fn the_master_key_comes_from_one_place() {
        let with = |file: Option<&str>, text: Option<&str>, command: Option<&str>| {
            let places = PlaceFlags {
                master_key_file: file.map(Into::into),
                master_key: text.map(Into::into),
                master_key_command: command.map(Into::into),
                ..PlaceFlags::default()
            };
            Settings::from_flags(Flags { places, ..Flags::demo() }).map(|settings| settings.places.master_key)
        };
        for (file, text, command) in
            [(Some("f"), Some("t"), None), (Some("f"), None, Some("c")), (None, Some("t"), Some("c"))]
        {
            let said = with(file, text, command).map(|_| ()).unwrap_err().to_string();
            assert!(said.contains("more than one place") && said.contains("--master-key-command"), "{said}");
        }
        assert!(matches!(with(None, None, Some("c")), Ok(MasterKey::Command(_))));
        assert!(matches!(with(None, None, None), Ok(MasterKey::File(path)) if path == Path::new("data.master-key")));
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let file = Flags::from_text("data = \"file\"\nlog = \"debug\"\n").unwrap();
        let places = PlaceFlags { data: Some("flag".into()), ..PlaceFlags::default() };
        let flags = Flags { places, ..Flags::demo() }.over(file);
        assert_eq!((flags.places.data, flags.log), (Some("flag".into()), Some("debug".into())));
        assert!(Flags::from_text("datta = \"x\"").unwrap_err().contains("datta"));
    }
}
