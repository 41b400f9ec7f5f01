//! Regions: how many clusters of which state, and whether one is partly down.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{App, Error};
use crate::context::OpContext;
use crate::store::listing::{self, Overview};

/// A region of a provider.
#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Region {
    /// Its name; empty when unknown.
    pub region: String,
    /// Whose; empty when unknown.
    pub provider: String,
    /// How many clusters.
    pub clusters: i64,
    /// How many of each state.
    pub counts: BTreeMap<String, i64>,
    /// Active series of those clusters that know; absent when none does.
    pub series: Option<i64>,
    /// Clusters that know their series.
    pub series_from: i64,
    /// `up`, `partly_down` when some are failing or offline, `down` when all are.
    pub condition: String,
}

/// All regions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Regions {
    /// By name and provider.
    pub items: Vec<Region>,
}

/// All regions with clusters.
pub async fn list(app: &App, op: &OpContext) -> Result<Regions, Error> {
    let access = op.sees()?;
    let rows = listing::overview(&mut *app.pool.acquire().await?, access.as_ref()).await?;
    Ok(Regions { items: group(&rows) })
}

fn group(rows: &[Overview]) -> Vec<Region> {
    let mut regions: BTreeMap<(&str, &str), Region> = BTreeMap::new();
    for row in rows {
        let region = regions.entry((&row.region, &row.provider)).or_insert_with(|| Region {
            region: row.region.clone(),
            provider: row.provider.clone(),
            ..Region::default()
        });
        region.clusters += 1;
        *region.counts.entry(row.state.clone()).or_default() += 1;
        if let Some(series) = row.series {
            region.series = Some(region.series.unwrap_or_default().saturating_add(series));
            region.series_from += 1;
        }
    }
    let condition = |region: &Region| {
        let down: i64 = ["failing", "offline"].iter().filter_map(|state| region.counts.get(*state)).sum();
        match down {
            0 => "up",
            down if down == region.clusters => "down",
            _ => "partly_down",
        }
    };
    let with = |mut region: Region| {
        region.condition = condition(&region).to_owned();
        region
    };
    regions.into_values().map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::super::attention::tests::row;
    use super::*;

    #[test]
    fn a_region_is_down_when_all_of_it_is() {
        let rows =
            [row("a", "eu", "healthy"), row("b", "eu", "offline"), row("c", "us", "failing"), row("d", "ap", "late")];
        let found = group(&rows);
        let conditions: Vec<_> =
            found.iter().map(|region| (region.region.as_str(), region.condition.as_str())).collect();
        assert_eq!(conditions, [("ap", "up"), ("eu", "partly_down"), ("us", "down")]);
        assert_eq!((found[1].clusters, found[1].series), (2, None), "what is not known is not zero");
    }
}
