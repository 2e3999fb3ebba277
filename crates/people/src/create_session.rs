//! `POST /v1/sessions`: a code that is right opens a session, and an account when the number has none.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::HeaderMap;
use kernel::{AccountId, Millis};
use storage::sql::Tx;
use wire::Problem;
use wire::rest::{DeviceInfo, SignIn, SignedIn, Waiting};

use crate::begin_session::begun;
use crate::birth_date::BirthDate;
use crate::http::{ClientAddress, JsonBody};
use crate::limits::CODE_TRIES_MAX;
use crate::people::TooMany;
use crate::phone::{Phone, PhoneError};
use crate::problem::{Refuse, answers, faults};
use crate::records::DeviceRecord;
use crate::store::{Hash, accounts, codes};
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
}

#[cfg(test)]
mod tests {
    use kernel::SECOND_MS;
    use serde_json::{Value, json};

    use crate::limits::{CODE_RESEND_AFTER_MS, CODE_TRIES_MAX, SIGN_UPS_PER_HOUR_AND_ADDRESS, logins_per_address};
    use crate::store::testing::all_bytes;
    use crate::testing::{ADA, BOB, EVE, START, in_a_world};

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
}
