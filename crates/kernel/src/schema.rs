//! How ids and times look in the OpenAPI document.

use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::{
    AccountId, ContactRequestId, DeviceId, GroupId, ItemId, LoginId, MessageId, Millis, ReminderId, ReportId, SessionId,
};

/// A ULID: 26 characters of Crockford's base 32.
fn ulid() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .pattern(Some("^[0-7][0-9A-HJKMNP-TV-Z]{25}$"))
        .build()
}

macro_rules! id_schemas {
    ($($id:ty),+) => {$(
        impl PartialSchema for $id {
            fn schema() -> RefOr<Schema> {
                ulid().into()
            }
        }
        impl ToSchema for $id {}
    )+};
}

id_schemas!(
    AccountId,
    ContactRequestId,
    DeviceId,
    GroupId,
    ItemId,
    LoginId,
    MessageId,
    ReminderId,
    ReportId,
    SessionId
);

impl PartialSchema for Millis {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .description(Some("Milliseconds since 1970-01-01 00:00 UTC."))
            .into()
    }
}

impl ToSchema for Millis {}
