//! Writing members, with extended records only where the header block cannot say it.

use std::io::{self, Write};

use super::{BLOCK, Kind, Member, Time, padding, pax};

/// The largest number in an octal field of eight characters.
const OCTAL_7: u32 = 0o7_777_777;
/// The largest number in an octal field of twelve characters.
const OCTAL_11: u64 = 0o77_777_777_777;
const NAME: usize = 100;
/// The kernel's page, and the block of most file systems.
const PAGE: u64 = 4096;
/// What readers that do not know sparse files call one.
const SPARSE_NAME: &[u8] = b"GNUSparseFile.0/sparse";

/// Writes a tar stream.
pub struct TarWriter<W> {
    output: W,
    written: u64,
}

impl<W: Write> TarWriter<W> {
    pub fn new(output: W) -> Self {
        Self { output, written: 0 }
    }

    /// Starts a member; its `size` bytes are then written with [`TarWriter::data`], followed by
    /// [`TarWriter::end_data`]. Of a sparse file only the parts of its map are written, and its map
    /// as version 1.0 of GNU's format says it: in front of the data, which every reader finds.
    pub fn start(&mut self, member: &Member) -> io::Result<()> {
        let Some(segments) = &member.sparse else {
            return self.start_with(member, records(member));
        };
        let mut map = format!("{}\n", segments.len()).into_bytes();
        for segment in segments {
            let _ = write!(map, "{}\n{}\n", segment.offset, segment.length);
        }
        let length = map.len() as u64;
        map.resize(map.len() + usize::try_from(padding(length)).unwrap_or(0), 0);
        let data: u64 = segments.iter().map(|segment| segment.length).sum();
        let mut stored = member.clone();
        stored.path = SPARSE_NAME.to_vec();
        stored.size = map.len() as u64 + data;
        let mut records = records(&stored);
        pax::push(&mut records, b"GNU.sparse.major", b"1");
        pax::push(&mut records, b"GNU.sparse.minor", b"0");
        pax::push(&mut records, b"GNU.sparse.name", &member.path);
        let size = member.size.to_string();
        pax::push(&mut records, b"GNU.sparse.realsize", size.as_bytes());
        self.start_with(&stored, records)?;
        self.put(&map)
    }

    /// Starts a member whose data begins at a multiple of [`PAGE`], where file systems can share what
    /// is stored already and the kernel copies whole pages. A comment fills up what is before it.
    pub fn start_aligned(&mut self, member: &Member) -> io::Result<()> {
        let mut records = records(member);
        let data = |records: usize| self.written + 2 * BLOCK + records as u64;
        if !records.is_empty() || !(self.written + BLOCK).is_multiple_of(PAGE) {
            let least = (records.len() + pax::COMMENT).next_multiple_of(BLOCK as usize);
            let whole = (least..)
                .step_by(BLOCK as usize)
                .find(|&length| data(length).is_multiple_of(PAGE));
            let whole = whole.unwrap_or(least);
            pax::push_comment(&mut records, whole);
        }
        self.start_with(member, records)
    }

    fn start_with(&mut self, member: &Member, records: Vec<u8>) -> io::Result<()> {
        if !records.is_empty() {
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(tar::EntryType::XHeader);
            header.as_mut_bytes()[..14].copy_from_slice(b"PaxHeaders.0/x");
            header.set_mode(0o644);
            header.set_size(records.len() as u64);
            header.set_cksum();
            self.put(header.as_bytes())?;
            self.put(&records)?;
            self.pad(records.len() as u64)?;
        }
        self.put(header(member)?.as_bytes())
    }

    /// Writes a part of the current member's data.
    pub fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put(bytes)
    }

    /// The output, for copying a member's data into it by other means, which
    /// [`TarWriter::was_written`] then tells.
    pub fn output_mut(&mut self) -> &mut W {
        &mut self.output
    }

    /// Counts data that did not come through [`TarWriter::data`].
    pub fn was_written(&mut self, bytes: u64) {
        self.written += bytes;
    }

    /// Fills up the last block of a member of `size` bytes.
    pub fn end_data(&mut self, size: u64) -> io::Result<()> {
        self.pad(size)
    }

    /// Writes a small regular file at once.
    pub fn file(&mut self, path: &str, content: &[u8], mtime: Time) -> io::Result<()> {
        let mut member = Member::new(path, Kind::File);
        member.size = content.len() as u64;
        member.mtime = mtime;
        self.start(&member)?;
        self.data(content)?;
        self.end_data(member.size)
    }

    /// Writes the end mark and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        self.put(&[0; 2 * BLOCK as usize])?;
        Ok(self.output)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        self.output.write_all(bytes)
    }

    fn pad(&mut self, size: u64) -> io::Result<()> {
        let zeros = [0; BLOCK as usize];
        let count = usize::try_from(padding(size)).unwrap_or(0);
        self.put(&zeros[..count])
    }
}

fn has_data(kind: Kind) -> bool {
    matches!(kind, Kind::File | Kind::Other(_))
}

/// The records for what does not fit in the header block.
fn records(member: &Member) -> Vec<u8> {
    let mut records = Vec::new();
    if member.path.len() > NAME || !member.path.is_ascii() {
        pax::push(&mut records, b"path", &member.path);
    }
    if member.link.len() > NAME || !member.link.is_ascii() {
        pax::push(&mut records, b"linkpath", &member.link);
    }
    let mut number = |key: &[u8], value: u64, limit: u64| {
        if value > limit {
            pax::push(&mut records, key, value.to_string().as_bytes());
        }
    };
    if has_data(member.kind) {
        number(b"size", member.size, OCTAL_11);
    }
    number(b"uid", member.uid.into(), OCTAL_7.into());
    number(b"gid", member.gid.into(), OCTAL_7.into());
    let seconds = member.mtime.seconds;
    if member.mtime.nanos != 0 || seconds < 0 || seconds.cast_unsigned() > OCTAL_11 {
        pax::push(
            &mut records,
            b"mtime",
            pax::time_text(member.mtime).as_bytes(),
        );
    }
    for (name, value) in &member.xattrs {
        pax::push_xattr(&mut records, name, value);
    }
    records
}

fn header(member: &Member) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    let (kind, flag) = match member.kind {
        Kind::File => (tar::EntryType::Regular, b'0'),
        Kind::Hardlink => (tar::EntryType::Link, b'1'),
        Kind::Symlink => (tar::EntryType::Symlink, b'2'),
        Kind::CharDevice => (tar::EntryType::Char, b'3'),
        Kind::BlockDevice => (tar::EntryType::Block, b'4'),
        Kind::Directory => (tar::EntryType::Directory, b'5'),
        Kind::Fifo => (tar::EntryType::Fifo, b'6'),
        Kind::Other(flag) => (tar::EntryType::new(flag), flag),
    };
    debug_assert_eq!(kind.as_byte(), flag);
    header.set_entry_type(kind);
    // The setters of the crate refuse `..` and names that are not UTF-8: here the bytes are data.
    let fill = |field: &mut [u8], value: &[u8]| {
        let count = value.len().min(field.len());
        field[..count].copy_from_slice(&value[..count]);
    };
    let old = header.as_old_mut();
    fill(&mut old.name, &member.path);
    fill(&mut old.linkname, &member.link);
    header.set_mode(member.mode);
    header.set_uid(member.uid.min(OCTAL_7).into());
    header.set_gid(member.gid.min(OCTAL_7).into());
    header.set_size(if has_data(member.kind) {
        member.size.min(OCTAL_11)
    } else {
        0
    });
    let seconds = u64::try_from(member.mtime.seconds).unwrap_or(0);
    header.set_mtime(seconds.min(OCTAL_11));
    if matches!(member.kind, Kind::CharDevice | Kind::BlockDevice) {
        header.set_device_major(member.device.0)?;
        header.set_device_minor(member.device.1)?;
    }
    header.set_cksum();
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tarball::TarReader;

    #[test]
    fn members_survive_writing_and_reading() {
        let mut file = Member::new([b"dir/".repeat(40), b"\xff".to_vec()].concat(), Kind::File);
        (file.uid, file.gid, file.mode) = (4_000_000_000, 70_000, 0o4711);
        file.mtime = Time {
            seconds: -1,
            nanos: 7,
        };
        file.xattrs = vec![(b"security.capability".to_vec(), vec![0, 1, 2, b'\n'])];
        file.size = 5;
        let mut link = Member::new("link", Kind::Symlink);
        link.link = vec![b'y'; 300];
        let mut device = Member::new("null", Kind::CharDevice);
        device.device = (1, 3);

        let mut writer = TarWriter::new(Vec::new());
        for member in [&file, &link, &device] {
            writer.start(member).unwrap();
            if member.size > 0 {
                writer.data(b"hello").unwrap();
                writer.end_data(5).unwrap();
            }
        }
        let bytes = writer.finish().unwrap();

        let mut reader = TarReader::new(&bytes[..]);
        assert_eq!(reader.next_member().unwrap().unwrap(), file);
        assert_eq!(reader.read_all(100).unwrap(), b"hello");
        assert_eq!(reader.next_member().unwrap().unwrap(), link);
        assert_eq!(reader.next_member().unwrap().unwrap(), device);
        assert_eq!(reader.next_member().unwrap(), None);
        assert!(reader.saw_end());
    }

    #[test]
    fn aligned_data_begins_at_a_page_wherever_the_member_does() {
        for before in 0..9 {
            let mut writer = TarWriter::new(Vec::new());
            for _ in 0..before {
                writer.start(&Member::new("x/", Kind::Directory)).unwrap();
            }
            let mut plain = Member::new("blob", Kind::File);
            let mut long = Member::new("y".repeat(700), Kind::File);
            (plain.size, long.size) = (5, 5);
            for member in [&plain, &long] {
                writer.start_aligned(member).unwrap();
                assert!(writer.written.is_multiple_of(PAGE), "{before}");
                writer.data(b"hello").unwrap();
                writer.end_data(5).unwrap();
            }
            let bytes = writer.finish().unwrap();
            let mut reader = TarReader::new(&bytes[..]);
            for _ in 0..before {
                reader.next_member().unwrap().unwrap();
            }
            for member in [&plain, &long] {
                assert_eq!(reader.next_member().unwrap().unwrap(), *member);
                assert_eq!(reader.read_all(100).unwrap(), b"hello");
            }
            assert_eq!(reader.next_member().unwrap(), None);
        }
    }

    #[test]
    fn an_empty_number_is_zero() {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[0] = b'a';
        header.set_size(0);
        header.set_cksum();
        let bytes = [header.as_bytes().as_slice(), &[0; 1024]].concat();
        let member = TarReader::new(&bytes[..]).next_member().unwrap().unwrap();
        assert_eq!((member.mode, member.uid, member.gid), (0, 0, 0));
        assert_eq!(member.mtime, Time::default());
    }

    #[test]
    fn a_cut_is_noticed_wherever_it_is() {
        let mut writer = TarWriter::new(Vec::new());
        writer.file("a", &[1; 700], Time::default()).unwrap();
        let bytes = writer.finish().unwrap();
        for length in 1..512 + 1024 {
            let mut reader = TarReader::new(&bytes[..length]);
            let result = reader.next_member().and_then(|_| reader.next_member());
            assert!(
                matches!(result, Err(crate::tarball::TarError::Truncated { .. })),
                "{length}"
            );
        }
    }
}
