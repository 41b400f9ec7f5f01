//! How many different ones there were, estimated in bounded memory: HyperLogLog of Apache DataSketches, with its error said.

use datasketches::hll::{Coupon, HllSketch, HllType, HllUnion};

/// How exact a sketch is; the error is that of theory, 1.04/√2^p.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 2^14 registers: 8 KiB, 0.81 %.
    P14,
    /// 2^16 registers: 32 KiB, 0.41 %.
    P16,
}

impl Precision {
    /// Relative standard error, such as 0.0041.
    pub fn standard_error(self) -> f64 {
        1.04 / f64::from(1_u32 << self.bits()).sqrt()
    }

    /// About how many bytes a sketch that saw so many takes in [`Distinct::to_bytes`]: four for each while they are few, else its registers.
    pub fn written_bytes(self, series: f64) -> usize {
        let few = f64::from(3 << (self.bits() - 5));
        if series < few {
            return 12 + 4 * series.max(0.0).ceil() as usize;
        }
        // Registers that are far ahead of the others are listed beside.
        40 + (1 << (self.bits() - 1)) + 256
    }

    fn bits(self) -> u8 {
        match self {
            Self::P14 => 14,
            Self::P16 => 16,
        }
    }
}

/// Why bytes are no sketch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SketchError {
    /// They are damaged, or of another kind.
    #[error("the bytes are no HyperLogLog sketch: {0}")]
    Damaged(String),
    /// They are a sketch of a precision that is not used.
    #[error("the sketch has 2^{0} registers; 2^14 or 2^16 are used")]
    Precision(u8),
}

/// Estimates how many different numbers it was given. While they are few it holds them as a list and is all but exact.
#[derive(Clone)]
pub struct Distinct {
    precision: Precision,
    sketch: HllSketch,
}

impl Distinct {
    /// One that saw nothing.
    pub fn new(precision: Precision) -> Self {
        Self { precision, sketch: new_sketch(precision) }
    }

    /// Adds a number; well spread bits are not needed.
    #[inline]
    pub fn insert(&mut self, number: u64) {
        self.sketch.update_with_coupon(Coupon::from_value(number));
    }

    /// The union of several, as if one had seen everything.
    pub fn union<'a>(precision: Precision, all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut union = new_union(precision);
        for one in all {
            union.update(&one.sketch);
        }
        Self { precision, sketch: union.to_sketch(HllType::Hll4) }
    }

    /// How exact it is.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The estimate.
    pub fn estimate(&self) -> f64 {
        self.sketch.estimate()
    }

    /// The standard error of [`Self::estimate`], in series.
    pub fn standard_error(&self) -> f64 {
        self.estimate() * self.precision.standard_error()
    }

    /// Whether it saw nothing.
    pub fn is_empty(&self) -> bool {
        self.sketch.is_empty()
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        std::mem::size_of::<Self>() + self.sketch.estimated_size()
    }

    /// The format of Apache DataSketches, which its libraries of every language read.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.sketch.serialize()
    }

    /// Reads [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SketchError> {
        let sketch = HllSketch::deserialize(bytes).map_err(|error| SketchError::Damaged(error.to_string()))?;
        let precision = match sketch.lg_config_k() {
            14 => Precision::P14,
            16 => Precision::P16,
            other => return Err(SketchError::Precision(other)),
        };
        Ok(Self { precision, sketch })
    }
}

impl std::fmt::Debug for Distinct {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Distinct({:.1} ± {:.1})", self.estimate(), self.standard_error())
    }
}

fn new_sketch(precision: Precision) -> HllSketch {
    HllSketch::new(precision.bits(), HllType::Hll4).unwrap_or_else(|_| unreachable!("14 and 16 are allowed"))
}

fn new_union(precision: Precision) -> HllUnion {
    HllUnion::new(precision.bits()).unwrap_or_else(|_| unreachable!("14 and 16 are allowed"))
}
