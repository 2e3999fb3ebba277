//! Who asks: a bearer token or the session cookie.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, COOKIE, ORIGIN, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, Method};
use kernel::{AccountId, DeviceId, Millis};
use policy::{Row, rows};
use wire::Problem;

use crate::limits::SESSION_TOUCH_MS;
use crate::problem::{Refuse, answers, faults};
use crate::store::Hash;
use crate::store::devices::{self, SessionRow};
use crate::{Fault, People, secrets};

/// The cookie of a browser's session. The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`.
pub(crate) const COOKIE_NAME: &str = "__Host-session";

/// A session that lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// Which device.
    pub device: DeviceId,
}

/// An argument of a handler: whoever asks is signed in. The router's state must give out `Arc<People>` (axum's
/// `FromRef`). With the cookie, `Origin` must be ours on every call that changes something and on a socket; without an
/// `Origin` such a call needs a bearer token. Works before a `WebSocketUpgrade` as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Whose.
    pub account: AccountId,
    /// Which device.
    pub device: DeviceId,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No token, or one that is not (or no longer) good.
    #[error("sign in first")]
    NotSignedIn,
    /// The cookie came with a call from another page.
    #[error("a call with the session cookie must come from this server's own page")]
    ForeignOrigin,
    /// It could not be found out.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(SignInError);
answers!(SignInError);

impl Refuse for SignInError {
    fn problem(&self) -> Problem {
        match self {
            Self::NotSignedIn => Problem::new(401, "not_signed_in", "the session is missing or has ended; sign in"),
            Self::ForeignOrigin => Problem::new(403, "foreign_origin", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Arc<People>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let people = Arc::<People>::from_ref(state);
        match people.who_asks(parts).await {
            Ok(Session { account, device }) => Ok(Self { account, device }),
            Err(error) => Err(error.into_response()),
        }
    }
}

impl People {
    /// The session of a token, as it comes in `Authorization: Bearer` or in the cookie. Cached: a session that ended is
    /// refused at once all the same.
    pub async fn authenticate(&self, token: &str) -> Result<Session, SignInError> {
        if !secrets::is_token(token) {
            return Err(SignInError::NotSignedIn);
        }
        let now = self.now()?;
        let hash = secrets::token_hash(&self.vault, token);
        let row = match self.sessions.get(&hash) {
            Ok(row) => row,
            Err(ticket) => {
                let (row, seal) = devices::session(&self.db, hash, now).await?.ok_or(SignInError::NotSignedIn)?;
                if secrets::session_seal(&self.vault, hash, &row) != seal {
                    tracing::error!(device = %row.device, "a session is not as it was written down; it is refused");
                    return Err(SignInError::NotSignedIn);
                }
                self.sessions.put(ticket, hash, row);
                row
            }
        };
        // An account that was deleted has no key from that instant on (D-05).
        if row.expires_at.min(session_ends(row.used_at)) <= now || !self.vault.holds_account(row.account) {
            return Err(SignInError::NotSignedIn);
        }
        if now.since(row.used_at) >= SESSION_TOUCH_MS {
            self.touch(hash, &new_session(row.account, row.device, now)).await?;
        }
        Ok(Session { account: row.account, device: row.device })
    }

    /// Writes down that the session is in use, from which its period starts again.
    async fn touch(&self, hash: Hash, session: &SessionRow) -> Result<(), Fault> {
        let seal = secrets::session_seal(&self.vault, hash, session);
        let mut tx = self.db.begin_write().await?;
        devices::touch(&mut tx, hash, session, seal).await?;
        tx.commit().await?;
        self.sessions.forget(&hash);
        Ok(())
    }

    async fn who_asks(&self, parts: &Parts) -> Result<Session, SignInError> {
        if let Some(token) = bearer(&parts.headers) {
            return self.authenticate(token).await;
        }
        let token = cookie(&parts.headers).ok_or(SignInError::NotSignedIn)?;
        if needs_origin(parts) && !self.is_our_origin(&parts.headers) {
            return Err(SignInError::ForeignOrigin);
        }
        self.authenticate(token).await
    }

    /// Whether the page that calls is this server's own.
    pub(crate) fn is_our_origin(&self, headers: &HeaderMap) -> bool {
        let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
        origin.is_some_and(|origin| self.config.origins.iter().any(|ours| ours == origin))
    }
}

/// When a session that was used at `used_at` ends by itself.
pub(crate) fn session_ends(used_at: Millis) -> Millis {
    rows::Session::INFO.period.deadline(used_at).unwrap_or(Millis(i64::MAX))
}

/// A session as it is written down at its beginning.
pub(crate) fn new_session(account: AccountId, device: DeviceId, now: Millis) -> SessionRow {
    SessionRow { account, device, used_at: now, expires_at: session_ends(now) }
}

fn needs_origin(parts: &Parts) -> bool {
    let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    !reads || parts.headers.contains_key(UPGRADE)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use http::{Method, Request};
    use kernel::DAY_MS;
    use serde_json::Value;

    use crate::testing::{ADA, Answer, ORIGIN, Person, World, in_a_world};

    /// A call with the cookie of `who`.
    async fn by_cookie(world: &World, method: Method, path: &str, who: &Person, headers: &[(&str, &str)]) -> Answer {
        let cookie = format!("theme=dark; __Host-session={}; x=y", who.token);
        let mut request = Request::builder().method(method).uri(path).header("cookie", cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        world.send(request.body(axum::body::Body::empty()).unwrap()).await
    }

    /// PROTOCOL: with the cookie, `Origin` must be ours on every unsafe call and on the socket.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_cookie_changes_nothing_for_another_page() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            by_cookie(world, Method::GET, "/v1/me", &ada, &[]).await.is(200);
            let block = format!("/v1/contacts/{}/unblock", ada.account);
            let foreign = [("origin", "https://evil.test")];
            for headers in [&[][..], &foreign, &[("origin", "null")], &[("origin", "https://billet.test.evil.test")]] {
                by_cookie(world, Method::POST, &block, &ada, headers).await.refused(403, "foreign_origin");
                let socket = [headers, &[("upgrade", "websocket")]].concat();
                by_cookie(world, Method::GET, "/v1/me", &ada, &socket).await.refused(403, "foreign_origin");
            }
            by_cookie(world, Method::POST, &block, &ada, &[("origin", ORIGIN)]).await.is(204);
            by_cookie(world, Method::GET, "/v1/me", &ada, &[("origin", ORIGIN), ("upgrade", "websocket")])
                .await
                .is(200);
        })
        .await;
    }

    /// A program has no origin, and its token is not sent by a browser on its own.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_bearer_token_needs_no_origin() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.post(&format!("/v1/contacts/{}/unblock", ada.account), &ada, Value::Null).await.is(204);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_no_session_is_refused() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.call(Method::GET, "/v1/me", None, Value::Null).await.refused(401, "not_signed_in");
            for token in ["", "x", &ada.token[1..], &"0".repeat(64), &ada.token.to_uppercase()] {
                let nobody = Person { token: token.to_owned(), ..ada.clone() };
                let answer = world.call(Method::GET, "/v1/me", Some(&nobody), Value::Null).await;
                answer.refused(401, "not_signed_in");
            }
            let basic = Request::builder().uri("/v1/me").header("authorization", format!("Basic {}", ada.token));
            let basic = basic.body(axum::body::Body::empty()).unwrap();
            world.send(basic).await.refused(401, "not_signed_in");
        })
        .await;
    }

    /// Policy row `session`: 90 days without use, counted anew with each use.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_session_ends_90_days_after_its_last_use() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            for _ in 0..3 {
                world.clock.advance(89 * DAY_MS);
                world.get("/v1/me", &ada).await;
            }
            world.clock.advance(90 * DAY_MS);
            world.call(Method::GET, "/v1/me", Some(&ada), Value::Null).await.refused(401, "not_signed_in");
            world.heard.ended();
            let report = world.people.sweep().await.unwrap();
            assert_eq!(report.devices, 1);
            assert_eq!(world.heard.ended(), [ada.device]);
            assert_eq!((world.rows("session").await, world.rows("device").await), (0, 0));
        })
        .await;
    }

    /// D-05: an account whose key is destroyed is signed out everywhere at that instant, cached or not.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_deleted_account_is_signed_out_at_once() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.get("/v1/me", &ada).await;
            world.vault.destroy_account(ada.account).unwrap();
            world.call(Method::GET, "/v1/me", Some(&ada), Value::Null).await.refused(401, "not_signed_in");
        })
        .await;
    }

    /// DESIGN: while a jump of the clock is not believed, everything is refused with 503.
    #[tokio::test(flavor = "multi_thread")]
    async fn while_the_clock_is_checked_nobody_is_answered() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.clock.jump(DAY_MS);
            let answer = world.call(Method::GET, "/v1/me", Some(&ada), Value::Null).await;
            assert_eq!(answer.headers["retry-after"], "30");
            answer.refused(503, "clock_check");
        })
        .await;
    }
}
