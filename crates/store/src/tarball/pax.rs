//! PAX extended records: `LENGTH KEY=VALUE\n`.

use std::io::Write as _;

use super::{Member, Segment, TarError, Time};

const XATTR: &[u8] = b"SCHILY.xattr.";

/// What the extended header before a member says.
#[derive(Debug, Default)]
pub(super) struct Extended {
    pub path: Option<Vec<u8>>,
    pub link: Option<Vec<u8>>,
    pub size: Option<u64>,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    pub mtime: Option<Time>,
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pub sparse: SparseRecords,
}

/// The `GNU.sparse.*` records of the versions 0.0, 0.1 and 1.0.
#[derive(Debug, Default)]
pub(super) struct SparseRecords {
    pub real_size: Option<u64>,
    pub segments: Option<Vec<Segment>>,
    /// Version 1.0 keeps the map in front of the data.
    pub map_in_data: bool,
    /// The file's name; `path` then holds one made up for readers that do not know sparse files.
    name: Option<Vec<u8>>,
    offset: Option<u64>,
}

fn invalid(what: &str) -> TarError {
    TarError::Invalid(format!("extended header: {what}"))
}

fn number<T: std::str::FromStr>(value: &[u8], what: &str) -> Result<T, TarError> {
    let text = std::str::from_utf8(value).map_err(|_| invalid(what))?;
    text.trim().parse().map_err(|_| invalid(what))
}

impl Extended {
    /// Adds the records of one extended header.
    pub fn parse(&mut self, mut records: &[u8]) -> Result<(), TarError> {
        while !records.is_empty() {
            // GNU tar may fill up with zeros.
            if records.iter().all(|&byte| byte == 0) {
                break;
            }
            let space = records.iter().take(20).position(|&byte| byte == b' ');
            let space = space.ok_or_else(|| invalid("a record without length"))?;
            let length: usize = number(&records[..space], "a record's length")?;
            if length > records.len() || length < space + 4 || records[length - 1] != b'\n' {
                return Err(invalid("a record of the wrong length"));
            }
            let record = &records[space + 1..length - 1];
            let equals = record.iter().position(|&byte| byte == b'=');
            let equals = equals.ok_or_else(|| invalid("a record without value"))?;
            self.record(&record[..equals], &record[equals + 1..])?;
            records = &records[length..];
        }
        Ok(())
    }

    fn record(&mut self, key: &[u8], value: &[u8]) -> Result<(), TarError> {
        match key {
            b"path" => self.path = Some(text(value)?),
            b"GNU.sparse.name" => self.sparse.name = Some(text(value)?),
            b"linkpath" => self.link = Some(text(value)?),
            b"size" => self.size = Some(number(value, "size")?),
            b"uid" => self.uid = Some(number(value, "uid")?),
            b"gid" => self.gid = Some(number(value, "gid")?),
            b"mtime" => self.mtime = Some(time(value)?),
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => {
                self.sparse.real_size = Some(number(value, "sparse size")?);
            }
            b"GNU.sparse.major" => self.sparse.map_in_data = value == b"1",
            b"GNU.sparse.offset" => self.sparse.offset = Some(number(value, "sparse offset")?),
            b"GNU.sparse.numbytes" => {
                let offset = self
                    .sparse
                    .offset
                    .take()
                    .ok_or_else(|| invalid("sparse map"))?;
                let length = number(value, "sparse length")?;
                self.sparse
                    .segments
                    .get_or_insert_default()
                    .push(Segment { offset, length });
            }
            b"GNU.sparse.map" => {
                let numbers: Vec<u64> = value
                    .split(|&byte| byte == b',')
                    .filter(|part| !part.is_empty())
                    .map(|part| number(part, "sparse map"))
                    .collect::<Result<_, _>>()?;
                let (pairs, []) = numbers.as_chunks::<2>() else {
                    return Err(invalid("sparse map"));
                };
                let segment = |&[offset, length]: &[u64; 2]| Segment { offset, length };
                self.sparse.segments = Some(pairs.iter().map(segment).collect());
            }
            _ => {
                if let Some(name) = key.strip_prefix(XATTR) {
                    self.xattrs.push((text(name)?, value.to_vec()));
                }
            }
        }
        Ok(())
    }

    /// Puts what was said over what the header block said.
    pub fn apply(mut self, member: &mut Member) -> SparseRecords {
        if let Some(path) = self.sparse.name.take().or(self.path) {
            member.path = path;
        }
        if let Some(link) = self.link {
            member.link = link;
        }
        member.uid = self.uid.unwrap_or(member.uid);
        member.gid = self.gid.unwrap_or(member.gid);
        member.mtime = self.mtime.unwrap_or(member.mtime);
        member.xattrs = self.xattrs;
        self.sparse
    }
}

/// A name: the kernel's names end at a zero byte, so one inside would name something else.
fn text(value: &[u8]) -> Result<Vec<u8>, TarError> {
    if value.contains(&0) {
        return Err(invalid("a name with a zero byte"));
    }
    Ok(value.to_vec())
}

/// `SECONDS[.FRACTION]`, possibly negative.
fn time(value: &[u8]) -> Result<Time, TarError> {
    let text = std::str::from_utf8(value).map_err(|_| invalid("mtime"))?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().map_err(|_| invalid("mtime"))?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid("mtime"));
    }
    let nanos = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanos = nanos.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    if whole.starts_with('-') && nanos > 0 {
        let seconds = seconds.checked_sub(1).ok_or_else(|| invalid("mtime"))?;
        return Ok(Time {
            seconds,
            nanos: 1_000_000_000 - nanos,
        });
    }
    Ok(Time { seconds, nanos })
}

/// Appends one record.
pub(super) fn push(records: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    // The length counts its own digits.
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    let _ = write!(records, "{length} ");
    records.extend_from_slice(key);
    records.push(b'=');
    records.extend_from_slice(value);
    records.push(b'\n');
}

/// The shortest record that says nothing.
pub(super) const COMMENT: usize = b"12 comment=\n".len();

/// Fills the records up to `whole` bytes, at least [`COMMENT`] more than there are, with a comment.
pub(super) fn push_comment(records: &mut Vec<u8>, whole: usize) {
    let length = (whole - records.len()).to_string();
    records.extend_from_slice(length.as_bytes());
    records.extend_from_slice(b" comment=");
    records.resize(whole - 1, b' ');
    records.push(b'\n');
}

/// Appends the record of an extended attribute.
pub(super) fn push_xattr(records: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    push(records, &[XATTR, name].concat(), value);
}

/// A time as PAX writes it.
pub(super) fn time_text(time: Time) -> String {
    if time.seconds < 0 && time.nanos > 0 {
        let whole = time.seconds + 1;
        let sign = if whole == 0 { "-" } else { "" };
        return format!("{sign}{whole}.{:09}", 1_000_000_000 - time.nanos);
    }
    format!("{}.{:09}", time.seconds, time.nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_writing_and_reading() {
        let mut records = Vec::new();
        let long = vec![b'x'; 90];
        push(&mut records, b"path", b"caf\xff");
        push(&mut records, b"linkpath", &long);
        push(
            &mut records,
            b"mtime",
            time_text(Time {
                seconds: -2,
                nanos: 5,
            })
            .as_bytes(),
        );
        push_xattr(&mut records, b"user.a", b"1\n\x00=2");
        let mut extended = Extended::default();
        extended.parse(&records).unwrap();
        assert_eq!(extended.path.unwrap(), b"caf\xff");
        assert_eq!(extended.link.unwrap(), long);
        assert_eq!(
            extended.mtime.unwrap(),
            Time {
                seconds: -2,
                nanos: 5
            }
        );
        assert_eq!(
            extended.xattrs,
            [(b"user.a".to_vec(), b"1\n\x00=2".to_vec())]
        );
    }

    #[test]
    fn times_are_exact_on_both_sides_of_the_epoch() {
        for (text, seconds, nanos) in [
            ("0", 0, 0),
            ("1.5", 1, 500_000_000),
            ("1.000000001999", 1, 1),
            ("-1", -1, 0),
            ("-0.25", -1, 750_000_000),
            ("-1.25", -2, 750_000_000),
        ] {
            assert_eq!(
                time(text.as_bytes()).unwrap(),
                Time { seconds, nanos },
                "{text}"
            );
        }
        for nanos in [0, 1, 999_999_999] {
            for seconds in [-2, -1, 0, 1] {
                let time_in = Time { seconds, nanos };
                assert_eq!(time(time_text(time_in).as_bytes()).unwrap(), time_in);
            }
        }
    }

    #[test]
    fn broken_records_are_refused() {
        for records in [
            &b"5 a=b\n"[..],
            b"99 path=x\n",
            b"x path=x\n",
            b"10 path=x",
            b"4 =\n",
            b"9 path=\0\n",
            b"11 size=-1\n",
            b"25 GNU.sparse.map=1,2,3\n\n",
        ] {
            let result = Extended::default().parse(records);
            assert!(result.is_err(), "{:?}", String::from_utf8_lossy(records));
        }
    }
}
