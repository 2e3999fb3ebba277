//! `POST /v1/codes`: a code goes to a number. Whether the number has an account is not even looked up (D-56).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use kernel::Millis;
use policy::{Language, Row, rows};
use providers::sms::{SmsError, Text};
use wire::Problem;
use wire::rest::{CodeRequest, CodeRequested};

use crate::code_text::{CodeText, bound_host};
use crate::http::{ClientAddress, JsonBody, Reads};
use crate::limits::CODE_RESEND_AFTER_MS;
use crate::people::TooMany;
use crate::phone::{Phone, PhoneError};
use crate::problem::{Refuse, answers, faults, seconds};
use crate::store::codes::{self, Code};
use crate::{Fault, People, secrets};

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestCodeError {
    /// The number.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Too many codes for this number or from this address.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// One was sent just now.
    #[error("a code was sent a moment ago")]
    TooSoon {
        /// When another may be asked for.
        wait_ms: i64,
    },
    /// The provider.
    #[error("the text with the code could not be sent")]
    Sms(#[from] SmsError),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(RequestCodeError);
answers!(RequestCodeError);

impl Refuse for RequestCodeError {
    fn problem(&self) -> Problem {
        match self {
            Self::Phone(error) => error.problem(),
            Self::TooMany(error) => error.problem(),
            Self::TooSoon { wait_ms } => {
                let detail = "a code was sent a moment ago; use it, or wait and ask again";
                Problem::new(429, "too_soon", detail).retry_in(seconds(*wait_ms))
            }
            Self::Sms(SmsError::NumberRefused { .. }) => {
                Problem::new(422, "number_refused", "this number cannot get text messages; try another")
            }
            Self::Sms(_) => Problem::new(503, "sms_down", "text messages cannot be sent now; try again later"),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

impl PhoneError {
    /// What a client is told about a number.
    pub(crate) fn problem(self) -> Problem {
        let code = match self {
            Self::Invalid => "invalid_phone",
            Self::OtherOperator => "other_operator",
        };
        Problem::new(422, code, self.to_string())
    }
}

/// Sends a six-digit code to a mobile number, in Chinese or English as `Accept-Language` asks. The answer is the same
/// whether or not the number has an account.
#[utoipa::path(post, path = "/v1/codes", tag = "people", request_body = CodeRequest, responses(
    (status = 202, description = "a code is on its way", body = CodeRequested),
    (status = 422, description = "`invalid_phone`, `other_operator` (+86), `number_refused`", body = Problem),
    (status = 429, description = "`too_soon`, `too_many`", body = Problem),
    (status = 503, description = "`sms_down`, `clock_check`, `unavailable`", body = Problem),
))]
pub(crate) async fn request_code(
    State(people): State<Arc<People>>,
    from: ClientAddress,
    Reads(language): Reads,
    JsonBody(body): JsonBody<CodeRequest>,
) -> Result<(StatusCode, Json<CodeRequested>), RequestCodeError> {
    people.request_code(&body.phone, language, from).await.map(|answer| (StatusCode::ACCEPTED, Json(answer)))
}

impl People {
    async fn request_code(
        &self,
        phone: &str,
        language: Language,
        from: ClientAddress,
    ) -> Result<CodeRequested, RequestCodeError> {
        let phone = Phone::parse(phone)?;
        let now = self.now()?;
        let number = secrets::number_hash(&self.vault, &phone);
        self.take(&self.limits.codes_per_address, &from.network(), now)?;

        let code = secrets::code(&*self.rng);
        let expires_at = rows::VerificationCode::INFO.period.deadline(now).unwrap_or(now);
        let row = Code { code_hash: secrets::code_hash(&self.vault, number, &code), sent_at: now };
        let too_soon = |sent_at| RequestCodeError::TooSoon { wait_ms: CODE_RESEND_AFTER_MS - now.since(sent_at) };
        let not_since = now - CODE_RESEND_AFTER_MS;
        let mut tx = self.db.begin_write().await?;
        if let Some(sent_at) = codes::sent_at(&mut tx, number).await?.filter(|sent_at| *sent_at > not_since) {
            return Err(too_soon(sent_at));
        }
        // Who asked too soon is not counted.
        self.take(&self.limits.codes_per_number, &number, now)?;
        if !codes::put(&mut tx, number, &row, expires_at, not_since).await? {
            // Somebody else asked in the same instant.
            return Err(too_soon(now));
        }
        tx.commit().await?;

        let text = self.text_with(&code, language, &phone, now, expires_at);
        if let Err(error) = self.sms.send(text).await {
            // Nobody got it, so that another may be asked for at once.
            let mut tx = self.db.begin_write().await?;
            codes::remove(&mut tx, number).await?;
            tx.commit().await?;
            return Err(error.into());
        }
        Ok(CodeRequested { expires_in_s: seconds(expires_at.since(now)), resend_in_s: seconds(CODE_RESEND_AFTER_MS) })
    }

    fn text_with(&self, code: &str, language: Language, phone: &Phone, at: Millis, until: Millis) -> Text {
        let words = CodeText {
            code,
            service: &self.config.service,
            minutes: seconds(until.since(at)) / 60,
            host: self.config.origins.first().and_then(|origin| bound_host(origin)),
        };
        Text { to: phone.e164().to_owned(), text: words.in_language(language), code: Some(code.to_owned()), at, until }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::Method;
    use kernel::{DAY_MS, SECOND_MS};
    use providers::sms::{Sending, Sms, SmsError, Text};
    use serde_json::{Value, json};

    use super::*;
    use crate::limits::{CODES_PER_NUMBER, SIGN_UPS_PER_HOUR_AND_ADDRESS};
    use crate::testing::{ADA, Answer, BOB, World, in_a_world, in_a_world_with};

    async fn ask(world: &World, phone: &str) -> Answer {
        world.call(Method::POST, "/v1/codes", None, json!({ "phone": phone })).await
    }

    /// D-56: one answer for a number with an account and one without, in every state of the limits.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_answer_is_the_same_for_known_and_unknown_numbers() {
        in_a_world(async |world| {
            world.code_for(BOB).await;
            world.person(ADA, "Ada").await;
            let mut seen = Vec::new();
            for _ in 0..CODES_PER_NUMBER.burst + 2 {
                for _ in 0..2 {
                    let (known, unknown) = (ask(world, ADA).await, ask(world, BOB).await);
                    assert_eq!((known.status, &known.headers), (unknown.status, &unknown.headers));
                    assert_eq!(known.body, unknown.body);
                    seen.push(known.body["code"].as_str().unwrap_or("sent").to_owned());
                }
                world.clock.advance(CODE_RESEND_AFTER_MS);
            }
            for expected in ["sent", "too_soon", "too_many"] {
                assert!(seen.iter().any(|code| code == expected), "{seen:?}");
            }
        })
        .await;
    }

    /// The period of the code comes from the policy; the time to resend is 60 s.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_code_tells_how_long_it_is_good_and_when_to_ask_again() {
        in_a_world(async |world| {
            assert_eq!(ask(world, ADA).await.is(202), json!({ "expires_in_s": 300, "resend_in_s": 60 }));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn another_code_can_be_asked_for_after_60_seconds_and_replaces_the_first() {
        in_a_world(async |world| {
            let first = world.code_for(ADA).await;
            world.clock.advance(59 * SECOND_MS);
            let early = ask(world, ADA).await;
            assert_eq!(early.headers["retry-after"], "1");
            assert_eq!(early.body["retry_in_s"], 1);
            early.refused(429, "too_soon");
            world.clock.advance(SECOND_MS);
            let second = world.code_for(ADA).await;
            assert_ne!(first, second);
            let fields = |code: &str| json!({ "phone": ADA, "code": code, "alias": "Ada" });
            world.sign_in(fields(&first)).await.refused(422, "wrong_code");
            world.sign_in(fields(&second)).await.is(201);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_number_and_one_address_get_only_so_many_codes() {
        in_a_world(async |world| {
            for _ in 0..CODES_PER_NUMBER.burst {
                ask(world, ADA).await.is(202);
                world.clock.advance(CODE_RESEND_AFTER_MS);
            }
            ask(world, ADA).await.refused(429, "too_many");
            ask(world, BOB).await.is(202);
            world.clock.advance(DAY_MS);
            ask(world, ADA).await.is(202);

            let from = async |address: &str, n: u32| {
                let body = json!({ "phone": format!("+4477009{n:05}") });
                world.call_from(address, Method::POST, "/v1/codes", None, body).await
            };
            for n in 0..SIGN_UPS_PER_HOUR_AND_ADDRESS {
                from("2001:db8::1", n).await.is(202);
            }
            from("2001:db8::ffff", 998).await.refused(429, "too_many");
            from("2001:db8:0:1::1", 999).await.is(202);
        })
        .await;
    }

    /// SCOP-PLUS86, D-01: told apart by the parsed country code, and nothing is sent.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_plus_86_number_is_told_that_it_belongs_to_the_other_operator() {
        in_a_world(async |world| {
            for phone in ["+8613800138000", "0086 138 0013 8000", "\u{ff0b}8613800138000"] {
                ask(world, phone).await.refused(422, "other_operator");
            }
            for phone in
                ["+85298765432", "+85366123456", "+886912345678", "+88112345678", "+6591234567", "+44 7700 900123"]
            {
                ask(world, phone).await.is(202);
            }
            ask(world, "hello").await.refused(422, "invalid_phone");
            assert_eq!(world.newest_code("+8613800138000"), None);
        })
        .await;
    }

    /// The text ends with the line that binds the code to this server's page, in the language that the browser asks for.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_text_comes_in_the_language_of_the_browser_and_is_bound_to_our_page() {
        in_a_world(async |world| {
            for (list, words) in
                [("zh-CN,zh;q=0.9,en;q=0.8", "是您的 Billet 验证码"), ("en-GB,zh;q=0.5", "is your Billet code")]
            {
                let request = http::Request::builder().method(Method::POST).uri("/v1/codes");
                let request = request.header("content-type", "application/json").header("accept-language", list);
                let request = request.body(axum::body::Body::from(json!({ "phone": ADA }).to_string())).unwrap();
                world.send(request).await.is(202);
                let sent = world.outbox.newest(ADA, world.vault.now().unwrap()).remove(0);
                let code = sent.code.unwrap();
                assert!(sent.text.starts_with(&format!("{code} {words}")), "{}", sent.text);
                assert!(sent.text.ends_with(&format!("\n@billet.test #{code}")), "{}", sent.text);
                world.clock.advance(CODE_RESEND_AFTER_MS);
            }
        })
        .await;
    }

    /// What is stored of a code opens nothing: keyed hashes alone, and no number.
    #[tokio::test(flavor = "multi_thread")]
    async fn neither_the_code_nor_the_number_is_stored() {
        in_a_world(async |world| {
            let code = world.code_for(ADA).await;
            let row = crate::store::testing::code_row(&world.db).await;
            for text in [code.as_bytes(), ADA.as_bytes(), &ADA.as_bytes()[1..]] {
                assert!(!row.windows(text.len()).any(|window| window == text));
            }
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_that_is_no_json_is_a_problem_document() {
        in_a_world(async |world| {
            let request = |kind: &str, body: &str| {
                let request =
                    http::Request::builder().method(Method::POST).uri("/v1/codes").header("content-type", kind);
                request.body(axum::body::Body::from(body.to_owned())).unwrap()
            };
            world.send(request("text/plain", r#"{"phone":"+12025550123"}"#)).await.refused(415, "not_json");
            world.send(request("application/json", "{")).await.refused(400, "malformed");
            world.send(request("application/json; charset=utf-8", "{}")).await.refused(400, "malformed");
            world.send(request("application/json", &" ".repeat(10_000))).await.refused(413, "too_large");
        })
        .await;
    }

    /// A provider that answers what it is told.
    struct Provider(SmsError);

    impl Sms for Provider {
        fn send(&self, _text: Text) -> Sending<'_> {
            Box::pin(async { Err(self.0.clone()) })
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_the_provider_refuses_is_told_and_does_not_make_people_wait() {
        for (error, status, code) in [
            (SmsError::NumberRefused { code: 21211 }, 422, "number_refused"),
            (SmsError::Down { reason: "no answer in time".into() }, 503, "sms_down"),
            (SmsError::Misconfigured { reason: "status 401".into() }, 503, "sms_down"),
        ] {
            in_a_world_with(Arc::new(Provider(error)), async |world| {
                for _ in 0..2 {
                    let answer = ask(world, ADA).await;
                    assert!(!answer.body.to_string().contains("21211") && answer.body != Value::Null);
                    answer.refused(status, code);
                }
            })
            .await;
        }
    }
}
