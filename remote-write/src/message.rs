//! The message of Prometheus remote write 1.0, as far as a sender of plain samples needs it.
//! Source: <https://prometheus.io/docs/specs/prw/remote_write_spec/>, protocol buffers `prometheus.WriteRequest`.

use prost::Message;

use crate::body::{self, Encoding};
use crate::error::Error;

/// One request.
#[derive(Clone, PartialEq, Message)]
pub struct WriteRequest {
    /// Each series once.
    #[prost(message, repeated, tag = "1")]
    pub timeseries: Vec<TimeSeries>,
}

/// One series with its new samples.
#[derive(Clone, PartialEq, Message)]
pub struct TimeSeries {
    /// Sorted by name.
    #[prost(message, repeated, tag = "1")]
    pub labels: Vec<Label>,
    /// Sorted by time.
    #[prost(message, repeated, tag = "2")]
    pub samples: Vec<Sample>,
}

/// One label.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Label {
    /// `__name__` holds the name of the metric.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Never empty.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// One sample.
#[derive(Clone, PartialEq, Message)]
pub struct Sample {
    /// Its value.
    #[prost(double, tag = "1")]
    pub value: f64,
    /// Milliseconds since 1970.
    #[prost(int64, tag = "2")]
    pub timestamp: i64,
}

impl WriteRequest {
    /// The body of the request, packed by snappy, which every receiver reads.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn packed(&self) -> Result<Vec<u8>, Error> {
        body::pack(Encoding::Snappy, &self.encode_to_vec())
    }
}
