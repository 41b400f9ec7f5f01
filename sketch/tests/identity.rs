//! Identity as the contract's vectors have it, whatever the order of the labels, and with a label left out.

use flagstaff_sketch::{Sum, identity};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    version: u32,
    texts: Vec<(String, String)>,
    series: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    labels: Vec<(String, String)>,
    identity: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../vectors/identity-v1.json")).expect("the vectors")
}

fn sum(labels: &[(String, String)]) -> Sum {
    Sum::of(labels.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

#[test]
fn identities_are_those_of_the_vectors() {
    let vectors = vectors();
    assert_eq!(vectors.version, identity::VERSION);
    assert!(vectors.texts.len() >= 4 && vectors.series.len() >= 6);
    for (text, hash) in &vectors.texts {
        assert_eq!(&format!("{:016x}", identity::text(text)), hash, "{text:?}");
    }
    for series in &vectors.series {
        let found = format!("{:016x}", sum(&series.labels).identity().0);
        assert_eq!(found, series.identity, "{:?}", series.labels);
    }
}

#[test]
fn a_name_is_no_value_and_a_border_is_a_border() {
    let one = |labels: &[(&str, &str)]| Sum::of(labels.iter().copied()).identity();
    assert_ne!(one(&[("a", "b")]), one(&[("b", "a")]));
    assert_ne!(one(&[("ab", "c")]), one(&[("a", "bc")]));
    assert_ne!(one(&[("a", "b"), ("c", "d")]), one(&[("a", "d"), ("c", "b")]));
    assert_ne!(one(&[]), one(&[("", "")]));
    assert_ne!(one(&[("a", "b"), ("a", "b")]), one(&[]), "the same pair twice does not cancel out");
}

proptest! {
    #[test]
    fn order_does_not_matter_and_a_label_can_be_taken_out(
        labels in prop::collection::btree_map("[a-z_]{1,8}", ".{0,12}", 1..16), rotated in 0..16_usize, left_out in 0..16_usize,
    ) {
        let labels: Vec<(String, String)> = labels.into_iter().collect();
        let mut other = labels.clone();
        other.rotate_left(rotated % labels.len());
        prop_assert_eq!(sum(&labels).identity(), sum(&other).identity());
        let gone = other.swap_remove(left_out % labels.len());
        prop_assert_eq!(sum(&labels).without(identity::label(&gone.0, &gone.1)).identity(), sum(&other).identity());
    }
}
