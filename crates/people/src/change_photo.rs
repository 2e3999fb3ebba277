//! `PUT /v1/me/photo`: the picture that others see.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::AccountId;
use wire::Problem;
use wire::rest::{Jpeg, Me};

use crate::http::JpegBody;
use crate::jpeg::{self, JpegError};
use crate::people::TooMany;
use crate::problem::{Refuse, answers, faults};
use crate::records::{PhotoRecord, of_photo};
use crate::show_me::ShowMeError;
use crate::store::{accounts, photos};
use crate::{Fault, People, SignedIn};

/// Why the picture was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangePhotoError {
    /// The bytes.
    #[error(transparent)]
    Jpeg(#[from] JpegError),
    /// The account went meanwhile.
    #[error("this account is gone")]
    Gone,
    /// Too many pictures.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ChangePhotoError);
answers!(ChangePhotoError);

impl Refuse for ChangePhotoError {
    fn problem(&self) -> Problem {
        match self {
            Self::Jpeg(error) => Problem::new(422, "invalid_photo", error.to_string()),
            Self::Gone => Problem::new(410, "account_gone", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

impl From<ShowMeError> for ChangePhotoError {
    fn from(error: ShowMeError) -> Self {
        match error {
            ShowMeError::Gone => Self::Gone,
            ShowMeError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Sets the picture of one's profile: a square JPEG of at most 1024 x 1024 pixels and 256 KiB. Whatever it says beside the picture
/// (place, time, camera, comments) is taken out before it is stored (D-21).
#[utoipa::path(put, path = "/v1/me/photo", tag = "people",
    request_body(content = Jpeg, content_type = "image/jpeg"),
    responses(
        (status = 200, description = "changed", body = Me),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 410, description = "`account_gone`", body = Problem),
        (status = 413, description = "`too_large`", body = Problem),
        (status = 415, description = "`not_jpeg`", body = Problem),
        (status = 422, description = "`invalid_photo`", body = Problem),
        (status = 429, description = "`too_many`", body = Problem),
    )
)]
pub(crate) async fn change_photo(
    State(people): State<Arc<People>>,
    who: SignedIn,
    JpegBody(bytes): JpegBody,
) -> Result<Json<Me>, ChangePhotoError> {
    people.change_photo(who.account, &bytes).await?;
    Ok(Json(people.me(who).await?))
}

impl People {
    async fn change_photo(&self, account: AccountId, bytes: &[u8]) -> Result<(), ChangePhotoError> {
        self.take(&self.limits.photos_per_account, &account.to_bytes(), self.now()?)?;
        let jpeg = STANDARD.encode(jpeg::bare(bytes)?);
        let mut photo = [0; 16];
        self.rng.fill(&mut photo);
        let sealed = self.seal(&PhotoRecord { jpeg }, &of_photo(account, photo))?;
        let mut tx = self.db.begin_write().await?;
        if !accounts::lock(&mut tx, account).await? {
            return Err(ChangePhotoError::Gone);
        }
        photos::set(&mut tx, account, photo, sealed).await?;
        tx.commit().await?;
        Ok(self.after_photo(account).await?)
    }

    /// Once a picture was changed or removed: nothing of the old one stays, and whoever sees it is told.
    pub(crate) async fn after_photo(&self, account: AccountId) -> Result<(), Fault> {
        self.shed_soon();
        self.tell_profile_changed(account);
        for contact in self.contacts_of(account).await? {
            self.tell_contacts_changed(contact);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, Request};
    use serde_json::Value;
    use storage::sql::Engine;

    use crate::jpeg::tests::picture;
    use crate::limits::{PHOTO_BYTES_MAX, PHOTOS_PER_ACCOUNT};
    use crate::store::{photos, testing::all_bytes};
    use crate::testing::{ADA, BOB, in_a_world};

    #[tokio::test(flavor = "multi_thread")]
    async fn contacts_are_told_and_find_the_new_picture() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            assert_eq!(world.get("/v1/me", &ada).await["photo"], Value::Null);
            world.heard.contacts();
            let me = world.put_photo(&ada, picture(8, 8, &[], &[])).await.is(200);
            assert!(world.heard.contacts().contains(&bob.account));
            let path = me["photo"].as_str().unwrap().to_owned();
            assert!(path.starts_with(&format!("/v1/photos/{}?v=", ada.account)), "{path}");
            assert_eq!(world.get("/v1/contacts", &bob).await["contacts"][0]["photo"], path);
            let again = world.put_photo(&ada, picture(9, 9, &[], &[])).await.is(200);
            assert_ne!(again["photo"], path, "another picture has another address");
            assert_eq!(world.rows("profile_photo").await, 1);
            world.heard.contacts();
            for _ in 0..2 {
                let me = world.call(Method::DELETE, "/v1/me/photo", Some(&ada), Value::Null).await.is(200);
                assert_eq!(me["photo"], Value::Null);
            }
            assert!(world.heard.contacts().contains(&bob.account));
            assert_eq!(world.get("/v1/contacts", &bob).await["contacts"][0]["photo"], Value::Null);
            assert_eq!(world.rows("profile_photo").await, 0);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_no_photo_is_refused_and_the_old_one_stays() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let before = world.put_photo(&ada, picture(8, 8, &[], &[])).await.is(200);
            for bad in [Vec::new(), b"GIF89a".to_vec(), picture(8, 9, &[], &[]), picture(2_000, 2_000, &[], &[])] {
                world.put_photo(&ada, bad).await.refused(422, "invalid_photo");
            }
            let large = picture(8, 8, &[], &vec![0; PHOTO_BYTES_MAX]);
            world.put_photo(&ada, large).await.refused(413, "too_large");
            let png = Request::builder().method(Method::PUT).uri("/v1/me/photo").header("content-type", "image/png");
            let png = png.header("authorization", format!("Bearer {}", ada.token));
            world.send(png.body(picture(8, 8, &[], &[]).into()).unwrap()).await.refused(415, "not_jpeg");
            assert_eq!(world.get("/v1/me", &ada).await, before);
            // Of the pictures that were refused, those too large were never read.
            for _ in 0..PHOTOS_PER_ACCOUNT.burst - 5 {
                world.put_photo(&ada, Vec::new()).await.refused(422, "invalid_photo");
            }
            world.put_photo(&ada, Vec::new()).await.refused(429, "too_many");
        })
        .await;
    }

    /// PROF-RETAIN: a replaced picture does not linger, and none stands anywhere in clear.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_replaced_picture_is_in_no_file() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.put_photo(&ada, picture(8, 8, &[], &[])).await.is(200);
            assert!(!all_bytes(&world.db).await.windows(4).any(|window| window == b"JFIF"));
            if world.db.engine() != Engine::Sqlite {
                return;
            }
            let (_, old) = photos::read(&world.db, ada.account).await.unwrap().unwrap();
            assert!(world.found_in_files(&old));
            world.put_photo(&ada, picture(9, 9, &[], &[])).await.is(200);
            world.db.shed().await.unwrap();
            assert!(!world.found_in_files(&old));
        })
        .await;
    }
}
