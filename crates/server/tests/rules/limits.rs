//! What one client cannot do to the others. While each of these is tried, two neighbours talk, and are heard in time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bench::{Person, Socket, Trouble};
use futures_util::stream::SplitStream;
use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use wire::{CLOSE_TOO_SLOW, FRAME_BYTES_MAX, ServerFrame};

use crate::support::{World, said, send, world, world_with};

/// How late a neighbour's message may be, on a machine that does much else.
const IN_TIME: Duration = Duration::from_secs(3);

/// Two neighbours.
struct Talk {
    ada: Socket,
    bob: Socket,
    to: Person,
    said: usize,
}

impl Talk {
    async fn of(world: &World) -> Self {
        let (ada, bob) = (world.socket(&world.ada).await, world.socket(&world.bob).await);
        Self { ada, bob, to: world.bob.clone(), said: 0 }
    }

    /// One says something, and the other has it in time.
    async fn goes_on(&mut self) {
        self.said += 1;
        let carried = async {
            let message = send(&mut self.ada, &self.said.to_string(), &self.to, "hi").await;
            loop {
                if let ServerFrame::Envelope { seq, message: m, .. } = said(&mut self.bob).await {
                    assert_eq!(m, message);
                    self.bob.say(&json!({ "op": "ack", "seq": seq })).await.unwrap();
                    break;
                }
            }
            while !matches!(said(&mut self.ada).await, ServerFrame::Receipt { .. }) {}
        };
        tokio::time::timeout(IN_TIME, carried).await.expect("a neighbour is heard in time");
    }
}

/// Reads until the line ends: how often it was told to slow down, how often it was answered, and the close code.
async fn listen(mut incoming: SplitStream<WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>>) -> Heard {
    let mut heard = Heard::default();
    while let Some(Ok(message)) = incoming.next().await {
        match message {
            Message::Text(text) if text.contains("slow_down") => heard.told += 1,
            Message::Text(_) => heard.answers += 1,
            Message::Close(frame) => heard.code = frame.map(|frame| frame.code.into()),
            _ => {}
        }
    }
    heard
}

#[derive(Debug, Default)]
struct Heard {
    told: u32,
    answers: u64,
    /// None when the line was reset, because much was still on its way when it was closed.
    code: Option<u16>,
}

/// Frames without end: told to slow down, slowed down, and closed when that does not help.
#[tokio::test(flavor = "multi_thread")]
async fn who_floods_with_frames_is_slowed_down_and_then_closed() {
    let world = world().await;
    let mut talk = Talk::of(&world).await;
    let eve = world.person("+12025540701", "Eve").await;
    let Socket { mut out, incoming } = eve.connect(&world.server.url).await.unwrap();
    let flood = tokio::spawn(async move {
        let ping = Message::Text(r#"{"op":"ping"}"#.into());
        // Ends when the server has closed the line.
        while out.feed(ping.clone()).await.is_ok() {}
    });
    let listening = tokio::spawn(listen(incoming));
    while !listening.is_finished() {
        talk.goes_on().await;
    }
    let heard = listening.await.unwrap();
    assert!(heard.code.is_none_or(|code| code == CLOSE_TOO_SLOW), "{heard:?}");
    assert_eq!(heard.told, wire::SLOW_DOWNS_MAX, "told before it was closed: {heard:?}");
    assert!((1_000..20_000).contains(&heard.answers), "slowed down, and answered meanwhile: {heard:?}");
    flood.await.unwrap();
    talk.goes_on().await;
}

/// Guesses cost more than talk: a socket that tries ids is slowed down much sooner.
#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_slowed_down_sooner() {
    let world = world().await;
    let mut talk = Talk::of(&world).await;
    let eve = world.person("+12025540702", "Eve").await;
    let Socket { mut out, incoming } = eve.connect(&world.server.url).await.unwrap();
    let listening = tokio::spawn(listen(incoming));
    let flood = tokio::spawn(async move {
        for n in 0_u128.. {
            let to = kernel::AccountId::new(kernel::Millis(1), n);
            let frame = json!({ "op": "send", "id": "x", "to": { "account": to }, "kind": "text", "content": 1 });
            if out.feed(Message::Text(frame.to_string().into())).await.is_err() {
                return;
            }
        }
    });
    while !listening.is_finished() {
        talk.goes_on().await;
    }
    let heard = listening.await.unwrap();
    assert_eq!(heard.told, wire::SLOW_DOWNS_MAX, "{heard:?}");
    assert!(heard.answers < 2_000, "{heard:?}");
    flood.await.unwrap();
}

/// Somebody who types without end is seen typing now and then.
#[tokio::test]
async fn a_flood_of_typing_reaches_nobody() {
    let world = world().await;
    let mut talk = Talk::of(&world).await;
    for _ in 0..500 {
        talk.ada.say(&json!({ "op": "typing", "to": { "account": world.bob.account } })).await.unwrap();
    }
    talk.ada.say(&json!({ "op": "ping" })).await.unwrap();
    assert!(matches!(said(&mut talk.ada).await, ServerFrame::Pong));
    talk.bob.say(&json!({ "op": "ping" })).await.unwrap();
    let mut typing = 0;
    while let ServerFrame::Typing { .. } = said(&mut talk.bob).await {
        typing += 1;
    }
    assert!((1..=3).contains(&typing), "{typing}");
    talk.goes_on().await;
}

/// A frame that is too long ends its own line and no other; nothing of it is kept.
#[tokio::test]
async fn a_frame_that_is_too_long_ends_its_own_line_alone() {
    let world = world().await;
    let mut talk = Talk::of(&world).await;
    let eve = world.person("+12025540707", "Eve").await;
    for bytes in [FRAME_BYTES_MAX + 1, 8 << 20] {
        let mut socket = eve.connect(&world.server.url).await.unwrap();
        // The longer one is cut off while it is being sent.
        let _cut = socket.out.send(Message::Text("x".repeat(bytes).into())).await;
        let ended = socket.next().await.unwrap_err();
        assert!(matches!(ended, Trouble::Closed(1009) | Trouble::Socket(_)), "{ended:?}");
        talk.goes_on().await;
    }
}

/// Bodies and heads that are too long, too deep, or no JSON are refused with a word, and cost nobody anything.
#[tokio::test]
async fn requests_that_are_too_much_are_refused_with_a_word() {
    let world = world().await;
    let mut talk = Talk::of(&world).await;
    let post = async |body: String, header: Option<(&'static str, String)>| {
        let mut request = world.http.post(format!("{}/v1/codes", world.server.url)).body(body);
        request = request.header("content-type", "application/json");
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let deep = |n: usize| format!(r#"{{"phone":"x","other":{}{}}}"#, "[".repeat(n), "]".repeat(n));
    assert_eq!(post(deep(10), None).await, 422, "what is not known is not looked at");
    assert!([400, 422].contains(&post(deep(3_900), None).await));
    assert_eq!(post("[".repeat(8_000), None).await, 400);
    assert_eq!(post(" ".repeat(9_000), None).await, 413);
    assert_eq!(post("{}".into(), Some(("x-long", "x".repeat(40_000)))).await, 431);
    let mut many = world.http.get(format!("{}/v1/health", world.server.url));
    for n in 0..100 {
        many = many.header(format!("x-{n}"), "1");
    }
    assert_eq!(many.send().await.unwrap().status().as_u16(), 431);
    talk.goes_on().await;
}

/// An address has so many sockets, told clearly; whoever holds one keeps it, and closing one makes room.
#[tokio::test]
async fn an_address_opens_so_many_sockets_and_hears_why_not() {
    let world = world_with(&["--sockets-per-address", "3"]).await;
    let mut talk = Talk::of(&world).await;
    let eve = world.person("+12025540703", "Eve").await;
    let zoe = world.person("+12025540704", "Zoe").await;
    let third = eve.connect(&world.server.url).await.unwrap();
    let refused = world.http.get(format!("{}/v1/socket", world.server.url)).bearer_auth(&zoe.token);
    let refused = refused
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status().as_u16(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "too_many_sockets");
    talk.goes_on().await;
    drop(third);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(zoe.connect(&world.server.url).await.is_ok());
}

/// A client that reconnects in a loop waits; its neighbours do not.
#[tokio::test]
async fn a_device_that_reconnects_in_a_loop_waits() {
    let world = world().await;
    let mut talk = Talk::of(&world).await;
    let eve = world.person("+12025540705", "Eve").await;
    let mut refused = 0;
    for _ in 0..90 {
        refused += usize::from(eve.connect(&world.server.url).await.is_err());
    }
    assert!((10..=30).contains(&refused), "{refused} of 90");
    talk.goes_on().await;
}

/// `--sign-ups-per-hour-and-address`: so many codes for one address, and another address is not concerned.
#[tokio::test]
async fn an_address_asks_for_so_many_codes_as_the_operator_says() {
    let world = world_with(&["--sign-ups-per-hour-and-address", "2"]).await;
    let mut talk = Talk::of(&world).await;
    let ask = async |n: usize| {
        let body = json!({ "phone": format!("+1202554060{n}") });
        world.call(Method::POST, "/v1/codes", None, body).await
    };
    assert_eq!((ask(1).await.status, ask(2).await.status), (202, 202));
    let third = ask(3).await;
    assert_eq!((third.status, &*third.code()), (429, "too_many"));
    // Everybody in these tests has an address of their own.
    world.person("+12025540604", "Eve").await;
    talk.goes_on().await;
}

/// One account asks so many people a day.
#[tokio::test]
async fn an_account_asks_so_many_people_and_hears_when_it_may_again() {
    let world = world().await;
    let mut talk = Talk::of(&world).await;
    let mut last = None;
    for n in 0..80 {
        let body = json!({ "to": { "phone": format!("+12025530{n:03}") } });
        let answer = world.post("/v1/contacts/requests", &world.ada, body).await;
        if answer.status != 201 {
            last = Some(answer);
            break;
        }
    }
    let refused = last.expect("a limit");
    assert_eq!((refused.status, &*refused.code()), (429, "too_many"));
    assert!(refused.headers.iter().any(|(name, _)| name == "retry-after"));
    talk.goes_on().await;
}

/// Whether the other side has let go: the end of what it said, or a reset; not that nothing came.
fn has_ended(mut stream: &TcpStream) -> bool {
    let mut answer = [0; 512];
    loop {
        match stream.read(&mut answer) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

/// Connections that never finish what they say, and a socket that never answers: let go of, while neighbours talk.
#[tokio::test(flavor = "multi_thread")]
async fn who_never_finishes_a_sentence_is_let_go() {
    let world = world().await;
    let mut talk = Talk::of(&world).await;
    let address = world.server.url.trim_start_matches("http://").to_owned();
    let slow: Vec<_> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(b"GET /v1/health HT").unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            stream
        })
        .collect();
    let eve = world.person("+12025540706", "Eve").await;
    // It is never read from, so that no ping of the server is answered.
    let mut silent = eve.connect(&world.server.url).await.unwrap();
    for _ in 0..8 {
        talk.goes_on().await;
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    assert!(
        tokio::task::spawn_blocking(move || slow.iter().take(3).all(has_ended)).await.unwrap(),
        "half a head is not waited for"
    );
    for _ in 0..12 {
        talk.goes_on().await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    let ended = loop {
        if let Err(ended) = silent.next().await {
            break ended;
        }
    };
    // Answering the first of the pings that wait may fail before the close is read.
    assert!(matches!(ended, Trouble::Closed(1001) | Trouble::Socket(_)), "{ended:?}");
}
