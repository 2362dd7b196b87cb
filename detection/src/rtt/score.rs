/// How the changes that were found compare with those that are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// How many were found.
    pub found: u64,
    /// How many there are.
    pub known: u64,
    /// How many of the ones are one of the others.
    pub both: u64,
}

impl Score {
    /// Holds found changes against known ones, one to one, each at most `tolerance` samples from the other. Both in the
    /// order of time.
    ///
    /// Taking the first two that are near enough gives as many pairs as any way to pair them: whatever the earlier of two
    /// could still be paired with, the later could be paired with as well.
    pub fn of(found: &[u64], known: &[u64], tolerance: u64) -> Self {
        let mut score = Self {
            found: found.len() as u64,
            known: known.len() as u64,
            both: 0,
        };
        let (mut found, mut known) = (found.iter().peekable(), known.iter().peekable());
        while let (Some(one), Some(other)) = (found.peek(), known.peek()) {
            match one.abs_diff(**other) <= tolerance {
                true => {
                    score.both += 1;
                    found.next();
                    known.next();
                }
                false if one < other => drop(found.next()),
                false => drop(known.next()),
            }
        }
        score
    }

    /// The share of what was found that is a change; 1 where nothing was found.
    pub fn precision(self) -> f64 {
        share(self.both, self.found)
    }

    /// The share of changes that was found; 1 where there are none.
    pub fn recall(self) -> f64 {
        share(self.both, self.known)
    }

    /// The harmonic mean of the two.
    pub fn f1(self) -> f64 {
        share(2 * self.both, self.found + self.known)
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

impl std::ops::AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.found += other.found;
        self.known += other.known;
        self.both += other.both;
    }
}
