use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::People;
use crate::{
    accept_request, add_reminder, block_person, change_chats, change_me, change_photo, claim_device_link,
    confirm_device_link, create_session, decline_device_link, decline_request, delete_account, end_session,
    list_blocks, list_chats, list_contacts, list_devices, list_logins, list_reminders, list_requests, new_device_link,
    remove_contact, remove_photo, remove_reminder, renew_add_token, report_person, request_code, request_contact,
    revoke_add_token, revoke_device, set_remark, show_add_token, show_device_link, show_me, show_outbox, show_photo,
    show_policy_notice, subscribe_push, unblock_person, whose_token,
};

/// The HTTP calls of this room, with their part of the OpenAPI document. Their state is `Arc<People>`.
pub fn routes() -> OpenApiRouter<Arc<People>> {
    OpenApiRouter::new()
        .routes(routes!(request_code::request_code))
        .routes(routes!(create_session::create_session))
        .routes(routes!(end_session::end_session))
        .routes(routes!(show_me::show_me, change_me::change_me, delete_account::delete_account))
        .routes(routes!(
            show_add_token::show_add_token,
            renew_add_token::renew_add_token,
            revoke_add_token::revoke_add_token
        ))
        .routes(routes!(whose_token::whose_token))
        .routes(routes!(change_photo::change_photo, remove_photo::remove_photo))
        .routes(routes!(show_photo::show_photo))
        .routes(routes!(new_device_link::new_device_link))
        .routes(routes!(claim_device_link::claim_device_link))
        .routes(routes!(show_device_link::show_device_link))
        .routes(routes!(confirm_device_link::confirm_device_link))
        .routes(routes!(decline_device_link::decline_device_link))
        .routes(routes!(list_chats::list_chats, change_chats::change_chats))
        .routes(routes!(subscribe_push::subscribe_push, subscribe_push::unsubscribe_push))
        .routes(routes!(subscribe_push::show_push_key))
        .routes(routes!(list_reminders::list_reminders, add_reminder::add_reminder))
        .routes(routes!(remove_reminder::remove_reminder))
        .routes(routes!(list_devices::list_devices))
        .routes(routes!(revoke_device::revoke_device))
        .routes(routes!(list_logins::list_logins))
        .routes(routes!(list_contacts::list_contacts))
        .routes(routes!(remove_contact::remove_contact, set_remark::set_remark))
        .routes(routes!(list_requests::list_requests, request_contact::request_contact))
        .routes(routes!(accept_request::accept_request))
        .routes(routes!(decline_request::decline_request))
        .routes(routes!(block_person::block_person))
        .routes(routes!(unblock_person::unblock_person))
        .routes(routes!(list_blocks::list_blocks))
        .routes(routes!(report_person::report_person))
        .routes(routes!(show_outbox::show_outbox))
        .routes(routes!(show_policy_notice::show_policy_notice, show_policy_notice::read_policy_notice))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// Calls that need no session: how one gets a session, and the demo's outbox.
    const OPEN: [&str; 5] = [
        "post /v1/codes",
        "post /v1/sessions",
        "post /v1/device_links",
        "post /v1/device_links/claim",
        "get /v1/demo/outbox",
    ];

    fn operations() -> Vec<(String, Value)> {
        let document = serde_json::to_value(super::routes().into_openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let mut list = Vec::new();
        for (path, item) in paths {
            for (method, operation) in item.as_object().unwrap() {
                list.push((format!("{method} {path}"), operation.clone()));
            }
        }
        list.sort_by(|one, other| one.0.cmp(&other.0));
        list
    }

    #[test]
    fn these_are_the_calls_of_this_room() {
        let names: Vec<_> = operations().into_iter().map(|(name, _)| name).collect();
        let expected = [
            "delete /v1/contacts/{account_id}",
            "delete /v1/devices/{device_id}",
            "delete /v1/me",
            "delete /v1/me/add_token",
            "delete /v1/me/photo",
            "delete /v1/me/push",
            "delete /v1/me/reminders/{reminder_id}",
            "delete /v1/sessions/current",
            "get /v1/add/{token}",
            "get /v1/blocks",
            "get /v1/contacts",
            "get /v1/contacts/requests",
            "get /v1/demo/outbox",
            "get /v1/device_links/{token}",
            "get /v1/devices",
            "get /v1/logins",
            "get /v1/me",
            "get /v1/me/add_token",
            "get /v1/me/chats",
            "get /v1/me/reminders",
            "get /v1/photos/{account_id}",
            "get /v1/policy/notice",
            "get /v1/push/key",
            "patch /v1/contacts/{account_id}",
            "patch /v1/me",
            "patch /v1/me/chats",
            "post /v1/codes",
            "post /v1/contacts/requests",
            "post /v1/contacts/requests/{request_id}/accept",
            "post /v1/contacts/requests/{request_id}/decline",
            "post /v1/contacts/{account_id}/block",
            "post /v1/contacts/{account_id}/unblock",
            "post /v1/device_links",
            "post /v1/device_links/claim",
            "post /v1/device_links/{token}/confirm",
            "post /v1/device_links/{token}/decline",
            "post /v1/me/add_token",
            "post /v1/me/reminders",
            "post /v1/policy/notice",
            "post /v1/reports",
            "post /v1/sessions",
            "put /v1/me/photo",
            "put /v1/me/push",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn every_call_says_what_it_does_and_whether_it_needs_a_session() {
        for (name, operation) in operations() {
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no summary");
            let open = OPEN.contains(&name.as_str());
            assert_eq!(operation["responses"].get("401").is_none(), open, "{name}");
        }
    }

    /// What the document says, the router does: nobody gets anywhere without a session.
    #[tokio::test(flavor = "multi_thread")]
    async fn no_call_but_the_open_ones_answers_without_a_session() {
        crate::testing::in_a_world(async |world| {
            for (name, _) in operations().into_iter().filter(|(name, _)| !OPEN.contains(&name.as_str())) {
                let (method, path) = name.split_once(' ').unwrap();
                let path = path.replace(['{', '}'], "");
                let method = method.to_uppercase().parse().unwrap();
                let body = serde_json::json!({ "to": { "handle": "somebody" } });
                let answer = world.call(method, &path, None, body).await;
                answer.refused(401, "not_signed_in");
            }
        })
        .await;
    }
}
