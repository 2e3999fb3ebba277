//! The policy as linked data: the Data Privacy Vocabulary of the W3C in JSON-LD, with keys of the fides taxonomy.
//!
//! The context stands in the document, so that nobody has to fetch anything to read it.

use policy::operators::{Address, Operator};
use policy::{Basis, Class, Recipient, RowInfo, Subject, Words};
use serde_json::{Value, json};

use crate::{Edition, Site, in_words, iso_8601};

/// The document of `GET /v1/policy.json`.
pub fn linked_data(site: &Site<'_>) -> Value {
    let edition = site.edition();
    json!({
        "@context": context(),
        "@id": format!("urn:billet:policy:{}", edition.digest),
        "@type": "dpv:PrivacyNotice",
        "version": edition.number,
        "draft": edition.draft,
        "updated": edition.published,
        "effective": edition.effective,
        "digest": edition.digest,
        "fideslang": FIDESLANG,
        "operator": operator(site.operator),
        "rows": policy::all().iter().map(row).collect::<Vec<_>>(),
        "versions": site.editions.iter().map(version).collect::<Vec<_>>(),
    })
}

/// Which taxonomy the keys are of.
const FIDESLANG: &str = "https://github.com/ethyca/fideslang";

fn context() -> Value {
    let set = |iri: &str| json!({ "@id": iri, "@container": "@set" });
    let words = |iri: &str| json!({ "@id": iri, "@container": "@language" });
    let typed = |iri: &str, of: &str| json!({ "@id": iri, "@type": of });
    json!({
        "dpv": "https://w3id.org/dpv#",
        "gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "dct": "http://purl.org/dc/terms/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "billet": "urn:billet:terms:",
        "@vocab": "urn:billet:terms:",
        "version": "dct:hasVersion",
        "updated": typed("dct:modified", "xsd:date"),
        "effective": typed("dct:valid", "xsd:date"),
        "operator": "dpv:hasDataController",
        "rows": set("dpv:hasPersonalDataHandling"),
        "name": words("dct:title"),
        "what": words("dct:description"),
        "words": words("dct:description"),
        "period_in_words": words("billet:period_in_words"),
        "subjects": set("dpv:hasDataSubject"),
        "data": set("dpv:hasPersonalData"),
        "purposes": set("dpv:hasPurpose"),
        "basis": "dpv:hasLegalBasis",
        "storage": set("dpv:hasStorageCondition"),
        "length": typed("dpv:hasDuration", "xsd:duration"),
        "recipients": set("dpv:hasRecipient"),
        "places": set("dpv:hasLocation"),
        "rights": set("dpv:hasRight"),
        "officer": "dpv:hasDataProtectionOfficer",
        "email": "dpv:hasContact",
        "post": "dpv:hasAddress",
    })
}

fn operator(operator: &Operator) -> Value {
    let address = |address: &Address| json!({ "email": address.email, "post": address.post });
    let controllers = operator.controllers.iter().map(|controller| {
        json!({
            "@type": "dpv:DataController",
            "legal_name": controller.name,
            "post": controller.seat,
            "countries": controller.countries,
            "rest": controller.rest,
        })
    });
    let companies =
        operator.companies.iter().map(|company| json!({ "legal_name": company.name, "region": company.region }));
    json!({
        "@type": "dpv:DataController",
        "legal_name": operator.name,
        "controllers": controllers.collect::<Vec<_>>(),
        "companies": companies.collect::<Vec<_>>(),
        "contact": address(&operator.contact),
        "officer": address(&operator.officer),
        "dispute_body": operator.dispute_body,
        "storage_places": operator.storage_places,
        "staff_places": operator.staff_places,
    })
}

fn version(edition: &Edition) -> Value {
    json!({
        "version": edition.number,
        "draft": edition.draft,
        "updated": edition.published,
        "effective": edition.effective,
        "significant": edition.significant,
        "digest": edition.digest,
        "words": both(edition.summary),
    })
}

fn row(row: &RowInfo) -> Value {
    let purposes = row.purposes.iter().map(|purpose| {
        json!({ "@type": "dpv:Purpose", "id": purpose.id, "data_use": purpose.data_use, "words": both(purpose.words) })
    });
    let everybody = Recipient::ALL.iter().filter(|recipient| recipient.every_row() && row.personal);
    let recipients: Vec<Value> = row.recipients.iter().chain(everybody).map(|who| recipient(*who)).collect();
    let places = row.places.iter().map(|place| json!({ "id": place.id(), "words": both(place.words()) }));
    json!({
        "@id": format!("urn:billet:row:{}", row.id),
        "@type": "dpv:PersonalDataHandling",
        "id": row.id,
        "planned": row.planned,
        "personal": row.personal,
        "required": row.required,
        "name": both(row.name),
        "what": both(row.what),
        "subjects": row.subjects.iter().map(|subject| one_subject(*subject)).collect::<Vec<_>>(),
        "data": row.categories.iter().map(|key| json!({ "@type": "dpv:PersonalData", "data_category": key })).collect::<Vec<_>>(),
        "purposes": purposes.collect::<Vec<_>>(),
        "basis": basis(row.basis),
        "storage": storage(row),
        "period_in_words": both_periods(row),
        "recipients": recipients,
        "places": places.collect::<Vec<_>>(),
        "rights": rights(row),
        "promises": row.promises,
        "decisions": row.decisions,
    })
}

/// Limits as durations from an event, and the events that end it (D-04: the earliest wins).
fn storage(row: &RowInfo) -> Vec<Value> {
    let limits = row.period.limits.iter().map(
        |limit| json!({ "@type": "dpv:StorageDuration", "length": iso_8601(limit.length), "from": limit.from.id() }),
    );
    let ends = row.period.ends.iter().map(|events| {
        json!({ "@type": "dpv:StorageDeletion", "when": events.iter().map(|event| event.id()).collect::<Vec<_>>() })
    });
    limits.chain(ends).collect()
}

fn basis(basis: Basis) -> Value {
    let types: &[&str] = match basis {
        Basis::Consent => &["dpv:Consent", "gdpr:A6-1-a"],
        Basis::Contract => &["dpv:ContractPerformance", "gdpr:A6-1-b"],
        Basis::LegalObligation => &["dpv:LegalObligation", "gdpr:A6-1-c"],
        Basis::LegitimateInterests => &["dpv:LegitimateInterest", "gdpr:A6-1-f"],
        // About nobody, so that no law asks for a basis.
        Basis::NoPerson => &[],
    };
    json!({ "@type": types, "id": basis.id(), "words": both(basis.words()) })
}

fn recipient(recipient: Recipient) -> Value {
    let class = match recipient.class() {
        Class::Person => "dpv:Recipient",
        Class::Group => "dpv:DataController",
        Class::Processor => "dpv:DataProcessor",
        Class::Boundary => "dpv:ThirdParty",
        Class::Authority => "dpv:Authority",
    };
    json!({ "@type": class, "id": recipient.id(), "every_row": recipient.every_row(), "words": both(recipient.words()) })
}

fn one_subject(subject: Subject) -> Value {
    let (class, key) = match subject {
        Subject::AccountHolder | Subject::OtherUser => ("dpv:User", "customer"),
        Subject::Child => ("dpv:Child", "customer"),
        Subject::NonUser => ("dpv:DataSubject", "anonymous_user"),
        Subject::Parent => ("dpv:ParentOfDataSubject", "next_of_kin"),
        Subject::Staff => ("dpv:Employee", "employee"),
    };
    json!({ "@type": class, "id": subject.id(), "data_subject": key, "words": both(subject.words()) })
}

fn rights(row: &RowInfo) -> Vec<Value> {
    let rights = &row.rights;
    let of = |article: &str, right: &str, effect: &str, words: Words| json!({ "@type": article, "right": right, "effect": effect, "words": both(words) });
    vec![
        of("gdpr:A15", "access", rights.access.id(), rights.access.words()),
        of("gdpr:A16", "correct", rights.correct.id(), rights.correct.words()),
        of("gdpr:A17", "erase", rights.erase.id(), rights.erase.words()),
        of("gdpr:A18", "restrict", rights.restrict.id(), rights.restrict.words()),
        of("gdpr:A20", "port", rights.port.id(), rights.port.words()),
        of("gdpr:A21", "object", rights.object.id(), rights.object.words()),
    ]
}

fn both(words: Words) -> Value {
    let mut value = json!({ "en": words.en });
    if !words.zh.is_empty() {
        value["zh"] = words.zh.into();
    }
    value
}

fn both_periods(row: &RowInfo) -> Value {
    let languages = policy::Language::ALL.map(|language| (language.tag().to_owned(), in_words(&row.period, language)));
    languages.into_iter().map(|(tag, words)| (tag, Value::String(words))).collect::<serde_json::Map<_, _>>().into()
}
