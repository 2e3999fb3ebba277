use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use kernel::Millis;

use super::{Sending, Sms, Text};

/// Most texts kept. At most about 200 bytes each: 200 KB.
pub const OUTBOX_TEXTS_MAX: usize = 1_000;

/// Keeps what would have been sent, in memory alone, for `GET /v1/demo/outbox` and tests.
#[derive(Default)]
pub struct DemoOutbox {
    /// Oldest first.
    texts: Mutex<VecDeque<Text>>,
}

impl DemoOutbox {
    /// An empty outbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// The texts to `to` that are still of use at `now`, newest first.
    pub fn newest(&self, to: &str, now: Millis) -> Vec<Text> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|text| now < text.until);
        texts.iter().rev().filter(|text| text.to == to).cloned().collect()
    }

    /// How many texts are still of use at `now`, when the oldest was sent, and when the next is of no more use. The others
    /// are forgotten.
    pub fn forget_until(&self, now: Millis) -> (usize, Option<Millis>, Option<Millis>) {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|text| now < text.until);
        (texts.len(), texts.iter().map(|text| text.at).min(), texts.iter().map(|text| text.until).min())
    }
}

impl Sms for DemoOutbox {
    fn send(&self, text: Text) -> Sending<'_> {
        Box::pin(async move {
            let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
            texts.retain(|old| text.at < old.until);
            if texts.len() == OUTBOX_TEXTS_MAX {
                texts.pop_front();
            }
            texts.push_back(text);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(to: &str, code: &str, at: i64) -> Text {
        Text {
            to: to.into(),
            text: format!("{code} is your code"),
            code: Some(code.into()),
            at: Millis(at),
            until: Millis(at + 300),
        }
    }

    fn codes(outbox: &DemoOutbox, to: &str, now: i64) -> Vec<String> {
        outbox.newest(to, Millis(now)).into_iter().filter_map(|text| text.code).collect()
    }

    #[tokio::test]
    async fn the_newest_comes_first_and_each_number_sees_its_own() {
        let outbox = DemoOutbox::new();
        for (to, code, at) in [("+1", "111111", 1), ("+2", "222222", 2), ("+1", "333333", 3)] {
            outbox.send(text(to, code, at)).await.unwrap();
        }
        assert_eq!(codes(&outbox, "+1", 4), ["333333", "111111"]);
        assert_eq!(codes(&outbox, "+2", 4), ["222222"]);
        assert_eq!(codes(&outbox, "+3", 4), [""; 0]);
    }

    #[tokio::test]
    async fn a_text_goes_when_it_is_of_no_more_use() {
        let outbox = DemoOutbox::new();
        outbox.send(text("+1", "111111", 1)).await.unwrap();
        assert_eq!(codes(&outbox, "+1", 300), ["111111"]);
        assert_eq!(codes(&outbox, "+1", 301), [""; 0]);
        assert!(outbox.texts.lock().unwrap().is_empty(), "it is not merely hidden");
    }

    #[tokio::test]
    async fn the_oldest_makes_room() {
        let outbox = DemoOutbox::new();
        for n in 0..=OUTBOX_TEXTS_MAX {
            outbox.send(text("+1", &n.to_string(), 1)).await.unwrap();
        }
        let codes = codes(&outbox, "+1", 2);
        assert_eq!(codes.len(), OUTBOX_TEXTS_MAX);
        assert_eq!(codes.last().map(String::as_str), Some("1"));
    }
}
