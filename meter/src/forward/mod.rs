//! Passing on: one route, one destination; what it answers is what the sender is told.

mod config;
mod destination;

pub use config::{Config, ConfigError, Settings as DestinationSettings};
pub use destination::{Answer, Destination};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::Error;

/// All destinations by their names.
#[derive(Debug, Default)]
pub struct Forward {
    destinations: BTreeMap<String, Arc<Destination>>,
}

impl Forward {
    /// From what was configured.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let mut destinations = BTreeMap::new();
        for settings in config.destinations {
            let name = settings.name.clone();
            if destinations.insert(name.clone(), Arc::new(Destination::new(settings)?)).is_some() {
                return Err(ConfigError::Twice { name });
            }
        }
        Ok(Self { destinations })
    }

    /// The destination of a route; without a name the only one.
    pub fn route(&self, name: Option<&str>) -> Result<Arc<Destination>, Error> {
        let found = match name {
            Some(name) => self.destinations.get(name),
            None if self.destinations.len() == 1 => self.destinations.values().next(),
            None => None,
        };
        found.cloned().ok_or_else(|| Error::NoDestination {
            name: name.unwrap_or_default().to_owned(),
            known: self.names().join(", "),
        })
    }

    /// Names of all.
    pub fn names(&self) -> Vec<&str> {
        self.destinations.keys().map(String::as_str).collect()
    }
}
