use std::fmt;
use std::time::Duration;

use reqwest::{Client, StatusCode, Url, redirect};
use serde::{Deserialize, Serialize};

use super::{Sending, Sms, SmsError, Text};

/// How long to wait for a connection.
const CONNECT_SECONDS_MAX: u64 = 3;
/// How long to wait for an answer, connection included. A person waits for a code; after this, trying again is better.
const ANSWER_SECONDS_MAX: u64 = 10;
/// Most bytes of an error document that are read: a good one has about 150.
const ERROR_BYTES_MAX: usize = 4 * 1024;

/// Codes that say that this number cannot be reached: invalid, not mobile, not allowed, unsubscribed, no carrier.
const NUMBER_REFUSED: [i64; 10] = [21201, 21211, 21214, 21216, 21217, 21408, 21610, 21612, 21614, 21635];

/// Where the texts go out.
#[derive(Clone)]
pub struct TwilioOptions {
    /// The API's address, e.g. `https://api.twilio.com`; any service of the same shape will do.
    pub base_url: String,
    /// The account (`AC...`).
    pub account_sid: String,
    /// Its token; secret.
    pub auth_token: String,
    /// The sender: a number in E.164, or a name where that is allowed.
    pub from: String,
}

/// Any HTTP API of Twilio's shape: `POST /2010-04-01/Accounts/{sid}/Messages.json`, a form, basic authentication.
pub struct TwilioShaped {
    client: Client,
    messages: Url,
    options: TwilioOptions,
}

/// Shows where, never the token.
impl fmt::Debug for TwilioShaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioShaped").field("messages", &self.messages.as_str()).finish_non_exhaustive()
    }
}

impl TwilioShaped {
    /// Checks the options and prepares the client. Nothing is sent yet.
    pub fn new(options: TwilioOptions) -> Result<Self, SmsError> {
        let misconfigured = |reason: String| SmsError::Misconfigured { reason };
        for (name, value) in
            [("account", &options.account_sid), ("token", &options.auth_token), ("sender", &options.from)]
        {
            if value.is_empty() {
                return Err(misconfigured(format!("the {name} is empty")));
            }
        }
        let mut messages = Url::parse(&options.base_url).map_err(|e| misconfigured(format!("the address: {e}")))?;
        messages
            .path_segments_mut()
            .map_err(|()| misconfigured("the address is not of http or https".to_owned()))?
            .pop_if_empty()
            .extend(["2010-04-01", "Accounts", &options.account_sid, "Messages.json"]);
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS_MAX))
            .timeout(Duration::from_secs(ANSWER_SECONDS_MAX))
            // The form holds a number and a code: it goes where the operator said and nowhere else.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|e| misconfigured(format!("no client: {e}")))?;
        Ok(Self { client, messages, options })
    }

    async fn post(&self, text: &Text) -> Result<(), SmsError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Form<'a> {
            to: &'a str,
            from: &'a str,
            body: &'a str,
        }
        let form = Form { to: &text.to, from: &self.options.from, body: &text.text };
        let answer = self
            .client
            .post(self.messages.clone())
            .basic_auth(&self.options.account_sid, Some(&self.options.auth_token))
            .form(&form)
            .send()
            .await
            .map_err(|error| down(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        Err(refusal(status, &read_error(answer).await))
    }
}

impl Sms for TwilioShaped {
    fn send(&self, text: Text) -> Sending<'_> {
        Box::pin(async move { self.post(&text).await })
    }
}

/// The error is shown without its address, which names the account.
fn down(error: &reqwest::Error) -> SmsError {
    let reason = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    SmsError::Down { reason: reason.to_owned() }
}

#[derive(Default, Deserialize)]
struct ErrorDocument {
    code: Option<i64>,
}

/// The provider's error document; nothing when it is none.
async fn read_error(mut answer: reqwest::Response) -> ErrorDocument {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ERROR_BYTES_MAX {
            return ErrorDocument::default();
        }
    }
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// What an answer that is no success means. Its text is not kept: it may repeat the number.
fn refusal(status: StatusCode, document: &ErrorDocument) -> SmsError {
    let reason = match document.code {
        Some(code) => format!("status {}, its code {code}", status.as_u16()),
        None => format!("status {}", status.as_u16()),
    };
    match (status, document.code) {
        (StatusCode::BAD_REQUEST, Some(code)) if NUMBER_REFUSED.contains(&code) => SmsError::NumberRefused { code },
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT, _) => SmsError::Down { reason },
        _ if status.is_server_error() => SmsError::Down { reason },
        _ => SmsError::Misconfigured { reason },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, code: Option<i64>, expected: &str) {
        let found = match refusal(StatusCode::from_u16(status).unwrap(), &ErrorDocument { code }) {
            SmsError::NumberRefused { .. } => "number",
            SmsError::Down { .. } => "down",
            SmsError::Misconfigured { .. } => "misconfigured",
        };
        assert_eq!(found, expected, "{status} {code:?}");
    }

    #[test]
    fn a_refused_number_a_provider_that_is_down_and_our_own_mistake_are_told_apart() {
        check(400, Some(21211), "number");
        check(400, Some(21610), "number");
        check(400, Some(21606), "misconfigured");
        check(400, None, "misconfigured");
        check(401, Some(20003), "misconfigured");
        check(404, Some(20404), "misconfigured");
        check(301, None, "misconfigured");
        check(429, Some(20429), "down");
        check(500, None, "down");
        check(503, Some(21211), "down");
    }

    #[test]
    fn options_that_cannot_work_are_refused_at_start() {
        let good = TwilioOptions {
            base_url: "https://sms.example/prefix/".into(),
            account_sid: "AC1".into(),
            auth_token: "t".into(),
            from: "+15551234567".into(),
        };
        let sms = TwilioShaped::new(good.clone()).unwrap();
        assert_eq!(sms.messages.as_str(), "https://sms.example/prefix/2010-04-01/Accounts/AC1/Messages.json");
        assert!(!format!("{sms:?}").contains("auth_token"));
        for bad in [
            TwilioOptions { base_url: "not an address".into(), ..good.clone() },
            TwilioOptions { base_url: "mailto:x@y".into(), ..good.clone() },
            TwilioOptions { auth_token: String::new(), ..good },
        ] {
            assert!(matches!(TwilioShaped::new(bad), Err(SmsError::Misconfigured { .. })));
        }
    }
}
