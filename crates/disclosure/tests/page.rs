//! What the page says, compared with the rows and with what was promised.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeSet;

use disclosure::{Edition, Site, canonical_rows, in_words, linked_data, page};
use policy::operators;
use policy::{Language, Recipient, RowInfo, Words, text};
use serde_json::{Value, json};

fn row(id: &str) -> &'static RowInfo {
    policy::row(id).unwrap()
}

/// Text as it stands in HTML.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// What the page says about one row.
fn part_of_page(page: &str, id: &str) -> String {
    let start = page.find(&format!("<tr id=\"{id}\"")).unwrap_or_else(|| panic!("no row {id} on the page"));
    let end = page[start..].find("</tr>").unwrap();
    page[start..start + end].to_owned()
}

/// One section of the page.
fn section(page: &str, id: &str) -> String {
    let start = page.find(&format!("<section id=\"{id}\"")).unwrap_or_else(|| panic!("no section {id}"));
    let end = page[start..].find("</section>").unwrap();
    page[start..start + end].to_owned()
}

fn ld_row<'a>(document: &'a Value, id: &str) -> &'a Value {
    document["rows"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap()
}

fn in_both(check: impl Fn(Language, &str)) {
    for language in Language::ALL {
        check(language, &page(&Site::demo(), language));
    }
}

/// KEEP-ROWS, RTLE-PURPOSE, LEGB-SHOW: every row stands on the page in both languages with its kinds, what it is for, its
/// basis, its period, who gets it and where, and each value is that of the row.
#[test]
fn every_row_is_on_the_page_with_all_its_values() {
    in_both(|language, page| {
        for row in policy::all() {
            let told = part_of_page(page, row.id);
            let has = |words: Words| {
                let text = html(words.in_language(language));
                assert!(told.contains(&text), "{} {}: {text}", row.id, language.tag());
            };
            [row.name, row.what, row.basis.words()].into_iter().for_each(has);
            row.purposes.iter().for_each(|purpose| has(purpose.words));
            row.recipients.iter().for_each(|recipient| has(recipient.words()));
            row.places.iter().for_each(|place| has(place.words()));
            row.subjects.iter().for_each(|subject| has(subject.words()));
            has(row.rights.access.words());
            has(row.rights.erase.words());
            assert!(told.contains(&html(&in_words(&row.period, language))), "{}", row.id);
            let planned = told.contains(text::BADGE_PLANNED.in_language(language));
            assert_eq!(planned, row.planned, "{}: planned rows are marked", row.id);
        }
    });
}

/// REGN-BASIS, PROF-BASIS, MOMT-BASIS, SECU-BASIS, CHAT-BASIS, TRAN-BASIS, CONT-BASIS, LOCA-BASIS, SUPP-BASIS, SOCI-BASIS,
/// INTR-BASIS: the page and the linked data state the basis that was promised.
#[test]
fn each_basis_is_stated_as_promised() {
    let (contract, consent) = ("dpv:ContractPerformance", "dpv:Consent");
    let promised: [(&str, &[&str], &str); 11] = [
        ("REGN-BASIS", &["registration", "login"], contract),
        ("PROF-BASIS", &["profile"], contract),
        ("MOMT-BASIS", &["moment", "status"], contract),
        ("SECU-BASIS", &["password", "emergency_contact", "managed_device", "security_email", "security_qq"], contract),
        ("CHAT-BASIS", &["chat_message", "chat_media"], contract),
        ("TRAN-BASIS", &["translation"], contract),
        ("CONT-BASIS", &["address_book"], contract),
        ("LOCA-BASIS", &["location_chat", "location_nearby", "location_shake", "location_local"], contract),
        ("SUPP-BASIS", &["support_case"], contract),
        ("SOCI-BASIS", &["social_connect"], contract),
        ("INTR-BASIS", &["interest"], consent),
    ];
    let document = linked_data(&Site::demo());
    for (promise, ids, class) in promised {
        for id in ids {
            let types = &ld_row(&document, id)["basis"]["@type"];
            assert!(types.as_array().unwrap().contains(&json!(class)), "{promise} {id}: {types}");
            in_both(|language, page| {
                let words = row(id).basis.words();
                assert!(part_of_page(page, id).contains(&html(words.in_language(language))), "{promise} {id}");
            });
        }
    }
    // INTR-BASIS, D-35: and without consent there is no such row at all; nothing stores one in this version.
    assert!(row("interest").planned && !row("interest").required);
}

/// REGN-PURPOSES, PROF-PURPOSES, MOMT-PURPOSES, SECU-PURPOSE, TRAN-PURPOSE, CONT-PURPOSE, LOGD-PURPOSES, ANLY-PURPOSES,
/// LOCA-PURPOSES, CHLD-PURPOSE, SUPP-PURPOSE, SOCI-PURPOSE: the page names the purposes of a row and no other; what it
/// does not name does not compile (crates/policy/tests/compile_fail).
#[test]
fn a_row_names_its_purposes_and_no_other() {
    in_both(|language, page| {
        for row in policy::all() {
            let told = part_of_page(page, row.id);
            let why = told.split("<td").nth(1).unwrap();
            let named: BTreeSet<&str> =
                why.split("<li>").skip(1).map(|item| item.split("</li>").next().unwrap()).collect();
            let say = |words: Words| {
                html(&text::PURPOSE_TO.in_language(language).replace("{purpose}", words.in_language(language)))
            };
            let listed: BTreeSet<String> = row.purposes.iter().map(|purpose| say(purpose.words)).collect();
            assert_eq!(named, listed.iter().map(String::as_str).collect(), "{}", row.id);
        }
    });
}

/// REGN-FIELDS, PROF-FIELDS: what the registration and the profile are made of is a closed list, and the page has it.
#[test]
fn registration_and_profile_are_closed_lists() {
    let check = |id: &str, categories: &[&str], named: &[&str]| {
        let row = row(id);
        assert_eq!(
            row.categories.iter().copied().collect::<BTreeSet<_>>(),
            categories.iter().copied().collect(),
            "{id}"
        );
        let told = part_of_page(&page(&Site::demo(), Language::En), id);
        named.iter().for_each(|word| assert!(told.contains(word), "{id}: {word}"));
    };
    let registration = [
        "user.contact.phone_number",
        "user.name",
        "user.contact.address.country",
        "user.contact.email",
        "user.unique_id",
        "user.account",
    ];
    check("registration", &registration, &["mobile number", "alias", "region", "e-mail", "Apple ID", "Facebook"]);
    check("login", &["user.device.ip_address", "user.device", "user.account"], &["network address"]);
    let profile = [
        "user.account.username",
        "user.name",
        "user.demographic.gender",
        "user.contact.address.country",
        "user.content.self_image",
    ];
    check("profile", &profile, &["ID", "name", "gender", "region", "photo"]);
}

/// SCOP-SUMMARY, D-65: each link of the summary lands, what it says of a period is the row's, and whoever a row of this
/// version names stands in it.
#[test]
fn the_summary_says_what_the_rows_say() {
    in_both(|language, page| {
        let summary = section(page, "summary");
        let links: Vec<&str> = summary.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(links.len() > policy::all().iter().filter(|row| !row.planned).count());
        for link in links {
            assert!(page.contains(&format!("id=\"{link}\"")), "#{link} leads nowhere");
        }
        assert!(summary.contains(&html(&in_words(&row("chat_message").period, language))));
        let stored = || policy::all().iter().filter(|row| !row.planned);
        for recipient in Recipient::ALL {
            let gets = recipient.every_row() || stored().any(|row| row.recipients.contains(recipient));
            assert_eq!(summary.contains(&html(recipient.words().in_language(language))), gets, "{}", recipient.id());
        }
    });
}

#[test]
fn every_link_within_the_page_leads_somewhere() {
    in_both(|_, page| {
        for link in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(page.contains(&format!("id=\"{link}\"")), "#{link} leads nowhere");
        }
        let ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an anchor stands there twice");
    });
}

fn of(operator: &'static operators::Operator) -> Site<'static> {
    Site { operator, demo: false, encrypted_line: true, ..Site::demo() }
}

/// RECP-GROUP, D-64: each company of the group is named with its place and with what it gets, and every controller is a
/// recipient of the others.
#[test]
fn companies_of_the_group_are_named() {
    let literal = operators::named("literal").unwrap();
    let told = section(&page(&of(literal), Language::En), "operator");
    assert!(!literal.companies.is_empty());
    for company in literal.companies.iter() {
        let line = format!("{} ({}): {}", company.name, company.region, text::COMPANY_GETS.en);
        assert!(told.contains(&html(&line)), "{line}");
    }
    for controller in literal.controllers.iter() {
        assert!(literal.companies.iter().any(|company| company.name == controller.name), "{}", controller.name);
    }
    assert!(!section(&page(&Site::demo(), Language::En), "operator").contains(&*literal.companies[0].name));
}

/// REGI-CTRL-EEA, REGI-CTRL-ROW, D-09: the controller of each country is the one that the page names for it.
#[test]
fn one_controller_is_named_for_every_country() {
    let literal = operators::named("literal").unwrap();
    let european = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE GB CH";
    let told = section(&page(&of(literal), Language::En), "operator");
    let line = |name: &str| {
        let start = told.find(&format!("<dd>{name}")).unwrap();
        told[start..].split("</dd>").next().unwrap().to_owned()
    };
    let europe = line("Tencent International Service Europe B.V., ");
    assert_eq!(european.split(' ').count(), 32);
    for country in european.split(' ') {
        assert_eq!(literal.controller(country).unwrap().name, "Tencent International Service Europe B.V.");
        assert!(europe.contains(country), "{country}");
    }
    let rest = line("WeChat International Pte. Ltd., ");
    assert!(rest.contains(text::CONTROLLER_REST.en), "{rest}");
    for country in ["SG", "US", "BR", "IN", "JP", "ZA", "AU", "MX", "TH", "CN"] {
        assert_eq!(literal.controller(country).unwrap().name, "WeChat International Pte. Ltd.");
        assert!(!europe.contains(country), "{country}");
    }
}

#[test]
fn the_operators_particulars_are_all_on_the_page() {
    let literal = operators::named("literal").unwrap();
    let told = section(&page(&of(literal), Language::En), "operator");
    let shown =
        [&literal.name, &literal.contact.email, &literal.contact.post, &literal.officer.email, &literal.officer.post];
    for particular in shown.into_iter().chain([&literal.dispute_body]) {
        assert!(told.contains(&html(particular)), "{particular}");
    }
    for place in literal.storage_places.iter().chain(literal.staff_places.iter()) {
        assert!(told.contains(&**place), "{place}");
    }
}

/// RECP-SP-LIST: the kinds of services are those that were stated, each is listed, and those in use are told apart.
#[test]
fn every_service_is_listed_and_those_in_use_are_told_apart() {
    let stated = [
        "card_checker",
        "content_delivery",
        "mail_provider",
        "map_provider",
        "sms_provider",
        "support_provider",
        "survey_provider",
        "translator",
        "voice_provider",
    ];
    let processors = Recipient::ALL.iter().filter(|recipient| recipient.class() == policy::Class::Processor);
    assert_eq!(processors.clone().map(|recipient| recipient.id()).collect::<BTreeSet<_>>(), stated.into());
    let site = Site { used: vec![Recipient::SmsProvider], ..Site::demo() };
    let told = section(&page(&site, Language::En), "recipients");
    for recipient in processors {
        let used = if *recipient == Recipient::SmsProvider { text::IN_USE } else { text::NOT_IN_USE };
        assert!(told.contains(&html(&format!("{} ({}): ", recipient.words().en, used.en))), "{}", recipient.id());
    }
}

/// SECR-NOGUARANTEE: the limit is stated beside the measures, and the measures are those in force on this server.
#[test]
fn the_measures_in_force_stand_beside_their_limit() {
    for (encrypted_line, told, not) in
        [(true, text::MEASURE_LINE, text::MEASURE_LOOPBACK), (false, text::MEASURE_LOOPBACK, text::MEASURE_LINE)]
    {
        let site = Site { encrypted_line, ..Site::demo() };
        for language in Language::ALL {
            let page = page(&site, language);
            let measures = section(&page, "protection");
            assert!(measures.contains(told.in_language(language)) && !measures.contains(not.in_language(language)));
            assert!(section(&page, "limits").contains(text::LIMITS_LEAD.in_language(language)));
        }
    }
}

/// LANG-TRANS: a third language is answered in English, and so is a sentence that has no translation yet; each row has the
/// same values in every language.
#[test]
fn translations_have_the_same_values_and_fall_back_to_english() {
    let chosen = ["en-GB", "zh-CN", "fr"].map(Language::of);
    assert_eq!(chosen, [Language::En, Language::Zh, Language::En]);
    let missing = Words { en: "only here", zh: "" };
    assert_eq!(missing.in_language(Language::Zh), "only here");
    let numbers = |text: &str| -> Vec<String> {
        let found = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
        let mut found: Vec<String> = found.map(str::to_owned).collect();
        found.sort();
        found
    };
    for row in policy::all() {
        let told = Language::ALL.map(|language| numbers(&in_words(&row.period, language)));
        assert_eq!(told[0], told[1], "{}", row.id);
    }
}

/// LANG-PREVAIL: the page says that English prevails. (That no translation has values of its own, the build sees to:
/// crates/policy/tests/refusals.rs.)
#[test]
fn the_page_says_which_language_prevails() {
    in_both(|language, page| {
        assert!(section(page, "languages").contains(text::PREVAIL.in_language(language)));
    });
}

/// LANG-LAW: where the law of a region lets its own text prevail, the page names that region; nowhere else.
#[test]
fn a_region_whose_own_text_prevails_is_named() {
    let mut region = policy::regions::of("KR").clone();
    let sentence = text::PREVAIL_LOCAL.en.replace("{regions}", "KR");
    let told = |region: &policy::regions::Region| {
        let site = Site { regions: std::slice::from_ref(region), ..Site::demo() };
        section(&page(&site, Language::En), "languages").contains(&sentence)
    };
    assert!(!told(&region));
    region.local_text_prevails = true;
    assert!(told(&region));
}

/// NOTI-DATE: version, date, digest and the difference to the last version stand on the page, and each version there was
/// can be read as it was.
#[test]
fn a_new_version_shows_what_changed_and_the_old_one_stays() {
    let mut rows = canonical_rows(policy::all());
    let chat = rows.as_array_mut().unwrap().iter_mut().find(|row| row["id"] == "chat_message").unwrap();
    chat["period"] = json!(["PT96H from sending", "PT3H from delivery"]);
    let first = Edition { digest: "0".repeat(64), draft: false, rows, ..Site::demo().edition().clone() };
    let words = Words { en: "Messages wait less long.", zh: "消息停留更短。" };
    let second = Edition {
        number: 2,
        published: "2027-01-31".into(),
        effective: "2027-03-01".into(),
        summary: words,
        draft: false,
        ..Site::demo().edition().clone()
    };
    let site = Site { editions: vec![first, second], ..Site::demo() };
    let page = page(&site, Language::En);
    for told in ["2027-01-31", "2027-03-01", policy::digest(), "<dd>2</dd>"] {
        assert!(page.contains(told), "{told}");
    }
    let changes = section(&page, "changes");
    let difference = "<code>chat_message</code>: period (before: PT96H from sending, PT3H from delivery; now: PT72H from \
                      sending, PT3H from delivery)";
    assert!(changes.contains(difference) && changes.contains(words.en), "{changes}");
    assert!(changes.contains("/policy/versions/1?") && changes.contains("/policy/versions/2?"));
    let past = disclosure::past_page(&site, 1, Language::Zh).unwrap();
    assert!(past.contains("PT96H from sending") && past.contains(&"0".repeat(64)));
    assert!(disclosure::past_page(&site, 3, Language::En).is_none());
}

#[test]
fn the_page_needs_no_script_and_nothing_from_elsewhere() {
    in_both(|_, page| {
        let sheet = format!("rel=\"stylesheet\" href=\"{}\"", disclosure::STYLE_PATH);
        assert!(page.contains(&sheet), "the control: what is fetched can be seen");
        for outside in ["<script", "style=", "http://", "url(", "@import", "<img", "<iframe"] {
            assert!(!page.contains(outside), "{outside}");
        }
    });
    assert!(!disclosure::STYLE.contains("url(") && !disclosure::STYLE.contains("@import"));
}

/// Colours of the page are tokens of the client (web/src/ui/tokens.css).
#[test]
fn the_page_uses_the_clients_colours() {
    let tokens = include_str!("../../../web/src/ui/tokens.css");
    let (light, dark) = tokens.split_once("[data-theme=\"dark\"]").unwrap();
    let mut seen = 0;
    for line in disclosure::STYLE.lines().filter(|line| line.contains("light-dark(")) {
        let (name, colours) = line.trim().split_once(": light-dark(").unwrap();
        let (first, second) = colours.trim_end_matches(");").split_once(", ").unwrap();
        for (theme, colour) in [(light, first), (dark, second)] {
            assert!(theme.contains(&format!("{name}: {colour};")), "{name}: {colour}");
        }
        seen += 1;
    }
    assert_eq!(seen, disclosure::STYLE.matches('#').count() / 2, "no colour stands outside the list");
}
