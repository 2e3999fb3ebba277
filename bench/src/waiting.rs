//! Fills a server with messages for people who are away.

use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;

use crate::person::{next_text, send_frame};
use crate::{Person, Trouble};

/// Sends `each` messages in every pair to the one who is away.
pub async fn fill(url: &str, people: &[(Person, Person)], each: usize, bytes: usize) -> Result<(), Trouble> {
    let mut tasks = Vec::new();
    for (ada, bob) in people.iter().cloned() {
        let url = url.to_owned();
        tasks.push(tokio::spawn(async move { fill_one(&url, &ada, bob.account, each, bytes).await }));
    }
    for task in tasks {
        task.await.map_err(|e| Trouble::Answer(e.to_string()))??;
    }
    Ok(())
}

async fn fill_one(url: &str, ada: &Person, to: kernel::AccountId, each: usize, bytes: usize) -> Result<(), Trouble> {
    let mut socket = ada.connect(url).await?;
    let text = "x".repeat(bytes);
    let (mut sent, mut answered) = (0, 0);
    while answered < each {
        while sent < each && sent - answered < wire::UNANSWERED_SENDS_MAX {
            let frame = send_frame(&format!("w{sent}"), to, &text).to_string();
            socket.out.feed(Message::Text(frame.into())).await?;
            sent += 1;
        }
        socket.out.flush().await?;
        let frame = next_text(&mut socket.incoming).await?;
        if !frame.contains("\"op\":\"sent\"") {
            return Err(Trouble::Answer(frame.to_string()));
        }
        answered += 1;
    }
    Ok(())
}
