//! What the build refuses, and with which words: each case changes one thing in the real policy.

#[path = "../build/model.rs"]
mod model;
#[expect(
    dead_code,
    unreachable_pub,
    reason = "a module of the crate, of which the build needs the shape and the check"
)]
#[path = "../src/operator.rs"]
mod operator;
#[expect(dead_code, reason = "what the build writes is tested by using it")]
#[path = "../build/parameters.rs"]
mod parameters;
#[expect(dead_code, reason = "what the build writes is tested by using it")]
#[path = "../build/prose.rs"]
mod prose;
#[expect(unreachable_pub, reason = "a module of the crate, of which the build needs the shape and the check")]
#[path = "../src/region.rs"]
mod region;
#[path = "../build/validate.rs"]
mod validate;
#[expect(dead_code, reason = "what the build writes is tested by using it")]
#[path = "../build/versions.rs"]
mod versions;

use std::fs;

use model::{Facts, Length};
use toml::{Table, Value};

fn file(name: &str) -> String {
    fs::read_to_string(format!("{}/../../policy/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file of the policy")
}

fn refusals(change: impl FnOnce(&mut Table)) -> Vec<String> {
    let facts = Facts::read(&file("fideslang.toml"), &file("promises.toml")).expect("both can be read");
    let mut policy = model::table("policy.toml", &file("policy.toml")).expect("it can be read");
    change(&mut policy);
    validate::policy(&policy, &facts).err().unwrap_or_default()
}

/// Changes one row of the real policy and expects this refusal; what else breaks with it stands in the same row.
#[track_caller]
fn refused(row: &str, change: impl FnOnce(&mut Table), expected: &str) {
    let refusals = refusals(|policy| change(row_of(policy, row)));
    assert!(refusals.contains(&format!("row {row}: {expected}")), "{refusals:#?}");
    assert!(refusals.iter().all(|line| line.starts_with(&format!("row {row}: "))), "{refusals:#?}");
}

fn row_of<'a>(policy: &'a mut Table, id: &str) -> &'a mut Table {
    let rows = policy["row"].as_array_mut().expect("[[row]]");
    let row = rows.iter_mut().filter_map(Value::as_table_mut).find(|row| row["id"].as_str() == Some(id));
    row.expect("a row of the policy")
}

/// Sets `field` to a TOML value.
fn set(field: &str, value: &str) -> impl FnOnce(&mut Table) {
    let mut parsed: Table = format!("value = {value}").parse().expect("a TOML value");
    let (field, value) = (field.to_owned(), parsed.remove("value").expect("just made"));
    move |row| drop(row.insert(field, value))
}

fn remove(field: &str) -> impl FnOnce(&mut Table) {
    move |row| drop(row.remove(field).expect("it was there"))
}

/// The control of every test below.
#[test]
fn the_policy_as_it_is_is_not_refused() {
    assert_eq!(refusals(|_| ()), Vec::<String>::new());
}

#[test]
fn a_duplicate_is_refused() {
    let again = |policy: &mut Table, number: i64| {
        let mut copy = row_of(policy, "remark").clone();
        copy.insert("number".into(), Value::Integer(number));
        policy["row"].as_array_mut().expect("[[row]]").push(Value::Table(copy));
    };
    assert_eq!(refusals(|policy| again(policy, 999)), ["row remark: id: another row has it already"]);
    refused("remark", set("number", "52"), "number: 52 belongs to row contact already");
    refused("remark", set("number", "0"), "number: starts at 1");
    refused(
        "remark",
        set("categories", r#"["user.social", "user.social"]"#),
        "categories: `user.social` stands there twice",
    );
}

#[test]
fn a_missing_or_unknown_field_is_told_with_its_row() {
    let missing = refusals(|policy| remove("basis")(row_of(policy, "remark")));
    assert!(missing[0].starts_with("row remark: missing field `basis`"), "{missing:?}");
    let unknown = refusals(|policy| set("colour", r#""red""#)(row_of(policy, "remark")));
    assert!(unknown[0].starts_with("row remark: unknown field `colour`"), "{unknown:?}");
    assert!(missing.iter().chain(&unknown).all(|line| !line.contains('\n')), "one line each");
    assert_eq!(refusals(|policy| set("rows", "1")(policy)), ["policy.toml: unknown `rows`"]);
    assert_eq!(refusals(remove("events")), ["policy.toml: `events` is missing"]);
    refused("remark", set("name", r#"{ en = "Remarks", zh = "" }"#), "name: needs both en and zh");
}

#[test]
fn what_is_on_no_list_is_refused() {
    let check = |field: &str, value: &str, expected: &str| refused("remark", set(field, value), expected);
    check("purposes", r#"["fulfil_rights", "curiosity"]"#, "purposes: `curiosity` is no purpose of [purposes]");
    check("basis", r#""habit""#, "basis: `habit` is none of [bases]");
    check("categories", r#"["user.shoe_size"]"#, "categories: `user.shoe_size` is no key of fideslang.toml");
    check("categories", r#"[]"#, "categories: at least one is needed");
    check("subjects", r#"["cat"]"#, "subjects: `cat` is nobody of [subjects]");
    check("places", r#"["cellar"]"#, "places: `cellar` is no place of [places]");
    check("decisions", r#"["D-99"]"#, "decisions: `D-99` is no decision of promises.toml");
    check("promises", r#"["CHAT-99H"]"#, "promises: `CHAT-99H` is no promise of promises.toml");
    check(
        "recipients",
        r#"["neighbour"]"#,
        "recipients: `neighbour` is nobody of [recipients], or gets every row anyway",
    );
    check("columns", r#"["remark"]"#, "columns: `remark` is not of the form table.column");
}

impl Length {
    fn hours(hours: i64) -> Option<Self> {
        Some(Self::Millis(hours * 3_600_000))
    }
}

#[test]
fn a_length_is_iso_8601_without_mixing_months_and_days() {
    assert_eq!(Length::parse("PT72H"), Length::hours(72));
    assert_eq!(Length::parse("P90D"), Length::hours(90 * 24));
    assert_eq!(Length::parse("P1DT12H"), Length::hours(36));
    assert_eq!(Length::parse("P3M"), Some(Length::Months(3)));
    assert_eq!(Length::parse("P1Y"), Some(Length::Months(12)));
    for wrong in ["", "P", "72H", "PT", "P72H", "P1M3D", "P0D", "PT-1H", "P3", "PTTH", "P99999999999999D", "P1W"] {
        assert_eq!(Length::parse(wrong), None, "{wrong}");
    }
}

/// KEEP-NECESSARY: each type has an expiry or an ending event, counted from something.
#[test]
fn a_period_without_start_or_end_is_refused() {
    let period = |value: &'static str| set("period", value);
    let check = |value: &'static str, expected: &str| refused("remark", period(value), expected);
    check(r#"{ ends = ["account_deletion"] }"#, "period: `starts` is missing: which event dates a record?");
    check(r#"{ starts = "creation", limits = [{ length = "P1Y" }] }"#, "period: `from` is missing: P1Y after what?");
    check(r#"{ starts = "birth", ends = ["account_deletion"] }"#, "period: starts: `birth` is none of [events]");
    check(
        r#"{ starts = "creation", ends = ["account_deletion", "removal_request+never"] }"#,
        "period: ends: `never` is none of [events]",
    );
    check(
        r#"{ starts = "creation", limits = [{ length = "1 year", from = "creation" }], ends = ["account_deletion"] }"#,
        "period: `1 year` is no length: write PT72H, P90D or P3M",
    );
    let none = refusals(|policy| period(r#"{ starts = "creation" }"#)(row_of(policy, "remark")));
    assert_eq!(none[0], "row remark: period: never ends: it needs a limit or an ending event (KEEP-NECESSARY)");
}

/// D-47: a row of our own that does not end with an account lives a year at most.
#[test]
fn more_than_a_year_without_an_account_is_refused() {
    let year = "period: does not end with the account, so it needs a limit of a year at most (D-47)";
    let of =
        |length: &str| format!(r#"{{ starts = "creation", limits = [{{ length = "{length}", from = "creation" }}] }}"#);
    for long in ["P13M", "P366D", "P2Y"] {
        refused("remark", set("period", &of(long)), year);
    }
    for short in ["P1Y", "P12M", "P365D", "PT1H"] {
        assert_eq!(refusals(|policy| set("period", &of(short))(row_of(policy, "remark"))), Vec::<String>::new());
    }
    refused("remark", set("period", r#"{ starts = "creation", ends = ["removal_request"] }"#), year);
    refused("remark", set("period", r#"{ starts = "creation", ends = ["account_deletion+majority"] }"#), year);
}

/// RIGT-PORTSCOPE, D-17: rights follow from the basis.
#[test]
fn a_right_that_does_not_fit_the_basis_is_refused() {
    let right = |right: &'static str, effect: &'static str| {
        move |row: &mut Table| drop(row["rights"].as_table_mut().expect("a table").insert(right.into(), effect.into()))
    };
    refused(
        "remark",
        right("object", "heard"),
        "rights: objection is heard exactly where the basis is legitimate_interests (RIGT-OBJECT)",
    );
    refused(
        "service_log",
        right("object", "closed"),
        "rights: objection is heard exactly where the basis is legitimate_interests (RIGT-OBJECT)",
    );
    refused(
        "service_log",
        right("port", "included"),
        "rights: only contract and consent data is taken along (RIGT-PORTSCOPE)",
    );
    refused("interest", right("object", "closed"), "rights: consent, and only consent, is withdrawn (RIGT-WITHDRAW)");
    refused("remark", right("access", "nothing"), "rights: access gives nothing exactly where the row is not personal");
    refused("remark", right("erase", "some_day"), "rights: `some_day` is none of [rights.erase]");
    refused("remark", right("forget", "at_once"), "rights: `forget` is no right");
    let without = |row: &mut Table| drop(row["rights"].as_table_mut().expect("a table").remove("port"));
    refused("remark", without, "rights: says nothing about `port`");
}

/// D-17, D-02: consent only for what can be refused without loss of the service.
#[test]
fn consent_for_required_data_is_refused() {
    refused("interest", set("required", "true"), "basis: consent is not free where the data is required (D-17)");
    refused(
        "marketing_preference",
        set("period", r#"{ starts = "creation", ends = ["account_deletion"] }"#),
        "period: what rests on consent ends with consent_withdrawal (RIGT-ERASE-CONSENT)",
    );
}

#[test]
fn a_row_that_is_held_nowhere_is_planned_and_no_other() {
    refused("remark", remove("columns"), "columns: say which columns or files hold it, or that it is planned");
    refused("moment", remove("planned"), "columns: say which columns or files hold it, or that it is planned");
    refused("remark", set("planned", "true"), "planned: is held by columns or files, so it is planned no longer");
}

/// D-47: what the privacy policy does not name needs a decision.
#[test]
fn a_row_without_provenance_is_refused() {
    refused("remark", remove("decisions"), "decisions: a row of our own names the decision that asked for it (D-47)");
    refused(
        "password",
        set("source", r#""ours""#),
        "decisions: a row of our own names the decision that asked for it (D-47)",
    );
    let unnamed = refusals(|policy| remove("promises")(row_of(policy, "survey_answer")));
    assert_eq!(
        unnamed,
        [
            "row survey_answer: promises: a row of the privacy policy names the promises it keeps",
            "promise SURV-RETAIN: no row keeps it; name it in the row that does",
        ]
    );
}

/// KEEP-ROWS: a row that names a promise of retention says what was promised.
#[test]
fn a_row_that_breaks_its_promise_is_refused() {
    let forever = r#"{ starts = "sending", ends = ["removal_request", "account_deletion"] }"#;
    let broken = refusals(|policy| set("period", forever)(row_of(policy, "chat_media")));
    assert_eq!(
        broken,
        [
            "row chat_media: period: MEDI-120H promises PT120H, and no limit says so",
            "row chat_media: period: MEDI-CLOCK promises PT120H, and no limit says so",
        ]
    );
    let no_removal = r#"{ starts = "creation", ends = ["account_deletion"] }"#;
    refused(
        "profile",
        set("period", no_removal),
        "period: PROF-RETAIN promises the end `removal_request`, and `ends` lacks it",
    );
    let on_request_alone = r#"{ starts = "verification_done", ends = ["removal_request", "account_deletion"] }"#;
    let early = refusals(|policy| set("period", on_request_alone)(row_of(policy, "card_proof")));
    assert_eq!(
        early,
        [
            "row card_proof: period: CHLD-KEEPUNTIL promises the end `removal_request+majority`, and `ends` lacks it",
            "row card_proof: period: CHLD-SURVIVE promises the end `removal_request+majority`, and `ends` lacks it",
        ]
    );
}

#[test]
fn who_a_row_is_about_fits_its_purposes() {
    refused("remark", set("subjects", "[]"), "subjects: a personal row is about somebody");
    refused("remark", set("purposes", r#"["connect_people"]"#), "purposes: a personal row needs `fulfil_rights`");
    refused("key_store", set("subjects", r#"["staff"]"#), "subjects: a row that is not personal is about nobody");
    refused("key_store", set("purposes", r#"["fulfil_rights"]"#), "purposes: `fulfil_rights` is for personal rows");
    refused(
        "remark",
        set("basis", r#""no_person""#),
        "basis: `no_person` is for rows that are not personal, and only for them",
    );
}

#[test]
fn a_list_that_cannot_be_drawn_on_is_refused() {
    let use_of = |policy: &mut Table| {
        let purposes = policy["purposes"].as_table_mut().expect("a table");
        purposes["choose_ads"].as_table_mut().expect("a table").insert("data_use".into(), "fun".into());
    };
    assert_eq!(refusals(use_of), ["purpose choose_ads: data_use: `fun` is no key of fideslang.toml"]);
    let name = |policy: &mut Table| {
        let words = policy["events"]["sending"].clone();
        policy["events"].as_table_mut().expect("a table").insert("Sent Off".into(), words);
    };
    assert_eq!(refusals(name), ["`Sent Off`: a name is made of a-z and single _, and is no keyword"]);
    let silent = |policy: &mut Table| {
        let people = policy["recipients"]["other_people"].as_table_mut().expect("a table");
        people.insert("zh".into(), " ".into());
    };
    assert_eq!(refusals(silent), ["other_people: needs both en and zh"]);
    let everything = |policy: &mut Table| {
        let translator = policy["recipients"]["translator"].as_table_mut().expect("a table");
        translator.insert("every_row".into(), true.into());
    };
    let expected =
        "recipient translator: every_row: a person or processor gets only the rows that name it (SHAR-NECESSARY)";
    assert_eq!(refusals(everything)[0], expected);
    let right = |policy: &mut Table| drop(policy["rights"].as_table_mut().expect("a table").remove("port"));
    assert_eq!(
        refusals(right)[0],
        "rights: there must be exactly these: access, correct, erase, restrict, port, object"
    );
}

/// Changes the text of one of the operators and gives what is refused.
fn operator(from: &str, to: &str) -> Vec<String> {
    let text = file("operators/literal.toml");
    assert!(text.contains(from), "the change must change something");
    let files = [
        ("demo.toml".to_owned(), file("operators/demo.toml")),
        ("literal.toml".to_owned(), text.replacen(from, to, 1)),
    ];
    parameters::operators(&files).err().unwrap_or_default()
}

/// REGI-CTRL-GAP, D-09: exactly one controller for every country.
#[test]
fn a_country_with_no_or_two_controllers_is_refused() {
    assert_eq!(operator("id", "id"), Vec::<String>::new());
    assert_eq!(
        operator("rest = true", r#"countries = ["CN"]"#),
        ["operator literal: controllers: countries that nobody names have none: one needs `rest = true` (D-09)"]
    );
    assert_eq!(
        operator("rest = true", "rest = true\n[[controllers]]\nname = \"A\"\nseat = \"B\"\nrest = true"),
        ["operator literal: controllers: `rest = true` gives every other country two: only one may have it (D-09)"]
    );
    assert_eq!(operator(r#""AT","#, r#""AT", "AT","#), ["operator literal: controllers: AT has two (D-09)"]);
    assert_eq!(
        operator(r#""AT","#, r#""AUT","#),
        ["operator literal: controllers: `AUT` is no ISO 3166-1 code of two capitals"]
    );
    assert_eq!(
        operator("rest = true", "rest = true\ncountries = [\"NZ\"]"),
        ["operator literal: controllers: WeChat International Pte. Ltd.: either names countries or takes the rest"]
    );
}

/// REGI-SERVERS, REGI-DPO, RIGT-DISPUTE, D-54, D-62: a server says what is not filled in.
#[test]
fn an_operator_that_is_not_filled_in_is_refused() {
    let check = |from: &str, to: &str, expected: &str| {
        assert_eq!(operator(from, to), [format!("operator literal: {expected}")])
    };
    check(r#"["SG", "HK"]"#, "[]", "storage_places: at least one is needed (REGI-SERVERS)");
    check(
        r#"["SG", "HK"]"#,
        r#"["local"]"#,
        "storage_places: `local` is no ISO 3166-1 code (`local` is for demo mode)",
    );
    check(r#""https://feedback-form.truste.com/watchdog/request""#, r#""""#, "dispute_body: is not filled in");
    check("https://", "http://", "dispute_body: is an https address, or `none` (D-62)");
    check(
        "dataprotection@",
        "dataprotection-at-",
        "contact.email: `dataprotection-at-wechat.com` is no e-mail address",
    );
    check(r#"post = "Data Protection Officer, "#, "post = \"\" # \"", "officer.post: is not filled in");
    assert_eq!(operator(r#"id = "literal""#, r#"id = "demo""#), ["operator demo: id: another file has it already"]);
    let unknown = operator("conformance = ", "conformity = ");
    assert!(unknown[0].starts_with("operators/literal.toml: unknown field `conformity`"), "{unknown:?}");
    let alone = parameters::operators(&[]).err().unwrap_or_default();
    assert_eq!(alone, ["operators/demo.toml: is missing; demo mode starts with it"]);
}

/// AGE-16, D-39: no region goes below sixteen, and more needs a reason.
#[test]
fn a_region_with_wrong_ages_or_codes_is_refused() {
    let check = |text: &str, expected: &str| {
        let files =
            [("default.toml".to_owned(), file("regions/default.toml")), ("xx.toml".to_owned(), text.to_owned())];
        assert_eq!(parameters::regions(&files).err().unwrap_or_default(), [format!("regions/{expected}")]);
    };
    check("codes = [\"XX\"]\nconsent_age = 13\nmajority_age = 18", "xx.toml: consent_age: 13 is below 16 (AGE-16)");
    check(
        "codes = [\"XX\"]\nconsent_age = 18\nmajority_age = 18",
        "xx.toml: reason: say why the consent age is above 16 (D-39)",
    );
    check("codes = [\"XX\"]\nconsent_age = 16\nmajority_age = 15", "xx.toml: majority_age: is below consent_age");
    check(
        "codes = []\nconsent_age = 16\nmajority_age = 18",
        "xx.toml: codes: every region has some, and default.toml none",
    );
    check("codes = [\"xx\"]\nconsent_age = 16\nmajority_age = 18", "xx.toml: codes: `xx` is no ISO 3166 code");
    check(
        "codes = [\"XX\", \"XX\"]\nconsent_age = 16\nmajority_age = 18",
        "xx.toml: codes: another file has XX already",
    );
    let none = parameters::regions(&[]).err().unwrap_or_default();
    assert_eq!(none, ["regions/default.toml: is missing; it holds the ages of every other region"]);
}

/// LANG-PREVAIL: words in either language that say a value of their own are refused, in the rows and around them.
#[test]
fn words_that_say_a_value_are_refused() {
    let sentences = |zh: &str| {
        let text = format!("until = {{ en = \"until {{events}}\", zh = \"{zh}\" }}");
        prose::sentences(&text).err().unwrap_or_default()
    };
    let because = "values come from the rows alone (LANG-PREVAIL)";
    assert_eq!(sentences("直至{events}"), Vec::<String>::new());
    assert_eq!(sentences(""), Vec::<String>::new(), "what is missing is shown in English");
    assert_eq!(sentences("直至{events}，至多 96 小时"), [format!("words.toml: until: zh says `9`: {because}")]);
    assert_eq!(sentences("直至{events}，至多三个月"), [format!("words.toml: until: zh says `三个月`: {because}")]);
    assert_eq!(sentences("直至{event}"), ["words.toml: until: en fills in [\"events\"] and zh [\"event\"]"]);
    assert_eq!(prose::check("f", "n", "gone after three days", ""), [format!("f: n: en says `three days`: {because}")]);
    assert_eq!(
        prose::check("f", "n", "one of the days", "同一天之内的一种"),
        [format!("f: n: zh says `一天`: {because}")]
    );

    let facts = Facts::read(&file("fideslang.toml"), &file("promises.toml")).expect("both can be read");
    let mut table = model::table("policy.toml", &file("policy.toml")).expect("it can be read");
    set("what", r#"{ en = "Messages.", zh = "消息，保存七天。" }"#)(row_of(&mut table, "chat_message"));
    let policy = validate::policy(&table, &facts).unwrap_or_else(|_| panic!("the rows themselves are right"));
    assert_eq!(prose::of_policy(&policy), [format!("policy.toml: row chat_message: what: zh says `七天`: {because}")]);
}

/// NOTI-BEFORE: a version that would take effect before people can be told of it is refused.
#[test]
fn a_version_that_leaves_no_time_for_notice_is_refused() {
    let version = |number: u32, published: &str, effective: &str, more: &str| {
        let text = format!(
            "number = {number}\npublished = \"{published}\"\neffective = \"{effective}\"\nsignificant = true\n\
             summary = {{ en = \"x\", zh = \"x\" }}\n{more}"
        );
        (format!("{number:04}.toml"), text)
    };
    let refused = |files: &[(String, String)]| versions::versions(files).err().unwrap_or_default();
    let first = version(1, "2026-01-01", "2026-01-01", "digest = \"0\"");
    assert_eq!(refused(&[first.clone(), version(2, "2026-02-01", "2026-03-01", "")]), Vec::<String>::new());
    let late = "versions/0002.toml: effective: people are told first, so it comes after `published` (NOTI-BEFORE)";
    assert_eq!(refused(&[first.clone(), version(2, "2026-02-01", "2026-02-01", "")]), [late]);
    assert_eq!(refused(&[first.clone(), version(2, "2026-02-01", "2026-01-31", "")]), [late]);
    let no_date = "versions/0002.toml: published: `soon` is no date: write YYYY-MM-DD";
    assert_eq!(refused(&[first.clone(), version(2, "soon", "when", "")])[0], no_date);
    let gap = "versions/0003.toml: number: versions are numbered from 1 without a gap, and their files are named so";
    assert_eq!(refused(&[first, version(3, "2026-02-01", "2026-03-01", "")]), [gap]);
    let drafts = [version(1, "2026-01-01", "2026-01-01", ""), version(2, "2026-02-01", "2026-03-01", "")];
    assert!(refused(&drafts)[0].starts_with("versions/0001.toml: digest: only the newest version may be a draft"));
    assert_eq!(refused(&[]), ["versions/0001.toml: is missing; every policy has a version"]);
}

/// D-54: the example is refused until it is filled in.
#[test]
fn the_example_operator_cannot_be_run_with() {
    let files = [
        ("demo.toml".to_owned(), file("operators/demo.toml")),
        ("example.toml".to_owned(), file("operators/example.toml")),
    ];
    let missing = parameters::operators(&files).err().unwrap_or_default();
    for gap in ["id", "name", "contact.email", "contact.post", "officer.email", "officer.post", "dispute_body"] {
        assert!(missing.contains(&format!("operator : {gap}: is not filled in")), "{missing:#?}");
    }
    assert_eq!(missing.len(), 10, "{missing:#?}");
}
