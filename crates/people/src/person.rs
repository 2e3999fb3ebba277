//! Somebody as a list shows them.

use kernel::AccountId;
use policy::{Permit, purposes, rows};
use vault::{OpenRefused, Opened};
use wire::rest::{Contact, Protection};

use crate::records::{Profile, RemarkRecord, TagsRecord, of_account, of_remark};
use crate::show_photo::photo_path;
use crate::store::contacts::PersonRow;
use crate::{Fault, People};

impl People {
    /// What `viewer` sees of somebody; nothing when that account is gone.
    pub(crate) fn person(&self, viewer: AccountId, row: &PersonRow) -> Result<Option<Contact>, Fault> {
        let Some(profile) = self.profile_of(row.account, &row.profile)? else { return Ok(None) };
        let remark = row.remark.as_deref().map(|sealed| {
            let permit = Permit::<rows::Remark>::to::<purposes::ConnectPeople>();
            self.open_sealed::<RemarkRecord>(sealed, &of_remark(viewer, row.account), permit)
        });
        let tags = row.tags.as_deref().map(|sealed| {
            let permit = Permit::<rows::ContactTag>::to::<purposes::ConnectPeople>();
            self.open_sealed::<TagsRecord>(sealed, &of_remark(viewer, row.account), permit)
        });
        Ok(Some(Contact {
            account_id: row.account,
            alias: profile.alias.clone(),
            remark: remark.transpose()?.map(|record| record.remark.clone()),
            handle: profile.handle.clone(),
            photo: row.photo.map(|photo| photo_path(row.account, photo)),
            tags: tags.transpose()?.map(|record| record.tags.clone()).unwrap_or_default(),
            // No client encrypts from end to end yet.
            protection: Protection::ToServer,
        }))
    }

    /// A profile as others see it; nothing when the account is gone.
    pub(crate) fn profile_of(&self, account: AccountId, sealed: &[u8]) -> Result<Option<Opened<Profile>>, Fault> {
        let permit = Permit::<rows::Profile>::to::<purposes::ShareProfile>();
        match self.vault.open_record(sealed, &of_account(account), permit) {
            Ok(profile) => Ok(Some(profile)),
            Err(OpenRefused::Gone) => Ok(None),
            Err(refused) => Err(refused.into()),
        }
    }

    /// All that can still be shown of a list.
    pub(crate) fn persons(&self, viewer: AccountId, rows: &[PersonRow]) -> Result<Vec<Contact>, Fault> {
        rows.iter().filter_map(|row| self.person(viewer, row).transpose()).collect()
    }
}
