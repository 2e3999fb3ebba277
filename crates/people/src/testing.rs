//! A small world for tests: both engines, a clock moved by hand, an outbox to read codes from, and the routes as a client
//! meets them.

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request, StatusCode};
use kernel::sim::{SimClock, SimDisk, SimRng};
use kernel::{AccountId, DeviceId, Millis};
use providers::push::Hosts;
use providers::sms::{DemoOutbox, Sms};
use serde_json::{Value, json};
use storage::sql::Db;
use storage::testing::on_both_engines;
use tower::ServiceExt as _;
use vault::{MasterKey, Options, Vault};

use crate::{
    Changes, ClientAddress, Forgetting, OpenError, People, PeopleConfig, Phone, PolicyEdition, PushConfig, routes,
};

/// Where the tests' own page is.
pub(crate) const ORIGIN: &str = "https://billet.test";
/// A Monday in 2026, 09:00 UTC.
pub(crate) const START: Millis = Millis(1_774_256_400_000);

/// How long a claim waits in tests: long enough to be answered on a busy machine.
const CLAIM_WAIT_MS: u64 = 1_500;

/// Numbers of tests, each of another country. None is in use: they are set aside for examples, or nearly.
pub(crate) const ADA: &str = "+12025550123";
pub(crate) const BOB: &str = "+447700900123";
pub(crate) const EVE: &str = "+6591234567";

/// A browser's public key: the one of RFC 8291, appendix A.
pub(crate) const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

/// Everything of one test on one engine.
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) people: Arc<People>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<SimClock>,
    pub(crate) heard: Arc<Heard>,
    pub(crate) outbox: Arc<DemoOutbox>,
    router: Router,
    folder: PathBuf,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) account: AccountId,
    pub(crate) device: DeviceId,
    pub(crate) token: String,
}

/// What a call was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The stable code of a problem document, which must be one.
    #[track_caller]
    pub(crate) fn code(&self) -> &str {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status.as_u16(), "{self:?}");
        self.body["code"].as_str().unwrap()
    }

    /// The body of an answer that must be of this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self.body
    }

    /// Checks that it is this problem.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{self:?}");
    }
}

/// Who was told what.
#[derive(Default)]
pub(crate) struct Heard {
    contacts: Mutex<HashSet<AccountId>>,
    chats: Mutex<Vec<(AccountId, DeviceId)>>,
    due: Mutex<Vec<AccountId>>,
    pushes: Mutex<Vec<(DeviceId, bool)>>,
    ended: Mutex<Vec<DeviceId>>,
    added: Mutex<Vec<DeviceId>>,
    deleted: Mutex<Vec<(AccountId, Vec<AccountId>)>>,
}

impl Heard {
    /// Whose contacts changed since this was asked last.
    pub(crate) fn contacts(&self) -> HashSet<AccountId> {
        std::mem::take(&mut self.contacts.lock().unwrap())
    }

    /// Whose conversations changed since this was asked last, and by which device.
    pub(crate) fn chats(&self) -> Vec<(AccountId, DeviceId)> {
        std::mem::take(&mut self.chats.lock().unwrap())
    }

    /// Whose reminders became due since this was asked last.
    pub(crate) fn due(&self) -> Vec<AccountId> {
        std::mem::take(&mut self.due.lock().unwrap())
    }

    /// Which devices can be woken, or no longer, since this was asked last.
    pub(crate) fn pushes(&self) -> Vec<(DeviceId, bool)> {
        std::mem::take(&mut self.pushes.lock().unwrap())
    }

    /// Which devices ended since this was asked last.
    pub(crate) fn ended(&self) -> Vec<DeviceId> {
        std::mem::take(&mut self.ended.lock().unwrap())
    }

    /// Which devices signed in since this was asked last.
    pub(crate) fn added(&self) -> Vec<DeviceId> {
        std::mem::take(&mut self.added.lock().unwrap())
    }

    /// Which accounts were deleted since this was asked last, with the contacts that are told.
    pub(crate) fn deleted(&self) -> Vec<(AccountId, Vec<AccountId>)> {
        std::mem::take(&mut self.deleted.lock().unwrap())
    }
}

impl Changes for Heard {
    fn contacts_changed(&self, account: AccountId) {
        self.contacts.lock().unwrap().insert(account);
    }

    fn chats_changed(&self, account: AccountId, by: DeviceId) {
        self.chats.lock().unwrap().push((account, by));
    }

    fn reminder_due(&self, account: AccountId) {
        self.due.lock().unwrap().push(account);
    }

    fn push_changed(&self, _account: AccountId, device: DeviceId, on: bool) {
        self.pushes.lock().unwrap().push((device, on));
    }

    fn device_added(&self, _account: AccountId, device: DeviceId) {
        self.added.lock().unwrap().push(device);
    }

    fn device_ended(&self, _account: AccountId, device: DeviceId) {
        self.ended.lock().unwrap().push(device);
    }

    fn account_deleted(&self, account: AccountId, contacts: Vec<AccountId>) -> Forgetting<'_> {
        self.deleted.lock().unwrap().push((account, contacts));
        Box::pin(async {})
    }
}

/// Runs a test in a new world on SQLite, then on PostgreSQL.
pub(crate) async fn in_a_world(test: impl AsyncFn(&World)) {
    on_both_engines(async |db| {
        let outbox = Arc::new(DemoOutbox::new());
        let sms = Arc::clone(&outbox) as Arc<dyn Sms>;
        let world = World::new(Db::clone(db), db.folder(), sms, outbox).await;
        test(&world).await;
    })
    .await;
}

/// A world whose texts go through something else than the outbox.
pub(crate) async fn in_a_world_with(sms: Arc<dyn Sms>, test: impl AsyncFn(&World)) {
    on_both_engines(async |db| {
        let world = World::new(Db::clone(db), db.folder(), Arc::clone(&sms), Arc::new(DemoOutbox::new())).await;
        test(&world).await;
    })
    .await;
}

impl World {
    async fn new(db: Db, folder: &Path, sms: Arc<dyn Sms>, outbox: Arc<DemoOutbox>) -> Self {
        let clock = Arc::new(SimClock::new(START));
        let rng = Arc::new(SimRng::new(7));
        let master = MasterKey::from_bytes([7; 32]);
        let options = Options::new("/keys");
        let (clock_, rng_) = (Arc::clone(&clock) as _, Arc::clone(&rng) as _);
        let vault = Arc::new(Vault::open(Arc::new(SimDisk::new()), options, master, clock_, rng_).unwrap());
        let config = PeopleConfig {
            origins: vec![ORIGIN.to_owned()],
            demo_outbox: Some(Arc::clone(&outbox)),
            claim_wait_ms: CLAIM_WAIT_MS,
            push: PushConfig {
                hosts: Hosts::parse(providers::push::PUSH_HOSTS, false),
                public_key: Some(P256DH.to_owned()),
            },
            ..PeopleConfig::default()
        };
        let people = People::open(db.clone(), Arc::clone(&vault), sms, rng, config).await.unwrap();
        let people = Arc::new(people);
        let heard = Arc::new(Heard::default());
        people.listen(Arc::clone(&heard) as _);
        let (router, _) = routes().split_for_parts();
        let router = router.with_state(Arc::clone(&people));
        Self { db, people, vault, clock, heard, outbox, router, folder: folder.to_owned() }
    }

    /// The same room, opened over the same database and keys as after a start.
    pub(crate) async fn open_again(&self) -> People {
        let (db, vault, rng) = (self.db.clone(), Arc::clone(&self.vault), Arc::new(SimRng::new(8)));
        let sms = Arc::clone(&self.outbox) as Arc<dyn Sms>;
        People::open(db, vault, sms, rng, PeopleConfig::default()).await.unwrap()
    }

    /// The same place after a restart with another version of the policy.
    pub(crate) async fn with_policy(&self, policy: PolicyEdition) -> Result<Self, OpenError> {
        let config = PeopleConfig {
            origins: vec![ORIGIN.to_owned()],
            demo_outbox: Some(Arc::clone(&self.outbox)),
            policy,
            ..PeopleConfig::default()
        };
        let (sms, rng) = (Arc::clone(&self.outbox) as _, Arc::new(SimRng::new(8)));
        let people = Arc::new(People::open(self.db.clone(), Arc::clone(&self.vault), sms, rng, config).await?);
        let (router, _) = routes().split_for_parts();
        Ok(Self {
            db: self.db.clone(),
            vault: Arc::clone(&self.vault),
            clock: Arc::clone(&self.clock),
            heard: Arc::clone(&self.heard),
            outbox: Arc::clone(&self.outbox),
            router: router.with_state(Arc::clone(&people)),
            folder: self.folder.clone(),
            people,
        })
    }

    /// A request as it comes from the network.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A call of a program: bearer token, JSON body.
    pub(crate) async fn call(&self, method: Method, path: &str, who: Option<&Person>, body: Value) -> Answer {
        self.call_from("192.0.2.1", method, path, who, body).await
    }

    /// The same from another address.
    pub(crate) async fn call_from(
        &self,
        address: &str,
        method: Method,
        path: &str,
        who: Option<&Person>,
        body: Value,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(who) = who {
            request = request.header("authorization", format!("Bearer {}", who.token));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ClientAddress(address.parse::<IpAddr>().unwrap()));
        self.send(request).await
    }

    /// `PUT /v1/me/photo`.
    pub(crate) async fn put_photo(&self, who: &Person, jpeg: Vec<u8>) -> Answer {
        let request = Request::builder().method(Method::PUT).uri("/v1/me/photo").header("content-type", "image/jpeg");
        let request = request.header("authorization", format!("Bearer {}", who.token));
        self.send(request.body(Body::from(jpeg)).unwrap()).await
    }

    /// What is no JSON.
    pub(crate) async fn fetch(&self, who: &Person, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = Request::builder().uri(path).header("authorization", format!("Bearer {}", who.token));
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    pub(crate) async fn get(&self, path: &str, who: &Person) -> Value {
        self.call(Method::GET, path, Some(who), Value::Null).await.is(200)
    }

    pub(crate) async fn post(&self, path: &str, who: &Person, body: Value) -> Answer {
        self.call(Method::POST, path, Some(who), body).await
    }

    /// Asks for a code for a number and reads it where the provider would have sent it.
    pub(crate) async fn code_for(&self, phone: &str) -> String {
        self.call(Method::POST, "/v1/codes", None, json!({ "phone": phone })).await.is(202);
        self.newest_code(phone).expect("a code was sent")
    }

    /// The newest code that went to a number.
    pub(crate) fn newest_code(&self, phone: &str) -> Option<String> {
        // The outbox knows numbers of this operator alone, in one spelling.
        let phone = Phone::parse(phone).ok()?;
        self.outbox.newest(phone.e164(), self.vault.now().unwrap()).into_iter().find_map(|text| text.code)
    }

    /// `POST /v1/sessions` with these fields and a device.
    pub(crate) async fn sign_in(&self, mut fields: Value) -> Answer {
        fields["device"] = json!({ "name": "a phone", "platform": "test" });
        self.call(Method::POST, "/v1/sessions", None, fields).await
    }

    /// A new account, or a new device of one that is there.
    pub(crate) async fn person(&self, phone: &str, alias: &str) -> Person {
        let code = self.code_for(phone).await;
        let body = self.sign_in(json!({ "phone": phone, "code": code, "alias": alias })).await.is(201);
        self.clock.advance(crate::limits::CODE_RESEND_AFTER_MS);
        Person {
            account: serde_json::from_value(body["account_id"].clone()).unwrap(),
            device: serde_json::from_value(body["device_id"].clone()).unwrap(),
            token: body["token"].as_str().unwrap().to_owned(),
        }
    }

    /// Two people who are contacts.
    pub(crate) async fn contacts(&self, one: &str, other: &str) -> (Person, Person) {
        let (one, other) = (self.person(one, "one").await, self.person(other, "other").await);
        self.befriend(&one, &other).await;
        (one, other)
    }

    /// Makes two people contacts.
    pub(crate) async fn befriend(&self, one: &Person, other: &Person) {
        let request = self.ask(one, json!({ "account_id": other.account })).await.is(201);
        self.post(&accept(&request), other, Value::Null).await.is(204);
    }

    /// A contact request.
    pub(crate) async fn ask(&self, from: &Person, to: Value) -> Answer {
        self.post("/v1/contacts/requests", from, json!({ "to": to })).await
    }

    /// Whether these bytes stand in any file of the test's folder (the files of SQLite).
    pub(crate) fn found_in_files(&self, bytes: &[u8]) -> bool {
        let mut files: Vec<_> = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        // The log before the file that it is moved to: otherwise what is on its way could be missed in both.
        files.sort_by_key(|path| !path.to_string_lossy().ends_with("-wal"));
        files.iter().any(|path| std::fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes))
    }

    /// As after a start: whatever is asked for next is read from the tables.
    pub(crate) fn clear_caches(&self) {
        self.people.sessions.clear();
        self.people.reach.clear();
    }

    /// How many rows a table has.
    pub(crate) async fn rows(&self, table: &str) -> i64 {
        crate::store::testing::rows(&self.db, table).await
    }
}

/// A second version of the policy, which keeps less.
pub(crate) fn second_version(effective_at: Millis) -> PolicyEdition {
    let summary = policy::Words { en: "Less is kept.", zh: "保存得更少。" };
    PolicyEdition { number: 2, effective: "2026-04-30", effective_at, significant: true, summary }
}

/// Where a request is accepted.
pub(crate) fn accept(request: &Value) -> String {
    format!("/v1/contacts/requests/{}/accept", request["request_id"].as_str().unwrap())
}

/// Where a request is declined.
pub(crate) fn decline(request: &Value) -> String {
    format!("/v1/contacts/requests/{}/decline", request["request_id"].as_str().unwrap())
}
