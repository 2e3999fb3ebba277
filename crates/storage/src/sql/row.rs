use kernel::Millis;
use sqlx::Row as _;

use super::{Error, Row};

/// Reading a column by its name, in the few types that columns have.
pub trait RowExt {
    /// A BIGINT.
    fn int(&self, column: &str) -> Result<i64, Error>;
    /// A BIGINT that holds a time.
    fn millis(&self, column: &str) -> Result<Millis, Error>;
    /// A BIGINT that holds a time, or nothing.
    fn millis_or_null(&self, column: &str) -> Result<Option<Millis>, Error>;
    /// A BIGINT that holds a flag.
    fn flag(&self, column: &str) -> Result<bool, Error>;
    /// A TEXT.
    fn text(&self, column: &str) -> Result<String, Error>;
    /// Bytes.
    fn bytes(&self, column: &str) -> Result<Vec<u8>, Error>;
    /// Bytes, or nothing.
    fn bytes_or_null(&self, column: &str) -> Result<Option<Vec<u8>>, Error>;
    /// Exactly `N` bytes: an id, a hash.
    fn array<const N: usize>(&self, column: &str) -> Result<[u8; N], Error>;
}

impl RowExt for Row {
    fn int(&self, column: &str) -> Result<i64, Error> {
        self.try_get(column)
    }

    fn millis(&self, column: &str) -> Result<Millis, Error> {
        self.int(column).map(Millis)
    }

    fn millis_or_null(&self, column: &str) -> Result<Option<Millis>, Error> {
        Ok(self.try_get::<Option<i64>, _>(column)?.map(Millis))
    }

    fn flag(&self, column: &str) -> Result<bool, Error> {
        Ok(self.int(column)? != 0)
    }

    fn text(&self, column: &str) -> Result<String, Error> {
        self.try_get(column)
    }

    fn bytes(&self, column: &str) -> Result<Vec<u8>, Error> {
        self.try_get(column)
    }

    fn bytes_or_null(&self, column: &str) -> Result<Option<Vec<u8>>, Error> {
        self.try_get(column)
    }

    fn array<const N: usize>(&self, column: &str) -> Result<[u8; N], Error> {
        let bytes: Vec<u8> = self.try_get(column)?;
        let found = bytes.len();
        bytes.try_into().map_err(|_| Error::ColumnDecode {
            index: column.to_owned(),
            source: format!("expected {N} bytes, found {found}").into(),
        })
    }
}
