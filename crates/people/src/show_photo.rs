//! `GET /v1/photos/{account_id}`: somebody's picture, to whoever may see it.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use kernel::AccountId;
use policy::{Permit, purposes, rows};
use serde::Deserialize;
use wire::Problem;

use crate::http::IdPath;
use crate::people::TooMany;
use crate::problem::{Refuse, answers, faults};
use crate::records::{PhotoRecord, of_photo};
use crate::store::contacts;
use crate::store::photos::{self, PhotoId};
use crate::{Fault, People, SignedIn};

/// A picture at its own address never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShowPhotoError {
    /// No such account, no picture, or none of the asker's business: all the same.
    #[error("nobody you know has this id and a photo")]
    UnknownAccount,
    /// Too many looks with a QR code.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ShowPhotoError);
answers!(ShowPhotoError);

impl Refuse for ShowPhotoError {
    fn problem(&self) -> Problem {
        match self {
            Self::UnknownAccount => Problem::new(404, "unknown_account", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// What the address says beside whose picture it is.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PhotoQuery {
    v: Option<String>,
    token: Option<String>,
}

/// Shows a person's picture to themselves, to contacts, to people with an open request between them, and to whoever has their
/// QR code. Under the address of the present picture it may be kept.
#[utoipa::path(get, path = "/v1/photos/{account_id}", tag = "people",
    params(
        ("account_id" = AccountId, Path, description = "whose"),
        ("v" = Option<String>, Query, description = "which picture, from the address that was told"),
        ("token" = Option<String>, Query, description = "of their QR code"),
    ),
    responses(
        (status = 200, description = "the picture", content_type = "image/jpeg", body = wire::rest::Jpeg),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_account`", body = Problem),
        (status = 429, description = "`too_many`", body = Problem),
    )
)]
pub(crate) async fn show_photo(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(owner): IdPath<AccountId>,
    asked: Result<Query<PhotoQuery>, QueryRejection>,
) -> Result<Response, ShowPhotoError> {
    // What cannot be read asks for nothing.
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    if !people.may_see_photo(who.account, owner, asked.token.as_deref()).await? {
        return Err(ShowPhotoError::UnknownAccount);
    }
    let (photo, jpeg) = people.photo(owner).await?.ok_or(ShowPhotoError::UnknownAccount)?;
    let mut response = ([(CONTENT_TYPE, "image/jpeg")], jpeg).into_response();
    if asked.v.is_some_and(|v| v == version(photo)) {
        response.headers_mut().insert(CACHE_CONTROL, FOREVER);
    }
    Ok(response)
}

/// The address of a picture.
pub(crate) fn photo_path(account: AccountId, photo: PhotoId) -> String {
    format!("/v1/photos/{account}?v={}", version(photo))
}

fn version(photo: PhotoId) -> String {
    photo[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl People {
    async fn photo(&self, owner: AccountId) -> Result<Option<(PhotoId, Vec<u8>)>, Fault> {
        let Some((photo, sealed)) = photos::read(&self.db, owner).await? else { return Ok(None) };
        if !self.vault.holds_account(owner) {
            return Ok(None);
        }
        let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
        let record = self.open_sealed::<PhotoRecord>(&sealed, &of_photo(owner, photo), permit)?;
        let jpeg = STANDARD.decode(&record.jpeg).map_err(|_| Fault::Contradiction("a sealed photo is no base64"))?;
        Ok(Some((photo, jpeg)))
    }

    async fn may_see_photo(
        &self,
        viewer: AccountId,
        owner: AccountId,
        token: Option<&str>,
    ) -> Result<bool, ShowPhotoError> {
        if viewer == owner || self.are_mutual(viewer, owner).await? {
            return Ok(true);
        }
        let now = self.now()?;
        if let Some(token) = token {
            self.take(&self.limits.tokens_looked_up, &viewer.to_bytes(), now)?;
            if self.owner_of_token(token).await? == Some(owner) {
                return Ok(true);
            }
        }
        let requests = contacts::requests_of_pair(&self.db, viewer, owner, now).await?;
        // One that its maker does not see in the list shows nobody to them: it was made by number (D-56).
        Ok(requests.iter().any(|row| row.from == owner || self.is_shown(row)))
    }

    async fn are_mutual(&self, one: AccountId, other: AccountId) -> Result<bool, Fault> {
        Ok(self.contacts_of(one).await?.contains(&other) && self.contacts_of(other).await?.contains(&one))
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::{Value, json};

    use crate::jpeg::tests::picture;
    use crate::testing::{ADA, BOB, EVE, Person, World, decline, in_a_world};

    async fn sees(world: &World, who: &Person, path: &str) -> bool {
        let (status, headers, bytes) = world.fetch(who, path).await;
        if status == StatusCode::NOT_FOUND {
            assert!(String::from_utf8(bytes).unwrap().contains("unknown_account"));
            return false;
        }
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, "image/jpeg"));
        assert_eq!(bytes, picture(8, 8, &[], &[]));
        true
    }

    /// D-21: what comes back is the bare picture, whatever was sent.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_picture_comes_back_bare_and_may_be_kept_under_its_own_address_alone() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let comment = b"\xFF\xFE\x00\x08CANARY";
            let me = world.put_photo(&ada, picture(8, 8, comment, b"CANARY")).await.is(200);
            let path = me["photo"].as_str().unwrap();
            let (own, _) = path.split_once('?').unwrap();
            for who in [&ada, &bob] {
                assert!(sees(world, who, path).await);
                let (_, headers, _) = world.fetch(who, path).await;
                assert_eq!(headers["cache-control"], "private, max-age=31536000, immutable");
                for other in [own.to_owned(), format!("{own}?v=0"), format!("{own}?v=%FF&v")] {
                    assert!(sees(world, who, &other).await);
                    let (_, headers, _) = world.fetch(who, &other).await;
                    assert!(headers.get("cache-control").is_none(), "{other}");
                }
            }
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_stranger_sees_no_picture_and_who_asked_or_is_asked_does() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let eve = world.person(EVE, "Eve").await;
            let mut path = Vec::new();
            for who in [&ada, &bob] {
                let me = world.put_photo(who, picture(8, 8, &[], &[])).await.is(200);
                path.push(me["photo"].as_str().unwrap().to_owned());
            }
            assert!(!sees(world, &bob, &path[0]).await && !sees(world, &ada, &path[1]).await);
            let nobody = format!("/v1/photos/{}", eve.account);
            assert!(!sees(world, &eve, &nobody).await, "who has none is told the same");

            let asked = world.ask(&ada, json!({ "account_id": bob.account })).await.is(201);
            assert!(sees(world, &bob, &path[0]).await && sees(world, &ada, &path[1]).await);
            assert!(!sees(world, &eve, &path[0]).await);
            let list = world.get("/v1/contacts/requests", &bob).await;
            assert_eq!(list["requests"][0]["photo"], path[0]);
            assert_eq!(world.get("/v1/contacts/requests", &ada).await["requests"][0]["photo"], Value::Null);
            world.post(&decline(&asked), &bob, Value::Null).await.is(204);
            assert!(!sees(world, &bob, &path[0]).await && !sees(world, &ada, &path[1]).await);

            // By number, whoever asks sees nobody.
            world.ask(&ada, json!({ "phone": BOB })).await.is(201);
            assert!(sees(world, &bob, &path[0]).await && !sees(world, &ada, &path[1]).await);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_scans_a_qr_code_sees_the_picture_with_it() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            world.put_photo(&ada, picture(8, 8, &[], &[])).await.is(200);
            let token = world.get("/v1/me/add_token", &ada).await["token"].as_str().unwrap().to_owned();
            let owner = world.get(&format!("/v1/add/{token}"), &bob).await;
            let path = owner["photo"].as_str().unwrap();
            assert!(sees(world, &bob, path).await);
            let (without, _) = path.split_once('&').unwrap();
            assert!(!sees(world, &bob, without).await);
            world.post("/v1/me/add_token", &ada, Value::Null).await.is(200);
            assert!(!sees(world, &bob, path).await, "a code that was replaced shows nothing");
        })
        .await;
    }
}
