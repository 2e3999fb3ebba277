//! How much of an inbox may be on its way to one device.

use std::collections::VecDeque;

use wire::{UNACKED_BYTES_MAX, UNACKED_ENVELOPES_MAX};

/// What has been sent on one socket and not yet acknowledged. Sending stops when it is full, so a device that is
/// slow to store gets no more than it can hold, and nothing is dropped: the rest waits in the lease log.
#[derive(Debug, Default)]
pub(super) struct Window {
    sent_up_to: u64,
    acked_up_to: u64,
    unacked: VecDeque<(u64, usize)>,
    unacked_bytes: usize,
}

/// An acknowledgement of something that was never sent here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NeverSent {
    /// The highest number that would have been right.
    pub(super) sent_up_to: u64,
}

impl Window {
    /// Starts over: the device holds everything up to `after`.
    pub(super) fn start(&mut self, after: u64) {
        *self = Self { sent_up_to: after, acked_up_to: 0, unacked: VecDeque::new(), unacked_bytes: 0 };
    }

    /// The highest number sent, or the `after` of the sync before any was.
    pub(super) const fn sent_up_to(&self) -> u64 {
        self.sent_up_to
    }

    /// Whether another envelope may go out.
    pub(super) fn is_open(&self) -> bool {
        self.envelopes_left() > 0 && self.bytes_left() > 0
    }

    /// How many more envelopes may go out.
    pub(super) fn envelopes_left(&self) -> usize {
        UNACKED_ENVELOPES_MAX.saturating_sub(self.unacked.len())
    }

    /// How many more bytes may go out. The last envelope may go past it.
    pub(super) const fn bytes_left(&self) -> usize {
        UNACKED_BYTES_MAX.saturating_sub(self.unacked_bytes)
    }

    /// Whether this number is new to the device.
    pub(super) const fn is_new(&self, seq: u64) -> bool {
        seq > self.sent_up_to
    }

    /// Counts a frame that goes out; `envelope_bytes` is `None` for what does not fill the window.
    pub(super) fn sent(&mut self, seq: u64, envelope_bytes: Option<usize>) {
        self.sent_up_to = seq;
        if let Some(bytes) = envelope_bytes {
            self.unacked.push_back((seq, bytes));
            self.unacked_bytes += bytes;
        }
    }

    /// Takes an acknowledgement.
    pub(super) fn acknowledge(&mut self, seq: u64) -> Result<(), NeverSent> {
        if seq > self.sent_up_to {
            return Err(NeverSent { sent_up_to: self.sent_up_to });
        }
        self.acked_up_to = self.acked_up_to.max(seq);
        while let Some(&(first, bytes)) = self.unacked.front().filter(|(first, _)| *first <= self.acked_up_to) {
            debug_assert!(first <= self.acked_up_to);
            self.unacked.pop_front();
            self.unacked_bytes -= bytes;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_closes_at_its_limits_and_opens_with_an_ack() {
        let mut window = Window::default();
        window.start(10);
        for seq in 11..11 + UNACKED_ENVELOPES_MAX as u64 {
            assert!(window.is_open());
            window.sent(seq, Some(100));
        }
        assert!(!window.is_open());
        window.acknowledge(11).unwrap();
        assert_eq!(window.envelopes_left(), 1);
        window.sent(999, Some(UNACKED_BYTES_MAX));
        assert!(!window.is_open());
        window.acknowledge(999).unwrap();
        assert_eq!((window.envelopes_left(), window.bytes_left()), (UNACKED_ENVELOPES_MAX, UNACKED_BYTES_MAX));
    }

    #[test]
    fn receipts_do_not_fill_the_window() {
        let mut window = Window::default();
        for seq in 1..=1_000 {
            window.sent(seq, None);
        }
        assert_eq!(window.envelopes_left(), UNACKED_ENVELOPES_MAX);
    }

    #[test]
    fn what_was_never_sent_cannot_be_acknowledged() {
        let mut window = Window::default();
        window.start(5);
        assert_eq!(window.acknowledge(6), Err(NeverSent { sent_up_to: 5 }));
        assert_eq!(window.acknowledge(5), Ok(()));
        window.sent(9, Some(1));
        assert_eq!(window.acknowledge(10), Err(NeverSent { sent_up_to: 9 }));
        assert_eq!(window.acknowledge(9), Ok(()));
        assert_eq!(window.acknowledge(2), Ok(()), "an older one is an old answer, not an error");
    }
}
