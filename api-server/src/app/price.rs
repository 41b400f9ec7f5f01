//! What a telemetry store's owner asks for it, and what series cost by that.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Error;
use crate::store::telemetry_store::StoreRow;

/// Seconds of a month: a twelfth of 365 days.
const MONTH_SECONDS: f64 = 2_628_000.0;
const MOST: f64 = 1e9;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// A thousand active series for a month.
    SeriesThousandMonth,
    /// A million samples.
    SamplesMillion,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Price {
    /// Three letters, such as `EUR`.
    pub currency: String,
    /// What is counted.
    pub unit: PriceUnit,
    /// For one of these; 0 or more.
    pub amount: f64,
}

impl PriceUnit {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SeriesThousandMonth => "series_thousand_month",
            Self::SamplesMillion => "samples_million",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::SeriesThousandMonth, Self::SamplesMillion].into_iter().find(|unit| unit.as_str() == word)
    }
}

impl Price {
    /// Refuses what is no price.
    pub fn check(&self) -> Result<(), Error> {
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::invalid("price.currency has to be three capital letters, such as EUR."));
        }
        if !(0.0..MOST).contains(&self.amount) {
            return Err(Error::invalid("price.amount has to be a number from 0, below a thousand million."));
        }
        Ok(())
    }

    /// The price of a store, where it has one.
    pub fn of(row: &StoreRow) -> Option<Self> {
        let unit = PriceUnit::parse(row.price_unit.as_deref()?)?;
        Some(Self { currency: row.price_currency.clone()?, unit, amount: row.price_amount? })
    }

    /// What series cost a month when they go on as they are.
    pub fn month(&self, series: f64, samples_per_second: f64) -> f64 {
        match self.unit {
            PriceUnit::SeriesThousandMonth => series / 1e3 * self.amount,
            PriceUnit::SamplesMillion => samples_per_second * MONTH_SECONDS / 1e6 * self.amount,
        }
    }
}

/// What was said of a price in a change: nothing, that there is none, or which.
pub(super) fn said<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<Price>>, D::Error> {
    Option::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_costs_what_its_series_or_samples_do() {
        let price = |unit, amount| Price { currency: "EUR".into(), unit, amount };
        assert_eq!(price(PriceUnit::SeriesThousandMonth, 0.5).month(200_000.0, 9.0), 100.0);
        assert_eq!(price(PriceUnit::SamplesMillion, 0.1).month(1.0, 1000.0), 262.8);
        price(PriceUnit::SamplesMillion, 0.0).check().expect("free");
        for (currency, amount) in [("eur", 1.0), ("EURO", 1.0), ("EUR", -1.0), ("EUR", f64::NAN), ("EUR", 1e9)] {
            Price { currency: currency.into(), ..price(PriceUnit::SamplesMillion, amount) }.check().expect_err("none");
        }
    }
}
