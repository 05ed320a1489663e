//! A tar written block by block: whatever a header can say, true or not.

/// Bytes of a block.
const BLOCK: usize = 512;

/// A tar under construction.
#[derive(Clone, Default)]
pub struct Raw(Vec<u8>);

impl Raw {
    pub fn new() -> Self {
        Self::default()
    }

    /// A header of any type; `change` may say anything before the checksum is computed.
    #[must_use]
    pub fn header(
        mut self,
        kind: u8,
        name: &[u8],
        link: &[u8],
        size: u64,
        change: impl FnOnce(&mut [u8; BLOCK]),
    ) -> Self {
        let mut block = [0; BLOCK];
        fill(&mut block[..100], name);
        fill(&mut block[100..108], b"0000644\0");
        fill(&mut block[108..116], b"0000000\0");
        fill(&mut block[116..124], b"0000000\0");
        fill(&mut block[124..136], format!("{size:011o}\0").as_bytes());
        fill(&mut block[136..148], b"14524000000\0");
        block[156] = kind;
        fill(&mut block[157..257], link);
        fill(&mut block[257..265], b"ustar\x0000");
        change(&mut block);
        if block[148..156] == [0; 8] {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().copied().map(u32::from).sum();
            fill(&mut block[148..156], format!("{sum:06o}\0 ").as_bytes());
        }
        self.0.extend_from_slice(&block);
        self
    }

    /// Data, filled up to a block.
    #[must_use]
    pub fn data(mut self, content: &[u8]) -> Self {
        self.0.extend_from_slice(content);
        let padded = self.0.len().next_multiple_of(BLOCK);
        self.0.resize(padded, 0);
        self
    }

    /// Bytes as they are.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A member whose header tells the truth about its data.
    #[must_use]
    pub fn member(self, kind: u8, name: &[u8], link: &[u8], content: &[u8]) -> Self {
        self.header(kind, name, link, content.len() as u64, |_| ())
            .data(content)
    }

    #[must_use]
    pub fn file(self, name: &str, content: &[u8]) -> Self {
        self.member(b'0', name.as_bytes(), b"", content)
    }

    #[must_use]
    pub fn dir(self, name: &str) -> Self {
        let mode = |block: &mut [u8; BLOCK]| fill(&mut block[100..108], b"0000755\0");
        self.header(b'5', name.as_bytes(), b"", 0, mode)
    }

    #[must_use]
    pub fn symlink(self, name: &str, target: &str) -> Self {
        self.member(b'2', name.as_bytes(), target.as_bytes(), b"")
    }

    #[must_use]
    pub fn hardlink(self, name: &str, target: &str) -> Self {
        self.member(b'1', name.as_bytes(), target.as_bytes(), b"")
    }

    #[must_use]
    pub fn device(self, kind: u8, name: &str, major: u32, minor: u32) -> Self {
        self.header(kind, name.as_bytes(), b"", 0, |block| {
            fill(&mut block[329..337], format!("{major:07o}\0").as_bytes());
            fill(&mut block[337..345], format!("{minor:07o}\0").as_bytes());
        })
    }

    /// Extended records for the member that follows.
    #[must_use]
    pub fn pax(self, records: &[(&str, &[u8])]) -> Self {
        self.extended(b'x', records)
    }

    /// An extended header of the given type: `x` for the next member, `g` for all.
    #[must_use]
    pub fn extended(self, kind: u8, records: &[(&str, &[u8])]) -> Self {
        let mut bytes = Vec::new();
        for (key, value) in records {
            bytes.extend_from_slice(&record(key, value));
        }
        self.member(kind, b"PaxHeaders/x", b"", &bytes)
    }

    /// GNU's long name (`L`) or long link (`K`) for the member that follows.
    #[must_use]
    pub fn long(self, kind: u8, name: &[u8]) -> Self {
        self.member(kind, b"././@LongLink", b"", &[name, b"\0"].concat())
    }

    /// The tar with its end mark.
    pub fn end(self) -> Vec<u8> {
        self.bytes(&[0; 2 * BLOCK]).0
    }

    /// The tar without an end mark.
    pub fn cut(self) -> Vec<u8> {
        self.0
    }
}

/// Copies as much as fits.
pub fn fill(field: &mut [u8], bytes: &[u8]) {
    let count = bytes.len().min(field.len());
    field[..count].copy_from_slice(&bytes[..count]);
}

/// One extended record: its length counts its own digits.
fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}
