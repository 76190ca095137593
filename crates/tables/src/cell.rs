//! How one value of a row becomes an Arrow array element, and back.

use std::sync::Arc;

use arrow::array::builder::{FixedSizeBinaryBuilder, StringBuilder};
use arrow::array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, FixedSizeBinaryArray, Int64Array, StringArray,
};
use arrow::datatypes::DataType;
use domain::{Key, Money};

/// A column of a stored table has another type than its contract says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column holds {found}, but {wanted} was written by this format")]
pub struct WrongType {
    /// The type in the file.
    pub found: String,
    /// The type of the contract.
    pub wanted: &'static str,
}

/// A type that a table column can hold.
pub trait Cell: Sized {
    /// Name of the type in the reference pages.
    const KIND: &'static str;
    /// Whether a value can be absent.
    const NULLABLE: bool = false;
    /// The Arrow type.
    fn data_type() -> DataType;
    /// Values to an array.
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef
    where
        Self: 'a;
    /// An array to values.
    ///
    /// # Errors
    ///
    /// [`WrongType`] if the array is of another type.
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType>;
}

/// Sees an array as the type of its contract.
///
/// # Errors
///
/// [`WrongType`] if it is of another type.
pub fn cast<'a, A: Array + 'static>(
    array: &'a dyn Array,
    wanted: &'static str,
) -> Result<&'a A, WrongType> {
    array
        .as_any()
        .downcast_ref::<A>()
        .ok_or_else(|| WrongType { found: array.data_type().to_string(), wanted })
}

impl Cell for String {
    const KIND: &'static str = "text";
    fn data_type() -> DataType {
        DataType::Utf8
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        let mut builder = StringBuilder::new();
        values.for_each(|it| builder.append_value(it));
        Arc::new(builder.finish())
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        let array = cast::<StringArray>(array, Self::KIND)?;
        Ok((0..array.len()).map(|row| array.value(row).to_owned()).collect())
    }
}

impl Cell for i64 {
    const KIND: &'static str = "64-bit whole number";
    fn data_type() -> DataType {
        DataType::Int64
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        Arc::new(values.copied().collect::<Vec<i64>>().into_iter().collect::<Int64Array>())
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        Ok(cast::<Int64Array>(array, Self::KIND)?.values().to_vec())
    }
}

impl Cell for Option<i64> {
    const KIND: &'static str = "64-bit whole number or null";
    const NULLABLE: bool = true;
    fn data_type() -> DataType {
        DataType::Int64
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        Arc::new(values.copied().collect::<Int64Array>())
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        Ok(cast::<Int64Array>(array, Self::KIND)?.iter().collect())
    }
}

impl Cell for bool {
    const KIND: &'static str = "yes or no";
    fn data_type() -> DataType {
        DataType::Boolean
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        Arc::new(BooleanArray::from(values.copied().collect::<Vec<bool>>()))
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        let array = cast::<BooleanArray>(array, Self::KIND)?;
        Ok((0..array.len()).map(|row| array.value(row)).collect())
    }
}

const KEY_BYTES: i32 = 16;

impl Cell for Key {
    const KIND: &'static str = "16 bytes";
    fn data_type() -> DataType {
        DataType::FixedSizeBinary(KEY_BYTES)
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        let mut builder = FixedSizeBinaryBuilder::new(KEY_BYTES);
        values.for_each(|it| {
            builder.append_value(it.to_bytes()).expect("a key has 16 bytes");
        });
        Arc::new(builder.finish())
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        let array = cast::<FixedSizeBinaryArray>(array, Self::KIND)?;
        Ok((0..array.len()).map(|row| key_at(array, row)).collect())
    }
}

impl Cell for Option<Key> {
    const KIND: &'static str = "16 bytes or null";
    const NULLABLE: bool = true;
    fn data_type() -> DataType {
        DataType::FixedSizeBinary(KEY_BYTES)
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        let mut builder = FixedSizeBinaryBuilder::new(KEY_BYTES);
        for value in values {
            match value {
                Some(key) => builder.append_value(key.to_bytes()).expect("a key has 16 bytes"),
                None => builder.append_null(),
            }
        }
        Arc::new(builder.finish())
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        let array = cast::<FixedSizeBinaryArray>(array, Self::KIND)?;
        Ok((0..array.len()).map(|row| array.is_valid(row).then(|| key_at(array, row))).collect())
    }
}

/// The key in one row of a 16-byte column.
pub fn key_at(array: &FixedSizeBinaryArray, row: usize) -> Key {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(array.value(row));
    Key::from_bytes(bytes)
}

const MONEY_PRECISION: u8 = 18;
const MONEY_SCALE: i8 = 6;

impl Cell for Option<i128> {
    const KIND: &'static str = "DECIMAL(38,0) or null";
    const NULLABLE: bool = true;
    fn data_type() -> DataType {
        DataType::Decimal128(WEIGHT_PRECISION, 0)
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        let array: Decimal128Array = values.copied().collect();
        Arc::new(
            array
                .with_precision_and_scale(WEIGHT_PRECISION, 0)
                .expect("the precision and scale of weights are valid"),
        )
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        Ok(cast::<Decimal128Array>(array, Self::KIND)?.iter().collect())
    }
}

fn money_array(values: impl Iterator<Item = Option<Money>>) -> ArrayRef {
    let array: Decimal128Array =
        values.map(|it| it.map(|money| i128::from(money.micro_pounds()))).collect();
    Arc::new(
        array
            .with_precision_and_scale(MONEY_PRECISION, MONEY_SCALE)
            .expect("the precision and scale of money are valid"),
    )
}

fn money_of(value: i128) -> Money {
    Money::from_micro_pounds(i64::try_from(value).expect("DECIMAL(18,6) fits 64 bits"))
}

impl Cell for Money {
    const KIND: &'static str = "DECIMAL(18,6)";
    fn data_type() -> DataType {
        DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE)
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        money_array(values.map(|it| Some(*it)))
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        Ok(cast::<Decimal128Array>(array, Self::KIND)?
            .values()
            .iter()
            .map(|it| money_of(*it))
            .collect())
    }
}

impl Cell for Option<Money> {
    const KIND: &'static str = "DECIMAL(18,6) or null";
    const NULLABLE: bool = true;
    fn data_type() -> DataType {
        DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE)
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        money_array(values.copied())
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        Ok(cast::<Decimal128Array>(array, Self::KIND)?.iter().map(|it| it.map(money_of)).collect())
    }
}

const WEIGHT_PRECISION: u8 = 38;

/// A running weight or a total of weights: a whole number of up to 38 digits.
impl Cell for i128 {
    const KIND: &'static str = "DECIMAL(38,0)";
    fn data_type() -> DataType {
        DataType::Decimal128(WEIGHT_PRECISION, 0)
    }
    fn encode<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        let array: Decimal128Array = values.map(|it| Some(*it)).collect();
        Arc::new(
            array
                .with_precision_and_scale(WEIGHT_PRECISION, 0)
                .expect("the precision and scale of weights are valid"),
        )
    }
    fn decode(array: &dyn Array) -> Result<Vec<Self>, WrongType> {
        Ok(cast::<Decimal128Array>(array, Self::KIND)?.values().to_vec())
    }
}
