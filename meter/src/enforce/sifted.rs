//! What of a request does not go on as it came.

use flagstaff_remote_write::Series;

use crate::receive::Written;

/// What of a request is not passed on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sifted {
    /// Places of series, in the order of the request.
    pub places: Vec<(usize, usize)>,
    /// What was in them, for the answer.
    pub written: Written,
}

impl Sifted {
    /// One more series, as it stands in its request.
    pub fn add(&mut self, series: &Series<'_>) {
        let shape = series.read(|_| {}).unwrap_or_default();
        self.places.push(series.place());
        self.written.samples += shape.samples;
        self.written.histograms += shape.histograms;
        self.written.exemplars += shape.exemplars;
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.places.extend(other.places);
        self.places.sort_unstable();
        self.written.samples += other.written.samples;
        self.written.histograms += other.written.histograms;
        self.written.exemplars += other.written.exemplars;
        self
    }
}
