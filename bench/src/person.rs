//! A person with one device, as the protocol sees them.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use kernel::{AccountId, DeviceId};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use wire::{ServerFrame, UNACKED_ENVELOPES_MAX};

use crate::Trouble;

/// How long an answer may take before a test gives up.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(20);

/// The public key of a browser: the one of RFC 8291, appendix A.
const BROWSER_KEY: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A registered person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their account.
    pub account: AccountId,
    /// The device that signed in.
    pub device: DeviceId,
    /// Its session.
    pub token: String,
    /// Their number.
    pub phone: String,
    http: reqwest::Client,
}

/// A device's open socket.
#[derive(Debug)]
pub struct Socket {
    /// Frames out.
    pub out: SplitSink<Stream, Message>,
    /// Frames in.
    pub incoming: SplitStream<Stream>,
}

/// What waited for a device.
#[derive(Debug)]
pub struct CaughtUp {
    /// In order.
    pub frames: Vec<ServerFrame>,
    /// Up to here.
    pub seq: u64,
    /// How many messages expired without reaching any device.
    pub missed: u32,
}

impl CaughtUp {
    /// The texts among the messages.
    pub fn texts(&self) -> Vec<&str> {
        self.frames.iter().filter_map(text_of).collect()
    }
}

fn text_of(frame: &ServerFrame) -> Option<&str> {
    match frame {
        ServerFrame::Envelope { content, .. } => content.0["text"].as_str(),
        _ => None,
    }
}

impl Person {
    /// Registers `phone` (or signs it in on a new device) at a demo server.
    pub async fn register(url: &str, phone: &str, alias: &str) -> Result<Self, Trouble> {
        Self::sign_in_from(url, home(phone), phone, json!({ "alias": alias, "birth_date": "1990-01-01" })).await
    }

    /// The same from an address of our choice on loopback, with more `fields` than number, code and device.
    pub async fn sign_in_from(url: &str, from: IpAddr, phone: &str, fields: Value) -> Result<Self, Trouble> {
        let http = client(from)?;
        let session = sign_in(&http, url, phone, fields).await?;
        let field = |name: &str| session[name].as_str().unwrap_or_default().to_owned();
        let id = |name: &str| field(name).parse::<AccountId>();
        let wrong = || Trouble::Answer(format!("no session in {session}"));
        Ok(Self {
            account: id("account_id").map_err(|_| wrong())?,
            device: field("device_id").parse().map_err(|_| wrong())?,
            token: field("token"),
            phone: phone.into(),
            http,
        })
    }

    /// Asks for a code and tries to sign in with more `fields` than number, code and device: what the server answers.
    pub async fn try_sign_in(url: &str, phone: &str, fields: Value) -> Result<Value, Trouble> {
        sign_in(&client(home(phone))?, url, phone, fields).await
    }

    /// A call as this person; the answer's body, or the problem as an error.
    pub async fn post(&self, url: &str, path: &str, body: &Value) -> Result<Value, Trouble> {
        post(&self.http, url, Some(&self.token), path, body).await
    }

    /// Reads something as this person.
    pub async fn get(&self, url: &str, path: &str) -> Result<Value, Trouble> {
        answer(self.http.get(format!("{url}{path}")).bearer_auth(&self.token).send().await?).await
    }

    /// Changes something as this person.
    pub async fn patch(&self, url: &str, path: &str, body: &Value) -> Result<Value, Trouble> {
        answer(self.http.patch(format!("{url}{path}")).bearer_auth(&self.token).json(body).send().await?).await
    }

    /// Subscribes this device for pushes to an address, as a browser does.
    pub async fn subscribe_push(&self, url: &str, endpoint: &str) -> Result<(), Trouble> {
        let keys = json!({ "p256dh": BROWSER_KEY, "auth": "BTBZMqHH6r4Tts7J_aSIgg" });
        let request = self.http.put(format!("{url}/v1/me/push")).bearer_auth(&self.token);
        answer(request.json(&json!({ "endpoint": endpoint, "keys": keys })).send().await?).await.map(drop)
    }

    /// Sets a profile photo in which `drawn` stands as it is.
    pub async fn put_photo(&self, url: &str, drawn: &str) -> Result<Value, Trouble> {
        let request = self.http.put(format!("{url}/v1/me/photo")).bearer_auth(&self.token);
        answer(request.header("content-type", "image/jpeg").body(picture(drawn.as_bytes())).send().await?).await
    }

    /// Removes something as this person.
    pub async fn delete(&self, url: &str, path: &str) -> Result<Value, Trouble> {
        answer(self.http.delete(format!("{url}{path}")).bearer_auth(&self.token).send().await?).await
    }

    /// Deletes the account, with a new code as the proof that it is meant.
    pub async fn delete_account(&self, url: &str) -> Result<(), Trouble> {
        let code = code(&self.http, url, &self.phone).await?;
        let request = self.http.delete(format!("{url}/v1/me")).bearer_auth(&self.token);
        answer(request.json(&json!({ "code": code })).send().await?).await.map(drop)
    }

    /// Makes the two contacts of each other.
    pub async fn befriend(&self, url: &str, other: &Self) -> Result<(), Trouble> {
        let body = json!({ "to": { "account_id": other.account }, "note": "hello" });
        let request = self.post(url, "/v1/contacts/requests", &body).await?;
        let id = request["request_id"].as_str().unwrap_or_default();
        other.post(url, &format!("/v1/contacts/requests/{id}/accept"), &json!({})).await?;
        Ok(())
    }

    /// Opens the socket of this device.
    pub async fn connect(&self, url: &str) -> Result<Socket, Trouble> {
        let address = format!("{}/v1/socket", url.replacen("http", "ws", 1));
        let mut request = address.into_client_request()?;
        let bearer = format!("Bearer {}", self.token).parse().map_err(|_| Trouble::Answer("a token of text".into()))?;
        request.headers_mut().insert("authorization", bearer);
        let (stream, _) = tokio_tungstenite::connect_async_with_config(request, None, true).await?;
        let (out, incoming) = stream.split();
        Ok(Socket { out, incoming })
    }
}

impl Socket {
    /// Sends a text frame now.
    pub async fn say(&mut self, frame: &Value) -> Result<(), Trouble> {
        Ok(self.out.send(Message::Text(frame.to_string().into())).await?)
    }

    /// Sends a text frame as it is, and panics when the socket is gone: for frames that are wrong on purpose.
    pub async fn out_text(&mut self, text: String) {
        self.out.send(Message::Text(text.into())).await.expect("the socket of a test is open");
    }

    /// Sends a text message to a person.
    pub async fn send_text(&mut self, id: &str, to: AccountId, text: &str) -> Result<(), Trouble> {
        self.say(&send_frame(id, to, text)).await
    }

    /// The text of the next frame.
    pub async fn next_text(&mut self) -> Result<Utf8Bytes, Trouble> {
        next_text(&mut self.incoming).await
    }

    /// The next frame.
    pub async fn next(&mut self) -> Result<ServerFrame, Trouble> {
        let text = self.next_text().await?;
        serde_json::from_str(&text).map_err(|_| Trouble::Answer(text.to_string()))
    }

    /// The next frame that is not a notice: most tests do not wait for those.
    pub async fn next_but_notices(&mut self) -> Result<ServerFrame, Trouble> {
        loop {
            let frame = self.next().await?;
            if !matches!(frame, ServerFrame::Notice { .. }) {
                return Ok(frame);
            }
        }
    }

    /// Asks for everything after `after` and waits until the device is live; what came before that.
    pub async fn synchronise(&mut self, after: u64) -> Result<Vec<ServerFrame>, Trouble> {
        Ok(self.catch_up(after).await?.frames)
    }

    /// The same, with how far it went and what was missed. What is more than the server sends ahead is acknowledged on the way.
    pub async fn catch_up(&mut self, after: u64) -> Result<CaughtUp, Trouble> {
        self.say(&json!({ "op": "sync", "after": after })).await?;
        let (mut frames, mut envelopes) = (Vec::new(), 0_usize);
        loop {
            let frame = self.next().await?;
            if let ServerFrame::Envelope { seq, .. } = &frame {
                envelopes += 1;
                if envelopes.is_multiple_of(UNACKED_ENVELOPES_MAX) {
                    self.say(&json!({ "op": "ack", "seq": seq })).await?;
                }
            }
            match frame {
                ServerFrame::Acked { .. } => {}
                ServerFrame::Synced { seq, missed } => return Ok(CaughtUp { frames, seq, missed }),
                ServerFrame::Error { code, detail, .. } => return Err(Trouble::Answer(format!("{code}: {detail}"))),
                frame => frames.push(frame),
            }
        }
    }

    /// Acknowledges up to `seq` and waits until that is durable; other frames that come meanwhile are returned.
    pub async fn acknowledge(&mut self, seq: u64) -> Result<Vec<ServerFrame>, Trouble> {
        self.say(&json!({ "op": "ack", "seq": seq })).await?;
        let mut frames = Vec::new();
        loop {
            match self.next().await? {
                ServerFrame::Acked { seq: acked } if acked >= seq => return Ok(frames),
                ServerFrame::Error { code, detail, .. } => return Err(Trouble::Answer(format!("{code}: {detail}"))),
                frame => frames.push(frame),
            }
        }
    }
}

/// A `send` frame with a text.
pub(crate) fn send_frame(id: &str, to: AccountId, text: &str) -> Value {
    json!({ "op": "send", "id": id, "to": { "account": to }, "kind": "text", "content": { "text": text } })
}

/// The text of the next text frame; pings are answered underneath.
pub(crate) async fn next_text(incoming: &mut SplitStream<Stream>) -> Result<Utf8Bytes, Trouble> {
    loop {
        let message = tokio::time::timeout(ANSWER_WAIT_MAX, incoming.next())
            .await
            .map_err(|_| Trouble::Silence(ANSWER_WAIT_MAX.as_secs()))?;
        match message {
            Some(Ok(Message::Text(text))) => return Ok(text),
            Some(Ok(Message::Close(frame))) => return Err(Trouble::Closed(frame.map_or(1005, |f| f.code.into()))),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
            None => return Err(Trouble::Closed(1006)),
        }
    }
}

/// The smallest grey JPEG that has all its parts, with `drawn` as the bits of its only scan.
fn picture(drawn: &[u8]) -> Vec<u8> {
    let mut jpeg = vec![0xFF, 0xD8];
    let mut segment = |marker: u8, parts: &[&[u8]]| {
        let length = u16::try_from(parts.concat().len() + 2).expect("the segments below are short");
        jpeg.extend([&[0xFF, marker][..], &length.to_be_bytes(), &parts.concat()].concat());
    };
    segment(0xDB, &[&[0], &[1; 64]]);
    segment(0xC0, &[&[8, 0, 8, 0, 8, 1, 1, 0x11, 0]]);
    for table in [0x00, 0x10] {
        segment(0xC4, &[&[table, 1], &[0; 15], &[0]]);
    }
    segment(0xDA, &[&[1, 1, 0, 0, 63, 0]]);
    [&jpeg, drawn, &[0xFF, 0xD9]].concat()
}

/// Everybody has an address of their own on loopback, as they would in the world: limits are kept per address.
fn home(phone: &str) -> IpAddr {
    let number =
        phone.bytes().filter(u8::is_ascii_digit).fold(0_u32, |n, digit| n.wrapping_mul(10) + u32::from(digit - b'0'));
    let [_, b, c, d] = number.to_be_bytes();
    IpAddr::from([127, b, c, d.clamp(1, 254)])
}

/// A client with an address of its own.
fn client(from: IpAddr) -> Result<reqwest::Client, Trouble> {
    Ok(reqwest::Client::builder().local_address(from).build()?)
}

async fn sign_in(http: &reqwest::Client, url: &str, phone: &str, mut fields: Value) -> Result<Value, Trouble> {
    fields["code"] = code(http, url, phone).await?.into();
    fields["phone"] = phone.into();
    if fields["device"].is_null() {
        fields["device"] = json!({ "name": "bench", "platform": "linux" });
    }
    post(http, url, None, "/v1/sessions", &fields).await
}

/// Asks for a code and reads it where a demonstration shows it.
async fn code(http: &reqwest::Client, url: &str, phone: &str) -> Result<String, Trouble> {
    post(http, url, None, "/v1/codes", &json!({ "phone": phone })).await?;
    let outbox = http.get(format!("{url}/v1/demo/outbox")).query(&[("to", phone)]).send().await?;
    let outbox: Value = outbox.json().await?;
    let code = outbox[0]["code"].as_str().ok_or_else(|| Trouble::Answer(format!("no code in {outbox}")))?;
    Ok(code.to_owned())
}

async fn post(
    http: &reqwest::Client,
    url: &str,
    token: Option<&str>,
    path: &str,
    body: &Value,
) -> Result<Value, Trouble> {
    let mut request = http.post(format!("{url}{path}")).json(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    answer(request.send().await?).await
}

async fn answer(response: reqwest::Response) -> Result<Value, Trouble> {
    let status = response.status();
    let text = response.text().await?;
    if status.is_success() {
        return Ok(serde_json::from_str(&text).unwrap_or(Value::Null));
    }
    Err(Trouble::Answer(format!("{status}: {text}")))
}
