//! Which labels of which metrics are aggregated away: what budgets ask for, without what rules need.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::count::batch::Names;
use crate::count::rule::PLATFORM;
use crate::enforce::kept::Kept;
use crate::enforce::order::Order;

/// What budgets ask for now.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Orders that have begun to aggregate.
    pub orders: Vec<Arc<Order>>,
    /// Since when, by the order's id, in seconds since 1970.
    pub begun: BTreeMap<String, u64>,
    /// What rules need.
    pub kept: Arc<Kept>,
}

/// What becomes of the labels of one metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Aggregated away, sorted.
    pub labels: Vec<String>,
    /// Asked for, and kept, with why.
    pub kept: Vec<(String, String)>,
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.orders == other.orders && self.begun == other.begun && Arc::ptr_eq(&self.kept, &other.kept)
    }
}

impl Plan {
    /// What becomes of the labels of a series of these names. All parts of a histogram are treated alike.
    pub fn wanted(&self, names: &Names) -> Wanted {
        let mut wanted = Wanted::default();
        if names.team == PLATFORM {
            return wanted;
        }
        let orders = self.orders.iter().filter(|order| order.is_for(names));
        let mut labels: Vec<&String> =
            orders.filter_map(|order| order.sums()).flat_map(|aggregate| &aggregate.labels).collect();
        labels.sort_unstable();
        labels.dedup();
        for label in labels {
            match self.kept.needed(&names.metric, label) {
                Some(why) => wanted.kept.push((label.clone(), why)),
                None => wanted.labels.push(label.clone()),
            }
        }
        wanted
    }
}
