//! Texts that are seldom read.

use std::sync::Mutex;

/// A text as something that could be written: so it lies behind all constants, of which an expansion reads many and the
/// kernel maps 64 KiB at once. Among them, one such window would hold nothing but what nobody looks into.
pub(crate) struct Cold<const SIZE: usize>(Mutex<[u8; SIZE]>);

impl<const SIZE: usize> Cold<SIZE> {
    /// Takes a text of this very size.
    pub(crate) const fn new(text: &str) -> Cold<SIZE> {
        assert!(text.len() == SIZE, "it has another size");
        Cold(Mutex::new(*text.as_bytes().first_chunk().expect("it is as long")))
    }

    /// The text.
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().expect("nobody panics with the lock");
        String::from_utf8(bytes.to_vec()).expect("it was a text")
    }
}
