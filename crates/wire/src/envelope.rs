//! The one frame on the hot path. A message's body is encoded once, when it comes in; each recipient's frame differs by
//! its `seq` alone, so that it is put together from bytes and never serialised again.

use std::fmt::Write as _;

use bytes::Bytes;
use kernel::{AccountId, MessageId, Millis};

use crate::{SendFrame, To};

/// The part of an envelope that its sender decides: `"to":…,"kind":…,"content":…`. This is what is sealed and stored;
/// `content` is in it byte for byte.
pub fn body(send: &SendFrame<'_>) -> Bytes {
    let mut text = String::with_capacity(96 + send.kind.len() + send.content.get().len());
    let (name, id) = match send.to {
        To::Account(id) => ("account", id.to_string()),
        To::Group(id) => ("group", id.to_string()),
    };
    write!(text, r#""to":{{"{name}":"{id}"}},"kind":"{}","content":{}"#, send.kind, send.content.get())
        .expect("writing to a string does not fail");
    Bytes::from(text)
}

/// What all frames of one message have in common.
#[derive(Clone, Debug)]
pub struct EnvelopeTail(Bytes);

impl EnvelopeTail {
    /// Encodes the common part. `body` is what [`body`] made.
    pub fn new(message: MessageId, from: AccountId, at: Millis, body: &[u8]) -> Self {
        let mut head = String::with_capacity(112 + body.len());
        write!(head, r#","message":"{message}","from":"{from}","at":{},"#, at.0)
            .expect("writing to a string does not fail");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        bytes.push(b'}');
        Self(Bytes::from(bytes))
    }

    /// The frame for the recipient who gets it as `seq`.
    pub fn frame(&self, seq: u64) -> Bytes {
        let mut bytes = Vec::with_capacity(self.0.len() + 48);
        bytes.extend_from_slice(br#"{"op":"envelope","seq":"#);
        let mut digits = [0; 20];
        bytes.extend_from_slice(decimal(seq, &mut digits));
        bytes.extend_from_slice(&self.0);
        Bytes::from(bytes)
    }
}

fn decimal(mut n: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(n % 10).expect("a digit fits a byte");
        n /= 10;
        if n == 0 {
            return &digits[at..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientFrame, ServerFrame};

    #[test]
    fn a_frame_put_together_by_hand_reads_as_an_envelope() {
        let account = AccountId::new(Millis(5), 5);
        let text = format!(
            r#"{{"op":"send","id":"1","to":{{"account":"{account}"}},"kind":"text","content":{{"text":"hi"}}}}"#
        );
        let Ok(ClientFrame::Send(send)) = ClientFrame::parse(&text) else { panic!("not a send") };
        let message = MessageId::new(Millis(6), 6);
        let tail = EnvelopeTail::new(message, account, Millis(1_764_000_000_000), &body(&send));
        for seq in [0, 7, 1_764_000_000_000_123] {
            let frame: ServerFrame = serde_json::from_slice(&tail.frame(seq)).unwrap();
            let ServerFrame::Envelope { seq: s, message: m, from, at, kind, content, .. } = frame else {
                panic!("no envelope")
            };
            assert_eq!((s, m, from, at.0, &*kind), (seq, message, account, 1_764_000_000_000, "text"));
            assert_eq!(content.0["text"], "hi");
        }
    }
}
