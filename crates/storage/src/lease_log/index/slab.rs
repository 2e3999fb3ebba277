//! Items at fixed places, in chunks, so that growing copies nothing and wastes little.

/// Items a chunk holds: 4,096 x 36 bytes = 144 KiB is the most that lies empty.
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNK_BITS: u32 = 12;

/// No item.
pub(in crate::lease_log) const NONE: u32 = u32::MAX;

/// A growing set of items named by 32-bit numbers. Numbers of removed items are used again.
pub(in crate::lease_log) struct Slab<T> {
    chunks: Vec<Vec<T>>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(in crate::lease_log) const fn new() -> Self {
        Self { chunks: Vec::new(), free: Vec::new() }
    }

    /// How many numbers there are, those of removed items included.
    pub(in crate::lease_log) fn numbers(&self) -> u32 {
        match self.chunks.last() {
            None => 0,
            Some(last) => u32::try_from((self.chunks.len() - 1) * CHUNK + last.len()).expect("checked by insert"),
        }
    }

    pub(in crate::lease_log) fn insert(&mut self, item: T) -> u32 {
        if let Some(number) = self.free.pop() {
            self[number] = item;
            return number;
        }
        let number = self.numbers();
        assert!(number < NONE - 1, "four thousand million entries wait; the disk would have been full long before");
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        self.chunks.last_mut().expect("just made").push(item);
        number
    }

    /// Frees a number. The item stays where it is until the number is used again.
    pub(in crate::lease_log) fn remove(&mut self, number: u32) {
        self.free.push(number);
    }

    pub(in crate::lease_log) fn bytes(&self) -> usize {
        self.chunks.len() * CHUNK * size_of::<T>() + self.free.capacity() * size_of::<u32>()
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;
    fn index(&self, number: u32) -> &T {
        &self.chunks[number as usize >> CHUNK_BITS][number as usize & (CHUNK - 1)]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    fn index_mut(&mut self, number: u32) -> &mut T {
        &mut self.chunks[number as usize >> CHUNK_BITS][number as usize & (CHUNK - 1)]
    }
}
