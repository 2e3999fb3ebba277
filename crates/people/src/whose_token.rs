//! `GET /v1/add/{token}`: whose QR code was scanned.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use wire::Problem;
use wire::rest::TokenOwner;

use crate::http::TextPath;
use crate::people::TooMany;
use crate::problem::{Refuse, answers, faults};
use crate::show_photo::photo_path;
use crate::store::accounts;
use crate::{Fault, People, SignedIn};

/// Why nobody is shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WhoseTokenError {
    /// Never made, revoked, replaced, or of an account that is gone.
    #[error("this QR code is not or no longer anybody's; ask for a new one")]
    UnknownToken,
    /// Too many looks.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(WhoseTokenError);
answers!(WhoseTokenError);

impl Refuse for WhoseTokenError {
    fn problem(&self) -> Problem {
        match self {
            Self::UnknownToken => Problem::new(404, "unknown_token", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Shows whose QR code holds this token: enough to know whom one is about to ask.
#[utoipa::path(get, path = "/v1/add/{token}", tag = "people",
    params(("token" = String, Path, description = "what follows `#` in the QR code's address")),
    responses(
        (status = 200, description = "whose it is", body = TokenOwner),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_token`", body = Problem),
        (status = 429, description = "`too_many`", body = Problem),
    )
)]
pub(crate) async fn whose_token(
    State(people): State<Arc<People>>,
    who: SignedIn,
    TextPath(token): TextPath,
) -> Result<Json<TokenOwner>, WhoseTokenError> {
    people.take(&people.limits.tokens_looked_up, &who.account.to_bytes(), people.now()?)?;
    let account = people.owner_of_token(&token).await?.ok_or(WhoseTokenError::UnknownToken)?;
    let row = accounts::read(&people.db, account).await?.ok_or(WhoseTokenError::UnknownToken)?;
    let profile = people.profile_of(account, &row.profile)?.ok_or(WhoseTokenError::UnknownToken)?;
    // Whoever has scanned the code sees the picture with it, and only then.
    let photo = row.photo.map(|photo| format!("{}&token={token}", photo_path(account, photo)));
    Ok(Json(TokenOwner { account_id: account, alias: profile.alias.clone(), photo }))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::Value;

    use crate::limits::TOKENS_LOOKED_UP;
    use crate::testing::{ADA, in_a_world};

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_tries_tokens_without_end() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            for n in 0..=TOKENS_LOOKED_UP.burst {
                let path = format!("/v1/add/{n:032x}");
                let answer = world.call(Method::GET, &path, Some(&ada), Value::Null).await;
                if n < TOKENS_LOOKED_UP.burst {
                    answer.refused(404, "unknown_token");
                } else {
                    answer.refused(429, "too_many");
                }
            }
        })
        .await;
    }
}
