//! The keys that detach a client from a terminal.

/// Looks for a sequence of keys in what a client types.
#[derive(Debug)]
pub struct DetachKeys {
    keys: Vec<u8>,
    /// How many keys of the sequence were typed.
    typed: usize,
}

/// What to do with what was typed.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// Pass these bytes on. A sequence that has begun is held back until it is clear.
    Pass(Vec<u8>),
    /// Pass these bytes on, then detach.
    Detach(Vec<u8>),
}

impl DetachKeys {
    /// `None` if there are no keys, so that nothing detaches.
    pub fn new(keys: &[u8]) -> Option<Self> {
        (!keys.is_empty()).then(|| Self {
            keys: keys.to_owned(),
            typed: 0,
        })
    }

    pub fn take(&mut self, bytes: &[u8]) -> Typed {
        let mut pass = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            if byte != self.keys[self.typed] {
                pass.extend(&self.keys[..self.typed]);
                self.typed = 0;
            }
            if byte == self.keys[self.typed] {
                self.typed += 1;
            } else {
                pass.push(byte);
            }
            if self.typed == self.keys.len() {
                return Typed::Detach(pass);
            }
        }
        Typed::Pass(pass)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> DetachKeys {
        DetachKeys::new(&[16, 17]).unwrap()
    }

    #[test]
    fn finds_the_keys_across_reads() {
        let mut keys = keys();
        assert_eq!(keys.take(b"ab\x10"), Typed::Pass(b"ab".to_vec()));
        assert_eq!(keys.take(b"\x11rest"), Typed::Detach(vec![]));
    }

    #[test]
    fn gives_back_what_was_no_sequence() {
        let mut keys = keys();
        assert_eq!(keys.take(b"\x10x"), Typed::Pass(b"\x10x".to_vec()));
        assert_eq!(keys.take(b"\x10\x10\x11"), Typed::Detach(b"\x10".to_vec()));
    }
}
