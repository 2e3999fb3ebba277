//! `POST /v1/sessions`: a code that is right opens a session, and an account when the number has none.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{HeaderMap, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use kernel::{AccountId, DeviceId, LoginId, Millis};
use policy::{Row, rows};
use storage::sql::Tx;
use wire::Problem;
use wire::rest::{DeviceInfo, SignIn, SignedIn, Waiting};

use crate::birth_date::BirthDate;
use crate::http::{ClientAddress, JsonBody};
use crate::limits::{CODE_TRIES_MAX, DEVICES_MAX};
use crate::people::TooMany;
use crate::phone::{Phone, PhoneError};
use crate::problem::{Refuse, answers, faults, seconds};
use crate::records::{DeviceRecord, LoginRecord, of_device, of_login};
use crate::signed_in::{COOKIE_NAME, new_session, session_ends};
use crate::store::devices::{DeviceRow, LoginRow};
use crate::store::{Hash, accounts, codes, devices};
use crate::words::{self, Region, WordError};
use crate::{Fault, People, secrets};

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateSessionError {
    /// The number.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Some other field.
    #[error(transparent)]
    Words(#[from] WordError),
    /// The code is wrong, too old, tried too often, or there is none: all the same to whoever tries.
    #[error("the code is wrong or no longer good")]
    WrongCode,
    /// The code is right, the number new, and an account needs a name. The code stays good.
    #[error("a new account needs an alias")]
    AliasRequired,
    /// A session in a cookie was asked for by another page.
    #[error("a session in a cookie can be opened by this server's own page alone")]
    ForeignOrigin,
    /// Too many tries from this address.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(CreateSessionError);
answers!(CreateSessionError);

impl Refuse for CreateSessionError {
    fn problem(&self) -> Problem {
        match self {
            Self::Phone(error) => error.problem(),
            Self::Words(error) => error.problem(),
            Self::WrongCode => {
                Problem::new(422, "wrong_code", "the code is wrong or no longer good; look again, or ask for another")
            }
            Self::AliasRequired => Problem::new(
                422,
                "alias_required",
                "this number has no account yet; send the same code with an alias to open one",
            ),
            Self::ForeignOrigin => Problem::new(403, "foreign_origin", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

impl DeviceRecord {
    /// What a device says of itself.
    pub(crate) fn read(device: &DeviceInfo) -> Result<Self, WordError> {
        Ok(Self { name: words::device_name(&device.name)?, platform: words::platform(&device.platform)? })
    }
}

impl WordError {
    /// What a client is told about a text.
    pub(crate) fn problem(self) -> Problem {
        let code = match self {
            Self::Handle => "invalid_handle",
            Self::Region => "invalid_region",
            Self::BirthDate => "invalid_birth_date",
            Self::Empty(_) | Self::TooLong { .. } | Self::TooMany { .. } | Self::Control(_) => "invalid_text",
        };
        Problem::new(422, code, self.to_string())
    }
}

/// Opens a session with the code that went to a number. A number without an account needs an alias, and nothing else
/// (REGN-MIN); a birth date, when given, is compared with the region's consent age and not stored.
#[utoipa::path(post, path = "/v1/sessions", tag = "people", request_body = SignIn, responses(
    (status = 201, description = "signed in; with `cookie` the session comes as a cookie", body = SignedIn),
    (status = 202, description = "a child: a parent's consent is needed", body = Waiting),
    (status = 403, description = "`foreign_origin`", body = Problem),
    (status = 422, description = "`alias_required` (the code stays good), `wrong_code`, `invalid_phone`, \
        `other_operator`, `invalid_text`, `invalid_region`, `invalid_birth_date`", body = Problem),
    (status = 429, description = "`too_many`", body = Problem),
))]
pub(crate) async fn create_session(
    State(people): State<Arc<People>>,
    from: ClientAddress,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SignIn>,
) -> Result<Response, CreateSessionError> {
    if body.cookie && !people.is_our_origin(&headers) {
        return Err(CreateSessionError::ForeignOrigin);
    }
    let by_cookie = body.cookie;
    Ok(match people.create_session(&body, from).await? {
        Begun::Waiting(waiting) => (StatusCode::ACCEPTED, Json(waiting)).into_response(),
        Begun::SignedIn(signed_in) => begun(signed_in, by_cookie),
    })
}

/// A new session as an answer, as a cookie or in the body.
pub(crate) fn begun(mut signed_in: SignedIn, by_cookie: bool) -> Response {
    let token = signed_in.token.take_if(|_| by_cookie);
    let mut response = (StatusCode::CREATED, Json(signed_in)).into_response();
    response.headers_mut().extend(token.map(|token| (SET_COOKIE, cookie(&token))));
    response
}

/// The cookie lives as long as a session that is not used; each visit starts its period again only on the server, so a
/// browser asks for the code again at the latest then.
fn cookie(token: &str) -> HeaderValue {
    let age_s = seconds(session_ends(Millis(0)).0);
    let text = format!("{COOKIE_NAME}={token}; Path=/; Max-Age={age_s}; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&text).expect("a token is made of hexadecimal digits")
}

/// What came of it.
enum Begun {
    SignedIn(SignedIn),
    Waiting(Waiting),
}

/// A request whose fields were read.
pub(crate) struct Claim {
    pub(crate) phone: Phone,
    pub(crate) number: Hash,
    pub(crate) alias: Option<String>,
    pub(crate) birth_date: Option<BirthDate>,
    pub(crate) region: Region,
    pub(crate) device: DeviceRecord,
    code: Option<String>,
}

impl People {
    async fn create_session(&self, sign_in: &SignIn, from: ClientAddress) -> Result<Begun, CreateSessionError> {
        let now = self.now()?;
        self.take(&self.limits.logins_per_address, &from.network(), now)?;
        let claim = self.read_claim(sign_in, now)?;

        let mut tx = self.db.begin_write().await?;
        let expected = codes::try_code(&mut tx, claim.number, now, CODE_TRIES_MAX).await?;
        let given = claim.code.as_ref().map(|code| secrets::code_hash(&self.vault, claim.number, code));
        if expected.is_none() || expected != given {
            // The try counts.
            tx.commit().await?;
            return Err(CreateSessionError::WrongCode);
        }
        let pointer = accounts::pointer_in(&mut tx, claim.number).await?;
        if let Some(account) = pointer.as_deref().and_then(|pointer| self.vault.open_pointer(pointer)) {
            let row = accounts::read_in(&mut tx, account).await?;
            self.check_found(account, row, claim.number)?;
            return Ok(Begun::SignedIn(self.sign_in(tx, account, &claim, from, now).await?));
        }
        if let Some(waiting) = self.wait_for_parent(&mut tx, &claim, now).await? {
            codes::remove(&mut tx, claim.number).await?;
            tx.commit().await?;
            return Ok(Begun::Waiting(waiting));
        }
        // Nothing is committed, so that the code stays good and the try does not count: it was right.
        let alias = claim.alias.clone().ok_or(CreateSessionError::AliasRequired)?;
        Ok(Begun::SignedIn(self.register(tx, alias, pointer, &claim, from, now).await?))
    }

    fn read_claim(&self, sign_in: &SignIn, now: Millis) -> Result<Claim, CreateSessionError> {
        let phone = Phone::parse(&sign_in.phone)?;
        let region = sign_in.region.as_deref().map(Region::parse).transpose()?;
        Ok(Claim {
            number: secrets::number_hash(&self.vault, &phone),
            alias: sign_in.alias.as_deref().map(words::alias).transpose()?,
            birth_date: sign_in.birth_date.as_deref().map(|text| BirthDate::parse(text, now)).transpose()?,
            region: region.or(phone.region()).unwrap_or(Region::UNKNOWN),
            device: DeviceRecord::read(&sign_in.device)?,
            code: secrets::typed_code(&sign_in.code),
            phone,
        })
    }

    /// A session for an account that is there.
    async fn sign_in(
        &self,
        mut tx: Tx,
        account: AccountId,
        claim: &Claim,
        from: ClientAddress,
        now: Millis,
    ) -> Result<SignedIn, CreateSessionError> {
        if !accounts::lock(&mut tx, account).await? {
            // Deleted while we waited for it, with the code that was meant.
            return Err(CreateSessionError::WrongCode);
        }
        codes::remove(&mut tx, claim.number).await?;
        Ok(self.add_session(tx, account, &claim.device, from, now).await?)
    }

    /// A session on a new device of an account whose lock `tx` has, as its last act; the device used longest ago makes room.
    pub(crate) async fn add_session(
        &self,
        mut tx: Tx,
        account: AccountId,
        record: &DeviceRecord,
        from: ClientAddress,
        now: Millis,
    ) -> Result<SignedIn, Fault> {
        let mut ended = Vec::new();
        for device in devices::beyond(&mut tx, account, DEVICES_MAX - 1).await? {
            let tokens = devices::remove(&mut tx, account, device).await?.unwrap_or_default();
            ended.push((device, tokens));
        }
        let (device, token) = self.begin_session(&mut tx, account, record, from, now).await?;
        tx.commit().await?;
        for (device, tokens) in ended {
            self.after_device_ended(account, device, &tokens);
        }
        self.reach.forget(account);
        self.tell_device_added(account, device);
        Ok(SignedIn { account_id: account, device_id: device, token: Some(token), created: false })
    }

    /// Writes down a device, its session and the log-in; gives the device and the token.
    pub(crate) async fn begin_session(
        &self,
        tx: &mut Tx,
        account: AccountId,
        record: &DeviceRecord,
        from: ClientAddress,
        now: Millis,
    ) -> Result<(DeviceId, String), Fault> {
        let device = DeviceId::new(now, self.rng.ulid_bits());
        let sealed = self.seal(record, &of_device(account, device, now))?;
        devices::insert(tx, account, DeviceRow { device, created_at: now, sealed }).await?;

        let token = secrets::token(&*self.rng);
        let hash = secrets::token_hash(&self.vault, &token);
        let session = new_session(account, device, now);
        let seal = secrets::session_seal(&self.vault, hash, &session);
        devices::insert_session(tx, hash, &session, seal).await?;

        let login = LoginId::new(now, self.rng.ulid_bits());
        let record =
            LoginRecord { address: from.0.to_string(), device: record.name.clone(), platform: record.platform.clone() };
        let sealed = self.seal(&record, &of_login(account, login, now))?;
        // The earlier of 90 days and three months, fixed here (LOGI-3M, LOGI-90D, D-04, D-07).
        let expires_at = rows::Login::INFO.period.deadline(now).unwrap_or(now);
        devices::insert_login(tx, account, LoginRow { login, at: now, expires_at, sealed }).await?;
        Ok((device, token))
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, Request};
    use kernel::SECOND_MS;
    use serde_json::{Value, json};

    use crate::limits::{
        CODE_RESEND_AFTER_MS, CODE_TRIES_MAX, DEVICES_MAX, SIGN_UPS_PER_HOUR_AND_ADDRESS, logins_per_address,
    };
    use crate::store::testing::all_bytes;
    use crate::testing::{ADA, BOB, EVE, ORIGIN, START, World, in_a_world};

    fn wrong(code: &str) -> String {
        let other = if code.starts_with('1') { "2" } else { "1" };
        format!("{other}{}", &code[1..])
    }

    /// REGN-MIN: a number and an alias open an account; lacking either fails; nothing else is asked for.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_verified_number_and_an_alias_are_enough_and_both_are_needed() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            world.sign_in(json!({ "phone": ADA, "code": code })).await.refused(422, "alias_required");
            world.sign_in(json!({ "code": code, "alias": "Ada" })).await.refused(400, "malformed");
            assert_eq!(world.rows("account").await, 0);
            let body = world.sign_in(json!({ "phone": ADA, "code": code, "alias": "Ada" })).await.is(201);
            assert_eq!(body["created"], true);
            assert_eq!(world.rows("account").await, 1);
        })
        .await;
    }

    /// REGN-MIN: no other field is mandatory in the schema; the code proves the number, the device is what signs in.
    #[test]
    fn the_schema_asks_for_nothing_more_about_a_person() {
        let document = serde_json::to_value(crate::routes().into_openapi()).unwrap();
        let required = &document["components"]["schemas"]["SignIn"]["required"];
        let required: Vec<_> = required.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(required.iter().all(|field| ["phone", "code", "device"].contains(field)), "{required:?}");
    }

    /// REGN-LOGIN: a right code from a new device opens a session of the same account; a wrong or expired one does not.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_new_device_signs_in_with_a_good_code_alone() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let code = world.code_for(ADA).await;
            world.sign_in(json!({ "phone": ADA, "code": wrong(&code) })).await.refused(422, "wrong_code");
            let body = world.sign_in(json!({ "phone": ADA, "code": code })).await.is(201);
            assert_eq!(body["account_id"], ada.account.to_string());
            assert_ne!(body["device_id"], ada.device.to_string());
            assert_eq!(body["created"], false);

            world.clock.advance(CODE_RESEND_AFTER_MS);
            let code = world.code_for(ADA).await;
            world.clock.advance(300 * SECOND_MS);
            world.sign_in(json!({ "phone": ADA, "code": code })).await.refused(422, "wrong_code");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_code_is_good_until_the_instant_its_period_ends() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            world.clock.advance(300 * SECOND_MS - 1);
            world.sign_in(json!({ "phone": ADA, "code": code, "alias": "Ada" })).await.is(201);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn five_wrong_tries_void_a_code() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            let fields = |code: &str| json!({ "phone": ADA, "code": code, "alias": "Ada" });
            for _ in 0..CODE_TRIES_MAX {
                world.sign_in(fields(&wrong(&code))).await.refused(422, "wrong_code");
            }
            world.sign_in(fields(&code)).await.refused(422, "wrong_code");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn four_wrong_tries_and_a_missing_alias_leave_a_code_good() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            for _ in 0..CODE_TRIES_MAX - 1 {
                world.sign_in(json!({ "phone": ADA, "code": wrong(&code) })).await.refused(422, "wrong_code");
            }
            for _ in 0..3 {
                world.sign_in(json!({ "phone": ADA, "code": code })).await.refused(422, "alias_required");
            }
            world.sign_in(json!({ "phone": ADA, "code": code, "alias": "Ada" })).await.is(201);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_code_is_good_once_and_for_its_own_number() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            world.code_for(BOB).await;
            world.sign_in(json!({ "phone": BOB, "code": code, "alias": "Bob" })).await.refused(422, "wrong_code");
            world.sign_in(json!({ "phone": ADA, "code": code, "alias": "Ada" })).await.is(201);
            world.sign_in(json!({ "phone": ADA, "code": code, "alias": "Ada" })).await.refused(422, "wrong_code");
            world.sign_in(json!({ "phone": EVE, "code": code, "alias": "Eve" })).await.refused(422, "wrong_code");
        })
        .await;
    }

    /// D-56: before the code is right, a number with an account and one without get the same answer, byte for byte.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_wrong_code_says_nothing_about_the_number() {
        in_a_world(async |world| {
            world.person(ADA, "Ada").await;
            for asked in [false, true] {
                if asked {
                    world.code_for(ADA).await;
                    world.code_for(BOB).await;
                }
                for fields in [json!({}), json!({ "alias": "X" }), json!({ "birth_date": "2020-01-01" })] {
                    let mut answers = Vec::new();
                    for phone in [ADA, BOB] {
                        let mut fields = fields.clone();
                        fields["phone"] = phone.into();
                        fields["code"] = "000000".into();
                        let answer = world.sign_in(fields).await;
                        answers.push((answer.status, answer.body.clone(), answer.headers.clone()));
                        answer.refused(422, "wrong_code");
                    }
                    assert_eq!(answers[0], answers[1]);
                }
            }
        })
        .await;
    }

    /// SCOP-PLUS86: the same number in two spellings is one account.
    #[tokio::test(flavor = "multi_thread")]
    async fn two_spellings_of_a_number_are_one_account() {
        in_a_world(async |world| {
            let one = world.person("+44 7700 900123", "Bob").await;
            let other = world.person("0044 (0)7700-900123", "Bob").await;
            assert_eq!(one.account, other.account);
            assert_eq!(world.rows("account").await, 1);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_who_hold_the_same_code_open_one_account() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            let fields = || json!({ "phone": ADA, "code": code, "alias": "Ada" });
            let (one, other) = tokio::join!(world.sign_in(fields()), world.sign_in(fields()));
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 422]);
            assert_eq!((world.rows("account").await, world.vault.accounts().len()), (1, 1));
        })
        .await;
    }

    /// REGN-FIELDS, D-47: whatever is personal is sealed. First it is shown that the search can find a thing.
    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_personal_is_stored_in_clear() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "CANARY-alias").await;
            let stored = all_bytes(&world.db).await;
            let finds = |text: &[u8]| stored.windows(text.len()).any(|window| window == text);
            assert!(finds(&ada.account.to_bytes()));
            for text in ["CANARY-alias", ADA, &ADA[1..], "a phone", "192.0.2.1", &ada.token] {
                assert!(!finds(text.as_bytes()), "{text}");
            }
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_twenty_first_device_takes_the_place_of_the_one_used_longest_ago() {
        in_a_world(async |world| {
            let mut devices = Vec::new();
            for _ in 0..DEVICES_MAX {
                devices.push(world.person(ADA, "Ada").await);
                world.clock.advance(kernel::HOUR_MS);
            }
            // The first one is in use, so that the second goes.
            world.clock.advance(kernel::DAY_MS);
            world.get("/v1/me", &devices[0]).await;
            world.heard.ended();
            world.person(ADA, "Ada").await;
            assert_eq!(world.heard.ended(), [devices[1].device]);
            world.get("/v1/me", &devices[0]).await;
            let gone = world.call(Method::GET, "/v1/me", Some(&devices[1]), Value::Null).await;
            gone.refused(401, "not_signed_in");
            assert_eq!(world.people.device_count(devices[0].account).await, 20);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_session_in_a_cookie_is_for_our_own_page() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            let body = json!({
                "phone": ADA, "code": code, "alias": "Ada", "cookie": true, "device": { "name": "", "platform": "web" },
            });
            let request = |origin: Option<&str>| {
                let request = Request::builder().method(Method::POST).uri("/v1/sessions");
                let request = request.header("content-type", "application/json");
                let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
                request.body(axum::body::Body::from(body.to_string())).unwrap()
            };
            world.send(request(None)).await.refused(403, "foreign_origin");
            world.send(request(Some("https://evil.test"))).await.refused(403, "foreign_origin");
            let answer = world.send(request(Some(ORIGIN))).await;
            assert_eq!(answer.body.get("token"), None);
            let cookie = answer.headers["set-cookie"].to_str().unwrap();
            assert!(cookie.starts_with("__Host-session="), "{cookie}");
            // 90 days: the period of the policy row `session`.
            for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=7776000"] {
                assert!(cookie.split("; ").any(|found| found == part), "{cookie} lacks {part}");
            }
            answer.is(201);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_cannot_be_a_field_is_refused_before_the_code_is_looked_at() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            let check = async |field: &str, value: &str, expected: &str| {
                let mut fields = json!({ "phone": ADA, "code": code, "alias": "Ada" });
                fields[field] = value.into();
                world.sign_in(fields).await.refused(422, expected);
            };
            check("alias", " ", "invalid_text").await;
            check("alias", &"x".repeat(65), "invalid_text").await;
            check("region", "Utopia", "invalid_region").await;
            check("birth_date", "tomorrow", "invalid_birth_date").await;
            check("phone", "+8613800138000", "other_operator").await;
            world.sign_in(json!({ "phone": ADA, "code": code, "alias": "Ada" })).await.is(201);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_address_tries_only_so_often() {
        in_a_world(async |world| {
            let fields = || json!({ "phone": ADA, "code": "000000" });
            for _ in 0..logins_per_address(SIGN_UPS_PER_HOUR_AND_ADDRESS).burst {
                world.sign_in(fields()).await.refused(422, "wrong_code");
            }
            world.sign_in(fields()).await.refused(429, "too_many");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_account_remembers_when_and_where_it_began() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let me = world.get("/v1/me", &ada).await;
            assert_eq!(me["created_at"], START.0);
            assert_eq!((me["region"].as_str(), me["phone"].as_str()), (Some("US"), Some(ADA)));
            let satellite = world.person("+88112345678", "Sat").await;
            assert_eq!(world.get("/v1/me", &satellite).await["region"], "ZZ");
        })
        .await;
    }

    /// REGN-RETAIN: ten idle years later the account is as it was; only its log-ins and sessions are over.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_account_that_was_idle_for_ten_years_is_as_it_was() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let me = async |person| {
                let mut me = world.get("/v1/me", person).await;
                me.as_object_mut().unwrap().remove("device_id").unwrap();
                me
            };
            let before = me(&ada).await;
            for _ in 0..10 {
                world.clock.advance(366 * kernel::DAY_MS);
                world.vault.step().unwrap();
                world.people.sweep().await.unwrap();
            }
            assert_eq!((world.rows("login").await, world.rows("session").await), (0, 0));
            let again = world.person(ADA, "Ada").await;
            assert_eq!(again.account, ada.account);
            assert_eq!(me(&again).await, before);
        })
        .await;
    }

    /// A fault between key and rows leaves neither an account nor a key.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_registration_that_was_cut_off_leaves_no_key() {
        in_a_world(async |world: &World| {
            let ada = world.person(ADA, "Ada").await;
            let orphan = kernel::AccountId::new(START, 99);
            world.vault.create_account(orphan).unwrap();
            world.people.sweep_unfinished_accounts(false).await.unwrap();
            assert!(!world.vault.holds_account(orphan));
            assert!(world.vault.holds_account(ada.account));
        })
        .await;
    }

    /// A database that is not the one of these keys must not cost anybody their keys.
    #[tokio::test(flavor = "multi_thread")]
    async fn keys_are_left_alone_where_the_database_may_be_another_one() {
        in_a_world(async |world| {
            world.vault.create_account(kernel::AccountId::new(START, 0)).unwrap();
            world.people.sweep_unfinished_accounts(true).await.unwrap();
            assert_eq!(world.vault.accounts().len(), 1, "a database that was just made speaks for nobody");
            for n in 1..3 {
                world.vault.create_account(kernel::AccountId::new(START, n)).unwrap();
            }
            world.people.sweep_unfinished_accounts(false).await.unwrap();
            assert_eq!(world.vault.accounts().len(), 3, "it knows none of three");
            world.person(ADA, "Ada").await;
            for n in 3..100 {
                world.vault.create_account(kernel::AccountId::new(START, n)).unwrap();
            }
            world.people.sweep_unfinished_accounts(false).await.unwrap();
            assert_eq!(world.vault.accounts().len(), 101);
        })
        .await;
    }
}
