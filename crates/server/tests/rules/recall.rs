//! Taking back.

use kernel::{MessageId, Millis};
use serde_json::{Value, json};
use wire::ServerFrame;

use crate::support::{error_code, is_silent, said, send, world};

fn recall(message: MessageId) -> Value {
    json!({ "op": "recall", "message": message })
}

/// PROTOCOL: every recipient and the sender's other devices are told, each in their own inbox, and it is gone for whoever was away.
#[tokio::test]
async fn a_recall_tells_everybody_and_takes_back_what_waits() {
    let world = world().await;
    let tablet = world.person(&world.ada.phone, "Ada").await;
    let later = world.person(&world.bob.phone, "Bob").await;
    let mut ada = world.socket(&world.ada).await;
    let mut tablet = world.socket(&tablet).await;
    let mut bob = world.socket(&world.bob).await;
    let message = send(&mut ada, "1", &world.bob, "oh no").await;
    let other = send(&mut ada, "2", &world.bob, "this stays").await;
    for socket in [&mut bob, &mut tablet] {
        for expected in [message, other] {
            let ServerFrame::Envelope { message, .. } = said(socket).await else { panic!("no envelope") };
            assert_eq!(message, expected);
        }
    }
    ada.say(&recall(message)).await.unwrap();
    let mut seqs = Vec::new();
    for socket in [&mut ada, &mut tablet, &mut bob] {
        let ServerFrame::Recalled { seq, message: m } = said(socket).await else { panic!("not recalled") };
        assert_eq!(m, message);
        seqs.push(seq);
    }
    assert!(seqs[0] > 0 && seqs[0] == seqs[1], "one inbox, one place: {seqs:?}");
    let waiting = later.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Envelope { message, .. } => Some(("envelope", *message)),
        ServerFrame::Recalled { message, .. } => Some(("recalled", *message)),
        _ => None,
    };
    let waiting: Vec<_> = waiting.iter().filter_map(of).collect();
    assert_eq!(waiting, [("envelope", other), ("recalled", message)], "a device that was away never sees it");
}

/// The answer may be lost with the line: asking again is answered again, and tells nobody twice.
#[tokio::test]
async fn a_recall_can_be_repeated_after_a_cut() {
    let world = world().await;
    let mut ada = world.socket(&world.ada).await;
    let message = send(&mut ada, "1", &world.bob, "oh no").await;
    ada.say(&recall(message)).await.unwrap();
    let ServerFrame::Recalled { seq: first, .. } = said(&mut ada).await else { panic!("not recalled") };
    drop(ada);

    // On a line that has not synchronised the answer comes all the same.
    let mut ada = world.ada.connect(&world.server.url).await.unwrap();
    ada.say(&recall(message)).await.unwrap();
    let ServerFrame::Recalled { seq, .. } = said(&mut ada).await else { panic!("not recalled") };
    assert_eq!(seq, first);
    let waiting = ada.synchronise(first).await.unwrap();
    assert!(waiting.is_empty(), "{waiting:?}");
    ada.say(&recall(message)).await.unwrap();
    let ServerFrame::Recalled { seq, .. } = said(&mut ada).await else { panic!("not recalled") };
    assert_eq!(seq, first);

    let waiting = world.bob.connect(&world.server.url).await.unwrap().synchronise(0).await.unwrap();
    let told = waiting.iter().filter(|frame| matches!(frame, ServerFrame::Recalled { .. })).count();
    assert_eq!((told, waiting.len()), (1, 1), "{waiting:?}");
}

/// SECR-ACCESS: somebody else's message is no message, and what is old is too late whosesoever it was.
#[tokio::test]
async fn what_cannot_be_recalled_is_told_without_telling_more() {
    let world = world().await;
    let (mut ada, mut bob) = (world.socket(&world.ada).await, world.socket(&world.bob).await);
    let message = send(&mut ada, "1", &world.bob, "hi").await;
    assert!(matches!(said(&mut bob).await, ServerFrame::Envelope { .. }));
    let made_up = MessageId::new(Millis(message.made_at().0), 1);
    let mut answers = Vec::new();
    for id in [message, made_up] {
        bob.say(&recall(id)).await.unwrap();
        let ServerFrame::Error { id: client_id, message, code, detail } = said(&mut bob).await else {
            panic!("no error")
        };
        assert_eq!((client_id, message), (None, Some(id)));
        answers.push((code, detail));
    }
    assert_eq!(answers[0].0, "unknown_message");
    assert_eq!(answers[0], answers[1], "Bob cannot tell Ada's message from none");
    bob.say(&recall(MessageId::new(Millis(message.made_at().0 - 121_000), 1))).await.unwrap();
    assert_eq!(error_code(&mut bob).await, "too_late");
    bob.say(&json!({ "op": "recall" })).await.unwrap();
    assert_eq!(error_code(&mut bob).await, "missing_field");
    is_silent(&mut ada).await;
}

/// Whichever comes first, both sides end with the same: it was there, and it was taken back.
#[tokio::test]
async fn a_recall_and_an_acknowledgement_at_once_agree() {
    let world = world().await;
    let (mut ada, mut bob) = (world.socket(&world.ada).await, world.socket(&world.bob).await);
    for round in 0..30 {
        let message = send(&mut ada, &round.to_string(), &world.bob, "oh no").await;
        let ServerFrame::Envelope { seq, .. } = said(&mut bob).await else { panic!("no envelope") };
        let (asked, acked) = (recall(message), json!({ "op": "ack", "seq": seq }));
        let (asked, acked) = tokio::join!(ada.say(&asked), bob.say(&acked));
        asked.and(acked).unwrap();
        let mut receipts = 0;
        loop {
            match said(&mut ada).await {
                ServerFrame::Receipt { message: m, .. } => {
                    assert_eq!(m, message);
                    receipts += 1;
                }
                ServerFrame::Recalled { message: m, .. } => {
                    assert_eq!(m, message);
                    break;
                }
                other => panic!("unexpected {other:?}"),
            }
        }
        let (mut acked, mut recalled) = (false, false);
        while !(acked && recalled) {
            match said(&mut bob).await {
                ServerFrame::Acked { .. } => acked = true,
                ServerFrame::Recalled { message: m, .. } => recalled = m == message,
                other => panic!("unexpected {other:?}"),
            }
        }
        // An acknowledgement that went first tells of the delivery behind the recall of the same batch.
        ada.say(&json!({ "op": "ping" })).await.unwrap();
        while let ServerFrame::Receipt { message: m, .. } = said(&mut ada).await {
            assert_eq!(m, message);
            receipts += 1;
        }
        assert!(receipts <= 1);
    }
}
