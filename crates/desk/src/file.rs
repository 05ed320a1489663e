//! Small files that are replaced as a whole, and their failures.

use std::{fs, io, path::Path};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use gantry_file::Durability;
use gantry_view::Failure;
use tokio::io::{AsyncWriteExt, BufWriter};

/// Replaces a file, whose folder is made where it is missing.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    gantry_file::replace(path, bytes, Durability::Durable).map(drop)
}

/// Bytes that are written at once.
const BUFFER: usize = 256 * 1024;

/// Writes a stream beside its place and renames it there; the number of bytes.
pub(crate) async fn write_stream(
    path: &Path,
    mut content: impl Stream<Item = io::Result<Bytes>> + Unpin,
) -> io::Result<u64> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let staged = path.with_file_name(name);
    let written = async {
        // A log comes line by line, and each write to the file is a thread's work.
        let file = tokio::fs::File::create(&staged).await?;
        let mut file = BufWriter::with_capacity(BUFFER, file);
        let mut bytes = 0;
        while let Some(chunk) = content.next().await {
            let chunk = chunk?;
            file.write_all(&chunk).await?;
            bytes += chunk.len() as u64;
        }
        file.flush().await?;
        tokio::fs::rename(&staged, path).await?;
        Ok(bytes)
    };
    let written = written.await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(&staged).await;
    }
    written
}

/// A failure to read or write a file, with the path as a fact.
pub(crate) fn failure(code: &str, path: &Path, error: &io::Error) -> Failure {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "disk-full",
        _ => code,
    };
    let path = path.display();
    Failure {
        what: format!("{path} was not written"),
        why: reason(error),
        ..Failure::new(code, format!("{path}: {error}")).with("path", path)
    }
}

/// The system's words without its number, which stays in the raw text.
pub(crate) fn reason(error: &io::Error) -> String {
    let words = error.to_string();
    match words.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_without_a_number() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(reason(&error), "No such file or directory");
        assert_eq!(reason(&io::Error::other("cut")), "cut");
    }

    #[tokio::test]
    async fn a_stream_that_breaks_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        let broken = [Ok(Bytes::from_static(b"a")), Err(io::Error::other("cut"))];
        let written = write_stream(&path, futures_util::stream::iter(broken)).await;
        assert!(written.is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);

        let whole = [Ok(Bytes::from_static(b"a")), Ok(Bytes::from_static(b"b"))];
        let written = write_stream(&path, futures_util::stream::iter(whole)).await;
        assert_eq!(written.expect("written"), 2);
        assert_eq!(fs::read(&path).expect("readable"), b"ab");
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b.json");
        replace(&path, b"1").expect("written");
        replace(&path, b"2").expect("written");
        assert_eq!(fs::read(&path).expect("readable"), b"2");
        let entries = fs::read_dir(folder.path().join("a")).expect("a folder");
        assert_eq!(entries.count(), 1);
    }
}
