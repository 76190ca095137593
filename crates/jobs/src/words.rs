//! Years and amounts as text in JSON.

/// A financial year such as `2025-26`, or none.
pub(crate) mod year {
    use domain::FinancialYear;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands the field over like this"
    )]
    pub(crate) fn serialize<S: Serializer>(
        year: &Option<FinancialYear>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match year {
            Some(year) => to.collect_str(year),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<FinancialYear>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|it| it.parse().map_err(D::Error::custom)).transpose()
    }
}

/// Pounds with six places and no sign: `12.500000`.
pub(crate) mod pounds {
    use domain::Money;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over like this")]
    pub(crate) fn serialize<S: Serializer>(money: &Money, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&money.to_decimal())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Money, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
