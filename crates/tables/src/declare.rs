//! The macro that declares a table once.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};

use crate::cell::WrongType;
use crate::column::TableContract;

/// A row type with a contract, made by the macro `table!`.
pub trait Table: Sized {
    /// What is promised of the table.
    const CONTRACT: TableContract;
    /// The Arrow schema.
    fn schema() -> SchemaRef;
    /// Rows to a batch, in the order given.
    fn batch(rows: &[Self]) -> RecordBatch;
    /// A batch back to rows.
    ///
    /// # Errors
    ///
    /// [`WrongType`] if a column has another type; a missing column is reported as such a type.
    fn rows(batch: &RecordBatch) -> Result<Vec<Self>, WrongType>;
}

/// Makes a schema of named types.
#[doc(hidden)]
#[expect(unreachable_pub, reason = "the macro names it from other modules")]
pub fn schema_of(fields: Vec<arrow::datatypes::Field>) -> SchemaRef {
    Arc::new(Schema::new(fields))
}

/// Declares a table: its row type, contract, schema and conversions.
///
/// Each field says, after its type, its unit and its sensitivity class.
#[macro_export]
macro_rules! table {
    (
        #[doc = $meaning:literal]
        $(#[$attribute:meta])*
        $row:ident = $name:literal, key [$($key:literal),*] {
            $(
                #[doc = $field_meaning:literal]
                $field:ident: $type:ty, $unit:literal, $sensitivity:ident;
            )+
        }
    ) => {
        #[doc = $meaning]
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $row {
            $(
                #[doc = $field_meaning]
                pub $field: $type,
            )+
        }

        impl $crate::Table for $row {
            const CONTRACT: $crate::TableContract = $crate::TableContract {
                name: $name,
                meaning: $meaning.trim_ascii(),
                key: &[$($key),*],
                columns: &[$(
                    $crate::Column {
                        name: stringify!($field),
                        kind: <$type as $crate::cell::Cell>::KIND,
                        unit: $unit,
                        sensitivity: $crate::Sensitivity::$sensitivity,
                        meaning: $field_meaning.trim_ascii(),
                    },
                )+],
            };

            fn schema() -> arrow::datatypes::SchemaRef {
                use $crate::cell::Cell;
                $crate::declare::schema_of(vec![$(
                    arrow::datatypes::Field::new(
                        stringify!($field),
                        <$type as Cell>::data_type(),
                        <$type as Cell>::NULLABLE,
                    ),
                )+])
            }

            fn batch(rows: &[Self]) -> arrow::array::RecordBatch {
                use $crate::cell::Cell;
                let columns = vec![$(<$type as Cell>::encode(rows.iter().map(|row| &row.$field)),)+];
                arrow::array::RecordBatch::try_new(<Self as $crate::Table>::schema(), columns)
                    .expect("the columns are made from the same rows and the same contract")
            }

            fn rows(batch: &arrow::array::RecordBatch) -> Result<Vec<Self>, $crate::cell::WrongType> {
                use $crate::cell::Cell;
                $(
                    let mut $field = {
                        let column = batch.column_by_name(stringify!($field)).ok_or_else(|| {
                            $crate::cell::WrongType {
                                found: format!("no column `{}`", stringify!($field)),
                                wanted: <$type as Cell>::KIND,
                            }
                        })?;
                        <$type as Cell>::decode(column.as_ref())?.into_iter()
                    };
                )+
                let mut rows = Vec::with_capacity(batch.num_rows());
                for _ in 0..batch.num_rows() {
                    rows.push(Self {
                        $($field: $field.next().expect("every column has all rows"),)+
                    });
                }
                Ok(rows)
            }
        }
    };
}
