//! `GET /v1/protection`: what stands between a message and everybody else, in numbers from the policy (D-66).

use axum::Json;
use kernel::{Millis, SECOND_MS};
use policy::{Event, Row, rows};
use storage::lease_log::RECALL_MS;
use wire::rest::{Protection, ProtectionInForce};

/// Shows how messages are protected on this server and how long it has them. The same for everybody, so it needs no
/// session.
#[utoipa::path(get, path = "/v1/protection", operation_id = "show_protection", tag = "chats", responses(
    (status = 200, description = "what is in force", body = ProtectionInForce),
))]
pub(crate) async fn show_protection() -> Json<ProtectionInForce> {
    Json(in_force())
}

fn in_force() -> ProtectionInForce {
    ProtectionInForce {
        protection: Protection::ToServer,
        delivered_max_s: after(Event::Delivery),
        undelivered_max_s: after(Event::Sending),
        recall_max_s: seconds(RECALL_MS),
    }
}

/// How long after `event` a message is gone, by the policy.
fn after(event: Event) -> u64 {
    let deadline = rows::ChatMessage::INFO.period.deadline_from(event, Millis(0));
    seconds(deadline.expect("the policy counts messages from sending and from delivery (tested below)").0)
}

fn seconds(ms: i64) -> u64 {
    u64::try_from(ms / SECOND_MS).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECR-DISTRIB, D-66: the mode is told, with the periods that the policy gives.
    #[test]
    fn the_protection_in_force_is_told_with_the_periods_of_the_policy() {
        let told = serde_json::to_value(in_force()).unwrap();
        assert_eq!(told["protection"], "to_server");
        assert_eq!(told["delivered_max_s"], 10_800);
        assert_eq!(told["undelivered_max_s"], 259_200);
        assert_eq!(told["recall_max_s"], 120);
    }
}
