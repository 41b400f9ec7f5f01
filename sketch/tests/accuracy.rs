//! How far estimates are from the truth, over many seeds: the error of theory is kept, merged or not.

use flagstaff_sketch::{Distinct, Precision, SketchError};

const SEEDS: u64 = 24;
const SIZES: [u64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// Another number for each index and seed.
fn number(seed: u64, index: u64) -> u64 {
    (seed << 40) | index
}

/// Relative errors at each size: of one sketch that saw all, and of four that saw overlapping parts, merged.
fn errors(precision: Precision, seed: u64) -> Vec<[f64; 2]> {
    let mut whole = Distinct::new(precision);
    let mut parts = vec![Distinct::new(precision); 4];
    let mut from = 0;
    let mut found = vec![];
    for size in SIZES {
        for index in from..size {
            whole.insert(number(seed, index));
            parts[(index % 4) as usize].insert(number(seed, index));
            if index % 16 == 0 {
                parts[(index / 16 % 4) as usize].insert(number(seed, index));
            }
        }
        from = size;
        let relative = |estimate: f64| (estimate - size as f64) / size as f64;
        found.push([relative(whole.estimate()), relative(Distinct::union(precision, &parts).estimate())]);
    }
    found
}

fn keeps_its_error(precision: Precision, promised: f64) {
    let runs: Vec<_> = (0..SEEDS).map(|seed| errors(precision, seed)).collect();
    assert!(precision.standard_error() <= promised, "{}", precision.standard_error());
    for (row, size) in SIZES.iter().enumerate() {
        for (column, how) in ["one sketch", "four merged"].iter().enumerate() {
            let all: Vec<f64> = runs.iter().map(|run| run[row][column]).collect();
            let count = all.len() as f64;
            let bias = all.iter().sum::<f64>() / count;
            let rmse = (all.iter().map(|error| error * error).sum::<f64>() / count).sqrt();
            println!(
                "{precision:?}, {size:>9} different, {how:>11}: RMSE {:.4} %, bias {:+.4} %",
                rmse * 100.0,
                bias * 100.0
            );
            // An RMSE of n runs is itself uncertain by 1/√(2n), a mean by 1/√n: three of these are let pass.
            assert!(rmse <= promised * (1.0 + 3.0 / (2.0 * count).sqrt()), "RMSE {rmse} at {size}");
            assert!(bias.abs() <= promised * 3.0 / count.sqrt(), "bias {bias} at {size}");
        }
    }
}

#[test]
fn fourteen_bits_keep_0_82_percent() {
    keeps_its_error(Precision::P14, 0.0082);
}

#[test]
fn sixteen_bits_keep_0_41_percent() {
    keeps_its_error(Precision::P16, 0.0041);
}

#[test]
fn a_sketch_survives_being_written_and_says_what_is_none() {
    for count in [0, 3, 500, 50_000] {
        let mut sketch = Distinct::new(Precision::P14);
        (0..count).for_each(|index| sketch.insert(index));
        let bytes = sketch.to_bytes();
        let back = Distinct::from_bytes(&bytes).expect("a sketch");
        assert_eq!(back.estimate(), sketch.estimate());
        assert_eq!(back.is_empty(), count == 0);
        assert!(bytes.len() <= 8 * 1024 + 512, "{} bytes", bytes.len());
    }
    assert!(matches!(Distinct::from_bytes(b"nothing of the kind"), Err(SketchError::Damaged(_))));
    assert!(Distinct::from_bytes(&[]).is_err());
}

#[test]
fn precisions_take_the_memory_that_is_said() {
    let full = |precision| {
        let mut sketch = Distinct::new(precision);
        (0..200_000).for_each(|index| sketch.insert(index));
        sketch.bytes()
    };
    let (small, large) = (full(Precision::P14), full(Precision::P16));
    assert!((8_000..10_000).contains(&small) && (32_000..36_000).contains(&large), "{small} and {large}");
}
