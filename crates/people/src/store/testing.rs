//! What tests look for in the tables.

use storage::sql::{Db, RowExt as _, query};

async fn count(db: &Db, statement: &'static str) -> i64 {
    query(statement).fetch_one(db.read()).await.unwrap().int("n").unwrap()
}

/// Rows of a table.
pub(crate) async fn rows(db: &Db, table: &str) -> i64 {
    let statement = match table {
        "account" => "SELECT COUNT(*) AS n FROM account",
        "add_token" => "SELECT COUNT(*) AS n FROM add_token",
        "blind_index" => "SELECT COUNT(*) AS n FROM blind_index",
        "chat_draft" => "SELECT COUNT(*) AS n FROM chat_draft",
        "chat_setting" => "SELECT COUNT(*) AS n FROM chat_setting",
        "block" => "SELECT COUNT(*) AS n FROM block",
        "consent_proof" => "SELECT COUNT(*) AS n FROM consent_proof",
        "contact" => "SELECT COUNT(*) AS n FROM contact",
        "contact_request" => "SELECT COUNT(*) AS n FROM contact_request",
        "contact_tag" => "SELECT COUNT(*) AS n FROM contact_tag",
        "device" => "SELECT COUNT(*) AS n FROM device",
        "device_link" => "SELECT COUNT(*) AS n FROM device_link",
        "findable" => "SELECT COUNT(*) AS n FROM findable",
        "login" => "SELECT COUNT(*) AS n FROM login",
        "policy_notice" => "SELECT COUNT(*) AS n FROM policy_notice",
        "profile" => "SELECT COUNT(*) AS n FROM profile",
        "profile_photo" => "SELECT COUNT(*) AS n FROM profile_photo",
        "push_subscription" => "SELECT COUNT(*) AS n FROM push_subscription",
        "reminder" => "SELECT COUNT(*) AS n FROM reminder",
        "remark" => "SELECT COUNT(*) AS n FROM remark",
        "report" => "SELECT COUNT(*) AS n FROM report",
        "session" => "SELECT COUNT(*) AS n FROM session",
        "verification_code" => "SELECT COUNT(*) AS n FROM verification_code",
        "waiting_child" => "SELECT COUNT(*) AS n FROM waiting_child",
        other => panic!("no count for {other}"),
    };
    count(db, statement).await
}

/// The bytes of the one code that is out.
pub(crate) async fn code_row(db: &Db) -> Vec<u8> {
    let row = query("SELECT number_hash, code_hash FROM verification_code").fetch_one(db.read()).await.unwrap();
    [row.bytes("number_hash").unwrap(), row.bytes("code_hash").unwrap()].concat()
}

/// All bytes of every sealed column and every hash, so that a test can look for what must not be there in clear.
pub(crate) async fn all_bytes(db: &Db) -> Vec<u8> {
    let mut all = Vec::new();
    for (statement, columns) in [
        ("SELECT account_id, sealed FROM account", &["account_id", "sealed"][..]),
        ("SELECT account_id, sealed FROM profile", &["account_id", "sealed"]),
        ("SELECT account_id, photo_id, sealed FROM profile_photo", &["account_id", "photo_id", "sealed"]),
        ("SELECT hash, pointer FROM blind_index", &["hash", "pointer"]),
        ("SELECT account_id, token_hash, sealed FROM add_token", &["account_id", "token_hash", "sealed"]),
        ("SELECT account_id, sealed FROM findable", &["account_id", "sealed"]),
        ("SELECT number_hash, code_hash FROM verification_code", &["number_hash", "code_hash"]),
        ("SELECT number_hash, sealed FROM waiting_child", &["number_hash", "sealed"]),
        ("SELECT device_id, sealed FROM device", &["device_id", "sealed"]),
        ("SELECT token_hash FROM session", &["token_hash"]),
        ("SELECT token_hash, secret_hash, sealed FROM device_link", &["token_hash", "secret_hash", "sealed"]),
        ("SELECT sealed FROM login", &["sealed"]),
        ("SELECT sealed FROM contact_request", &["sealed"]),
        ("SELECT sealed FROM remark", &["sealed"]),
        ("SELECT report_id, reporter_id, sealed FROM report", &["report_id", "reporter_id", "sealed"]),
        ("SELECT account_id, contact_id, sealed FROM contact_tag", &["account_id", "contact_id", "sealed"]),
        ("SELECT account_id, contact_id FROM contact", &["account_id", "contact_id"]),
        ("SELECT account_id, blocked_id FROM block", &["account_id", "blocked_id"]),
        ("SELECT account_id, peer_id, sealed FROM chat_setting", &["account_id", "peer_id", "sealed"]),
        ("SELECT account_id, peer_id, sealed FROM chat_draft", &["account_id", "peer_id", "sealed"]),
        ("SELECT account_id, device_id, sealed FROM push_subscription", &["account_id", "device_id", "sealed"]),
        ("SELECT account_id, sealed FROM reminder", &["account_id", "sealed"]),
        ("SELECT account_id FROM consent_proof", &["account_id"]),
        ("SELECT account_id FROM policy_notice", &["account_id"]),
    ] {
        for row in query(statement).fetch_all(db.read()).await.unwrap() {
            for column in columns {
                all.extend(row.bytes(column).unwrap());
                all.push(0);
            }
        }
    }
    all
}

/// The sealed record of the one child that waits, with what it was sealed for.
pub(crate) async fn waiting(db: &Db) -> (super::Hash, kernel::Millis, Vec<u8>) {
    let row = query("SELECT number_hash, started_at, sealed FROM waiting_child").fetch_one(db.read()).await.unwrap();
    (row.array("number_hash").unwrap(), row.millis("started_at").unwrap(), row.bytes("sealed").unwrap())
}

/// The sealed record of the one log-in, with what it was sealed for.
pub(crate) async fn login(db: &Db) -> (kernel::LoginId, kernel::Millis, Vec<u8>) {
    let row = query("SELECT login_id, at, sealed FROM login").fetch_one(db.read()).await.unwrap();
    (super::login_id(&row, "login_id").unwrap(), row.millis("at").unwrap(), row.bytes("sealed").unwrap())
}
