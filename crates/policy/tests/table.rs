//! The table as code sees it.

use std::collections::BTreeSet;

use policy::{Basis, Class, Permit, Recipient, Row, Source, operators, purposes, regions, rows};

fn purposes_of(row: &str) -> BTreeSet<&'static str> {
    policy::row(row).expect("a row of the policy").purposes.iter().map(|purpose| purpose.id).collect()
}

/// What serves exactly what was promised, beside the person's own rights, which reach every personal row.
#[test]
fn a_row_serves_what_was_promised_and_nothing_else() {
    let check = |row: &str, purposes: &[&str]| {
        let served = purposes_of(row).into_iter().filter(|purpose| *purpose != "fulfil_rights");
        assert_eq!(served.collect::<BTreeSet<_>>(), purposes.iter().copied().collect(), "{row}");
    };
    let registration = [
        "set_up_account",
        "provide_chat",
        "connect_people",
        "enforce_terms",
        "provide_calls",
        "send_notices",
        "support_user",
        "understand_usage",
        "improve_service",
        "localise",
        "protect_safety",
        "operate_service",
    ];
    check("registration", &registration); // REGN-PURPOSES: communication is both chat and finding each other
    check("registration_counter", &["prevent_abuse", "protect_safety"]); // REGN-AGGUSE
    let profile = [
        "share_profile",
        "connect_accounts",
        "support_user",
        "localise",
        "improve_service",
        "understand_usage",
        "operate_service",
    ];
    check("profile", &profile); // PROF-PURPOSES
    let posts = ["share_posts", "localise", "improve_service", "understand_usage", "operate_service"];
    check("moment", &posts); // MOMT-PURPOSES
    check("status", &posts);
    check("mention", &posts);
    for security in ["password", "emergency_contact", "managed_device", "security_email", "security_qq"] {
        check(security, &["secure_account"]); // SECU-PURPOSE
    }
    check("chat_message", &["provide_chat"]); // CHAT-PURPOSE
    check("chat_media", &["provide_chat"]);
    check("translation", &["translate_text"]); // TRAN-PURPOSE
    check("address_book", &["connect_people"]); // CONT-PURPOSE
    for log in ["log_device", "log_viewing", "log_communication", "log_media_metadata"] {
        check(log, &["understand_usage", "improve_service", "prevent_abuse", "operate_service"]); // LOGD-PURPOSES
    }
    check("analytics", &["improve_service", "understand_usage", "prevent_abuse", "report_statistics"]); // ANLY-PURPOSES
    for place in ["location_chat", "location_nearby", "location_shake"] {
        check(place, &["share_location"]); // LOCA-PURPOSES
    }
    check("location_security", &["secure_account", "prevent_abuse"]);
    check("location_local", &["localise", "share_location"]);
    check("card_proof", &["check_parent"]); // CHLD-PURPOSE
    check("support_case", &["support_user", "improve_service"]); // SUPP-PURPOSE
    check("social_connect", &["connect_accounts"]); // SOCI-PURPOSE
    check("survey_answer", &["run_survey", "understand_usage", "improve_service"]); // SURV-PURPOSE
    check("interest", &["choose_ads"]); // INTR-USE
}

/// REGN-PURPOSES, PROF-PURPOSES: what is listed can be had.
#[test]
fn a_listed_purpose_gives_a_permit() {
    let permit = Permit::<rows::Registration>::to::<purposes::ProvideCalls>();
    assert_eq!((permit.row().id, permit.purpose().id), ("registration", "provide_calls"));
    assert_eq!(format!("{permit:?}"), "Permit(registration to provide_calls)");
    assert_eq!(Permit::<rows::Profile>::to::<purposes::ConnectAccounts>().purpose().data_use, "functional.service");
}

/// No row but those that are about marketing serves marketing or advertising (REGN-PURPOSES, LOGD-PURPOSES, D-20).
#[test]
fn only_marketing_rows_serve_marketing() {
    for row in policy::all() {
        let marketing = row.purposes.iter().any(|purpose| purpose.data_use.starts_with("marketing"));
        assert_eq!(marketing, ["marketing_preference", "interest"].contains(&row.id), "{}", row.id);
    }
}

/// Export, erasure and audit reach every personal row.
#[test]
fn rights_reach_every_personal_row() {
    for row in policy::all() {
        assert_eq!(row.allows("fulfil_rights"), row.personal, "{}", row.id);
    }
}

/// D-02, LEGB-SHOW: surveys, marketing and interests rest on consent, and nothing else does.
#[test]
fn consent_is_asked_where_it_can_be_refused() {
    let consent: Vec<_> = policy::all().iter().filter(|row| row.basis == Basis::Consent).map(|row| row.id).collect();
    assert_eq!(consent, ["survey_answer", "marketing_preference", "interest"]);
    assert!(policy::all().iter().all(|row| row.basis != Basis::Consent || !row.required));
}

#[test]
fn a_row_is_found_by_id_and_by_number() {
    for row in policy::all() {
        assert_eq!(policy::row(row.id).map(|found| found.number), Some(row.number));
        assert_eq!(policy::by_number(row.number).map(|found| found.id), Some(row.id));
    }
    assert!(
        policy::row("shoe_size").is_none() && policy::by_number(0).is_none() && policy::by_number(u16::MAX).is_none()
    );
    assert_eq!(rows::ChatMessage::INFO.id, "chat_message");
    assert!(std::ptr::eq(rows::ChatMessage::INFO, policy::row("chat_message").expect("it is there")));
}

#[test]
fn rows_that_code_stores_have_columns_or_files() {
    let declared: BTreeSet<_> = policy::columns().map(|(column, _)| column).collect();
    assert!(declared.contains("login.expires_at") && declared.contains("account.sealed"));
    for row in policy::all() {
        assert_eq!(row.planned, row.columns.is_empty() && row.files.is_empty(), "{}", row.id);
    }
}

/// D-47: every kind of data that any such server needs is declared.
#[test]
fn what_any_server_needs_is_declared() {
    let needed = [
        "verification_code",
        "session",
        "push_subscription",
        "contact",
        "group",
        "block",
        "mute",
        "remark",
        "contact_tag",
        "read_receipt",
        "report",
        "rate_limit",
        "rights_case",
        "consent_proof",
        "access_ledger",
        "egress_ledger",
        "deletion_log",
        "wallet_flag",
        "key_store",
        "backup",
    ];
    for id in needed {
        let row = policy::row(id).unwrap_or_else(|| panic!("D-47 names {id}"));
        assert_eq!(row.source, Source::Ours, "{id}");
    }
}

/// D-49: bound or not bound, never both; RECP-SP-LIST: processors are of the stated kinds, with mail and surveys of ours.
#[test]
fn recipients_are_bound_or_not() {
    let of = |class| -> Vec<_> { Recipient::ALL.iter().filter(|r| r.class() == class).map(|r| r.id()).collect() };
    assert_eq!(
        of(Class::Processor),
        [
            "card_checker",
            "content_delivery",
            "mail_provider",
            "map_provider",
            "sms_provider",
            "support_provider",
            "survey_provider",
            "translator",
            "voice_provider",
        ]
    );
    assert_eq!(of(Class::Boundary), ["app_owner", "named_by_you", "other_operator", "outside_service", "push_service"]);
}

#[test]
fn the_digest_is_a_sha256_in_hex() {
    assert_eq!(policy::digest().len(), 64);
    assert!(policy::digest().bytes().all(|byte| byte.is_ascii_hexdigit()));
}

/// AGE-16, D-39.
#[test]
fn consent_ages_are_sixteen_or_more() {
    let check = |region: &str, consent: u8, majority: u8| {
        assert_eq!((regions::consent_age(region), regions::majority_age(region)), (consent, majority), "{region}");
    };
    check("DE", 16, 18);
    check("GB", 16, 18);
    check("IN", 18, 18);
    check("TH", 20, 20);
    check("SG", 16, 21);
    check("KR", 16, 19);
    check("US-CA", 16, 18);
    check("NZ", 16, 18);
    check("", 16, 18);
    assert!(regions::all().iter().all(|region| region.consent_age >= regions::CONSENT_AGE_MIN));
}

/// RIGT-JURIS, D-48, D-55: the literal tables.
#[test]
fn the_literal_tables_are_those_of_the_document() {
    let codes = |pick: fn(&regions::Region) -> bool| -> BTreeSet<&str> {
        regions::all()
            .iter()
            .filter(|region| pick(region))
            .flat_map(|region| region.codes.iter().map(|code| &**code))
            .collect()
    };
    let relevant = codes(|region| region.relevant);
    assert_eq!(relevant.len(), 30 + 5, "the EEA's thirty, and GB, CH, BR, TH, TR");
    assert_eq!(codes(|region| region.rights.iter().any(|right| right == "erase")), ["AR", "CA", "IN", "RU"].into());
    assert_eq!(codes(|region| region.rights.iter().any(|right| right == "object")), ["RU"].into());
    assert_eq!(codes(|region| region.addendum).len(), 23);
}

/// REGI-CTRL-EEA, REGI-CTRL-ROW, REGI-CTRL-GAP, D-09.
#[test]
fn every_country_has_its_controller() {
    let literal = operators::named("literal").expect("it is built in");
    let controller = |country| literal.controller(country).map(|controller| controller.seat.contains("Amsterdam"));
    let europe: Vec<_> = literal.controllers.iter().flat_map(|c| c.countries.iter()).collect();
    assert_eq!(europe.len(), 32);
    assert!(europe.iter().all(|country| controller(country) == Some(true)));
    for country in ["AU", "BR", "CN", "IN", "JP", "NZ", "SG", "TR", "US", "ZA"] {
        assert_eq!(controller(country), Some(false), "{country}");
    }
    assert!(literal.conformance && !operators::demo().conformance);
    assert!(operators::demo().controller("FR").is_some());
}
