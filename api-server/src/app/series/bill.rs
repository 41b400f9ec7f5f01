//! What series cost, cluster by cluster, by the prices of the stores that they are in.

use std::collections::HashMap;

use super::counts::Sum;
use super::view::Cost;
use crate::app::price::Price;
use crate::store::telemetry_store::StoreRow;

/// What the stores of metrics ask for, by region.
#[derive(Debug, Default)]
pub(super) struct Prices {
    of_region: HashMap<String, Option<Price>>,
    of_all: Option<Price>,
}

impl Prices {
    /// Reads them from the stores, which are in the order of their names: a cluster's metrics are in its region's first store, or in the
    /// first of all regions.
    pub(super) fn of_stores(stores: &[StoreRow]) -> Self {
        let mut prices = Self::default();
        let mut has_all = false;
        for store in stores.iter().filter(|store| store.kind == "prometheus") {
            match &store.region {
                Some(region) => drop(prices.of_region.entry(region.clone()).or_insert_with(|| Price::of(store))),
                None if !has_all => (prices.of_all, has_all) = (Price::of(store), true),
                None => {}
            }
        }
        prices
    }

    /// What the store asks for that the metrics of clusters in this region are in.
    pub(super) fn of(&self, region: &str) -> Option<&Price> {
        match self.of_region.get(region) {
            Some(price) => price.as_ref(),
            None => self.of_all.as_ref(),
        }
    }
}

/// What some series cost together.
#[derive(Debug, Default)]
pub(super) struct Bill<'a> {
    currency: Option<&'a str>,
    amount: f64,
    /// Something in it has no price.
    lacks_price: bool,
    /// Prices in several currencies are in it: they cannot be added.
    is_mixed: bool,
}

impl<'a> Bill<'a> {
    /// Adds series that have this price, or none.
    pub(super) fn add(&mut self, price: Option<&'a Price>, sum: &Sum) {
        let Some(price) = price else {
            self.lacks_price |= sum.series > 0.0;
            return;
        };
        self.join(Some(&price.currency), price.month(sum.series, sum.samples_per_second));
    }

    /// Adds another one.
    pub(super) fn merge(&mut self, other: Self) {
        self.lacks_price |= other.lacks_price;
        self.is_mixed |= other.is_mixed;
        self.join(other.currency, other.amount);
    }

    fn join(&mut self, currency: Option<&'a str>, amount: f64) {
        self.is_mixed |= self.currency.is_some() && currency.is_some() && self.currency != currency;
        self.currency = self.currency.or(currency);
        self.amount += amount;
    }

    /// The sum, if there is one.
    pub(super) fn cost(&self) -> Option<Cost> {
        let currency = self.currency.filter(|_| !self.is_mixed)?.to_owned();
        // To a hundredth: no more is known.
        let amount = (self.amount * 100.0).round() / 100.0;
        Some(Cost { amount, currency, is_whole: !self.lacks_price })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::price::PriceUnit;

    #[test]
    fn currencies_are_not_added_and_a_missing_price_is_said() {
        let price =
            |currency: &str| Price { currency: currency.into(), unit: PriceUnit::SeriesThousandMonth, amount: 2.0 };
        let (eur, usd) = (price("EUR"), price("USD"));
        let thousand = Sum { series: 1000.0, ..Sum::default() };
        let mut bill = Bill::default();
        assert_eq!(bill.cost(), None);
        bill.add(Some(&eur), &thousand);
        bill.add(None, &Sum::default());
        assert_eq!(bill.cost(), Some(Cost { amount: 2.0, currency: "EUR".into(), is_whole: true }));
        bill.add(None, &thousand);
        assert_eq!(bill.cost(), Some(Cost { amount: 2.0, currency: "EUR".into(), is_whole: false }));
        let mut other = Bill::default();
        other.add(Some(&usd), &thousand);
        bill.merge(other);
        assert_eq!(bill.cost(), None);
    }
}
