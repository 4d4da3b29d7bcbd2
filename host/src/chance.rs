//! Numbers for unit tests that look like chance, and are the same in each run: Marsaglia's xorshift.

/// Where the numbers are.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new() -> Chance {
        Chance(0x9e37_79b9_7f4a_7c15)
    }

    /// The next number, which is less than this.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let limit = u64::try_from(limit).expect("a usize has 64 bits at most");
        usize::try_from(self.0 % limit).expect("less than a usize")
    }
}
