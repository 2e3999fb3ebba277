//! Who may open what: the binding of code to the policy.

use std::fmt;
use std::marker::PhantomData;

use crate::{PurposeInfo, RowInfo};

/// A row of `policy/policy.toml`. One type of [`rows`](crate::rows) each; there are no others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of policy/policy.toml",
    label = "not a declared kind of data",
    note = "what is stored needs a row: see policy::rows for those there are (KEEP-NECESSARY, D-47)"
)]
pub trait Row: sealed::Row + 'static {
    /// What the policy says about it.
    const INFO: &'static RowInfo;
}

/// A purpose of `policy/policy.toml`. One type of [`purposes`](crate::purposes) each; there are no others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no purpose of policy/policy.toml",
    label = "not a declared purpose",
    note = "the list of purposes is closed: see policy::purposes (RTLE-PURPOSE)"
)]
pub trait Purpose: sealed::Purpose + 'static {
    /// The purpose as the policy names it.
    const ID: &'static str;
    /// What the policy says about it.
    const INFO: &'static PurposeInfo;
}

/// The row may be opened for the purpose `P`, because the policy lists it there.
#[diagnostic::on_unimplemented(
    message = "the row `{Self}` may not be opened for the purpose `{P}`",
    label = "policy/policy.toml does not list the purpose `{P}` for the row `{Self}`",
    note = "a new purpose is a change of the policy, of which people are told first (NOTI-BEFORE)"
)]
pub trait Allows<P: Purpose>: Row {}

/// A type that may be stored, because it says which row it is. Made by [`stored!`](crate::stored).
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not be stored: it belongs to no row of policy/policy.toml",
    label = "not bound to a row",
    note = "bind it where it is defined: policy::stored!({Self} => rows::TheRow); (KEEP-NECESSARY, D-47)"
)]
pub trait Stored {
    /// The row it is held under.
    type Row: Row;
}

/// Binds types to the rows they are stored under.
///
/// ```
/// use policy::rows;
/// struct Remark(String);
/// policy::stored!(Remark => rows::Remark);
/// ```
///
/// A row that is still `planned` has no columns or files, so nothing can be bound to it:
///
/// ```compile_fail
/// use policy::rows;
/// struct Moment(String);
/// policy::stored!(Moment => rows::Moment);
/// ```
#[macro_export]
macro_rules! stored {
    ($($stored:ty => $row:ty),+ $(,)?) => {$(
        impl $crate::Stored for $stored {
            type Row = $row;
        }
        const _: () = assert!(
            !<$row as $crate::Row>::INFO.planned,
            "this row is planned: say in policy/policy.toml which columns or files hold it before storing it",
        );
    )+};
}

/// Leave to open records of the row `R` for one purpose that the policy lists. The only way to open a record.
///
/// ```
/// use policy::{Permit, purposes, rows};
/// let permit = Permit::<rows::Login>::to::<purposes::SecureAccount>();
/// assert_eq!(permit.purpose().id, "secure_account");
/// ```
#[must_use = "a permit is there to open a record with"]
pub struct Permit<R: Row> {
    purpose: &'static PurposeInfo,
    row: PhantomData<fn() -> R>,
}

impl<R: Row> Permit<R> {
    /// The permit for the purpose `P`. Compiles only when the policy lists `P` for the row.
    pub const fn to<P: Purpose>() -> Self
    where
        R: Allows<P>,
    {
        Self { purpose: P::INFO, row: PhantomData }
    }

    /// What the record is opened for: what an access ledger writes down.
    pub const fn purpose(&self) -> &'static PurposeInfo {
        self.purpose
    }

    /// The row it opens.
    pub const fn row(&self) -> &'static RowInfo {
        R::INFO
    }
}

impl<R: Row> fmt::Debug for Permit<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit({} to {})", R::INFO.id, self.purpose.id)
    }
}

/// Keeps rows and purposes to those of the policy: nobody else can name these traits.
pub(crate) mod sealed {
    /// A row made from policy.toml.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be made a row: rows come from policy/policy.toml alone",
        label = "not a declared kind of data"
    )]
    pub trait Row {}

    /// A purpose made from policy.toml.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be made a purpose: purposes come from policy/policy.toml alone",
        label = "not a declared purpose"
    )]
    pub trait Purpose {}
}
