//! Time in steps of 15 seconds that fit into 13 bits: 34 hours, after which they begin again.

/// Length of a slot.
pub const SECONDS: u64 = 15;
/// How many slots there are; 0 is no slot, which is how an empty place is told.
pub const COUNT: u16 = 8191;
/// Slots of a day: no entry is older, so that an age is never ambiguous.
pub const DAY: u16 = 5760;
/// Slots of an hour.
pub const HOUR: u16 = 240;

/// One slot, 1 to 8191.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot(u16);

impl Slot {
    /// The slot that a time (seconds since 1970) is in.
    pub fn at(unix_seconds: u64) -> Self {
        Self(u16::try_from((unix_seconds / SECONDS) % u64::from(COUNT)).unwrap_or(0) + 1)
    }

    /// From its number; none for what is no slot.
    pub fn from_number(number: u16) -> Option<Self> {
        (1..=COUNT).contains(&number).then_some(Self(number))
    }

    /// Its number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// Slots from `self` until `now`. A clock that was set back by less than an hour makes it zero.
    #[inline]
    pub fn age(self, now: Self) -> u16 {
        let age = if now.0 >= self.0 { now.0 - self.0 } else { now.0 + COUNT - self.0 };
        if age > COUNT - HOUR { 0 } else { age }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_go_over_the_end_of_the_circle() {
        for start in [0, 15 * 8190, 1_795_000_000, 15 * 8191 * 1000 - 15] {
            let then = Slot::at(start);
            for age in [0_u16, 1, 20, HOUR, DAY, DAY + HOUR] {
                assert_eq!(then.age(Slot::at(start + u64::from(age) * SECONDS)), age, "from {start}");
            }
            assert_eq!(Slot::at(start + 600).age(then), 0, "ten minutes back");
        }
    }
}
