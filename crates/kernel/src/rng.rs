//! Chance as an argument.

/// A cryptographically secure source of random bytes (a seeded one in simulations).
pub trait Rng: Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A random number.
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// The random half of a ULID (80 bits are used).
    fn ulid_bits(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes[..10]);
        u128::from_le_bytes(bytes)
    }
}
