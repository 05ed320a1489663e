//! What a file holds: text, a picture, and what changed against the image.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use gantry_client::Client;
use gantry_view::{
    DiffContainerFile, DiffLine, Failure, FileContent, FileDiff, FileSide, FileStamp, FileView,
    ReadContainerFile, WriteFile,
};
use gantry_wire::gantry::{FilesOf, Scope};
use gantry_wire::{PathStat, Timestamp};
use similar::{ChangeTag, TextDiff};

use crate::{Desk, failure::failure, files};

/// Bytes of a text that is shown.
const TEXT: usize = 512 * 1024;
/// Bytes of a picture that is shown.
const PICTURE: usize = 8 << 20;
/// Lines around a change.
const AROUND: usize = 3;

/// Pictures by their first bytes, as every browser shows them. What can hold a script is none.
const PICTURES: [(&[u8], &str); 4] = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
];

pub(crate) async fn read_file(
    desk: &Desk,
    request: ReadContainerFile,
) -> Result<FileView, Failure> {
    let client = desk.link().client().await?;
    match request.side {
        FileSide::Now => {
            let (stat, bytes) = now(&client, &request.id, &request.path).await?;
            let size = u64::try_from(stat.size).unwrap_or(0);
            Ok(FileView {
                size,
                content: content(&bytes, size),
                stamp: Some(stamp(&stat)),
            })
        }
        FileSide::Image => {
            let bytes = in_image(&client, &request.id, &request.path).await?;
            let size = bytes.len() as u64;
            Ok(FileView {
                size,
                content: content(&bytes, size),
                stamp: None,
            })
        }
    }
}

pub(crate) async fn diff_file(
    desk: &Desk,
    request: DiffContainerFile,
) -> Result<FileDiff, Failure> {
    let client = desk.link().client().await?;
    let before = in_image(&client, &request.id, &request.path).await?;
    let (stat, after) = now(&client, &request.id, &request.path).await?;
    let size = u64::try_from(stat.size).unwrap_or(0);
    let (Some(before), Some(after)) = (text(&before, before.len() as u64), text(&after, size))
    else {
        return Ok(None);
    };
    Ok(Some(compare(before, after)))
}

pub(crate) async fn write_file(desk: &Desk, request: WriteFile) -> Result<FileStamp, Failure> {
    let client = desk.link().client().await?;
    let before = match &request.stamp {
        None => None,
        Some(stamp) => {
            let exact: Timestamp = stamp
                .exact
                .parse()
                .map_err(|_| Failure::new("bad-request", "the file's time cannot be read"))?;
            Some((i64::try_from(stamp.size).unwrap_or(i64::MAX), exact))
        }
    };
    let path = format!("/{}", request.path);
    let content = std::io::Cursor::new(request.text.into_bytes());
    let written = client
        .write_file(&files::of(request.of), &path, before, content)
        .await
        .map_err(failure)?;
    Ok(stamp(&written))
}

fn stamp(stat: &PathStat) -> FileStamp {
    FileStamp {
        modified_at: stat.mtime.as_millisecond(),
        exact: stat.mtime.to_string(),
        size: u64::try_from(stat.size).unwrap_or(0),
    }
}

async fn now(client: &Client, id: &str, path: &str) -> Result<(PathStat, Bytes), Failure> {
    let (of, path) = (FilesOf::Container(id.to_owned()), format!("/{path}"));
    let (stat, content) = client
        .read_file(&of, &path, Some(PICTURE as u64 + 1))
        .await
        .map_err(failure)?;
    Ok((stat, first(content).await?))
}

/// The image's own version, found in the layers that the container stands on.
async fn in_image(client: &Client, id: &str, path: &str) -> Result<Bytes, Failure> {
    let image = client.inspect_container(id, false).await;
    let image = image.map_err(failure)?.image;
    let content = client.image_file(&image, path, None, Scope::Image).await;
    first(content.map_err(failure)?).await
}

/// No more than anything that is shown has.
async fn first(
    mut content: impl Stream<Item = Result<Bytes, gantry_client::Error>> + Unpin,
) -> Result<Bytes, Failure> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = content.next().await {
        bytes.extend_from_slice(&chunk.map_err(failure)?);
        if bytes.len() > PICTURE {
            break;
        }
    }
    Ok(bytes.freeze())
}

fn content(bytes: &[u8], size: u64) -> FileContent {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let known = PICTURES.iter().find(|(start, _)| bytes.starts_with(start));
    let picture = known
        .map(|(_, kind)| *kind)
        .or(webp.then_some("image/webp"));
    let whole = bytes.len() as u64 == size;
    match picture {
        Some(kind) if whole && bytes.len() <= PICTURE => {
            use base64::Engine as _;
            let data = base64::engine::general_purpose::STANDARD.encode(bytes);
            FileContent::Picture(format!("data:{kind};base64,{data}"))
        }
        Some(_) => FileContent::TooLarge,
        None => match text(bytes, size) {
            Some(text) => FileContent::Text(text.to_owned()),
            None if is_text(&bytes[..bytes.len().min(TEXT)]) => FileContent::TooLarge,
            None => FileContent::Bytes,
        },
    }
}

/// All of a file, if it is text that a person would read.
fn text(bytes: &[u8], size: u64) -> Option<&str> {
    if bytes.len() > TEXT || bytes.len() as u64 != size || bytes.contains(&0) {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

/// Whether the beginning of a file is text, which may be cut within a letter.
fn is_text(bytes: &[u8]) -> bool {
    let cut = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    cut && !bytes.contains(&0)
}

fn compare(before: &str, after: &str) -> Vec<Vec<DiffLine>> {
    let diff = TextDiff::from_lines(before, after);
    let number = |at: Option<usize>| at.and_then(|at| u32::try_from(at + 1).ok());
    let piece = |operations: &Vec<similar::DiffOp>| {
        let changes = operations.iter().flat_map(|one| diff.iter_changes(one));
        changes
            .map(|change| DiffLine {
                before: number(change.old_index()).filter(|_| change.tag() != ChangeTag::Insert),
                after: number(change.new_index()).filter(|_| change.tag() != ChangeTag::Delete),
                text: change.value().trim_end_matches('\n').to_owned(),
            })
            .collect()
    };
    diff.grouped_ops(AROUND).iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_text_or_a_picture_of_a_size_that_can_be_shown() {
        let shown = |bytes: &[u8]| content(bytes, bytes.len() as u64);
        assert_eq!(
            shown("한글\n".as_bytes()),
            FileContent::Text("한글\n".into())
        );
        assert_eq!(shown(b"\x7fELF\0\0"), FileContent::Bytes);
        assert_eq!(shown(b"\xff\xfe"), FileContent::Bytes);
        assert_eq!(shown(&vec![b'a'; TEXT + 1]), FileContent::TooLarge);
        let png = shown(b"\x89PNG\r\n\x1a\nrest");
        assert!(matches!(png, FileContent::Picture(data) if data.starts_with("data:image/png;")));
        // More of it than was read.
        assert_eq!(content(b"GIF89a", 1 << 40), FileContent::TooLarge);
    }

    #[test]
    fn a_comparison_has_a_few_lines_around_each_change() {
        let lines: Vec<_> = (1..=30).map(|n| format!("line {n}\n")).collect();
        let before = lines.concat();
        let after = before.replace("line 5\n", "line five\nand more\n");
        let pieces = compare(&before, &after.replace("line 25\n", ""));
        assert_eq!(pieces.len(), 2);
        let lines: Vec<_> = pieces[0]
            .iter()
            .map(|line| (line.before, line.after, line.text.as_str()))
            .collect();
        assert_eq!(lines[0], (Some(2), Some(2), "line 2"));
        assert_eq!(lines[3], (Some(5), None, "line 5"));
        assert_eq!(lines[4], (None, Some(5), "line five"));
        assert_eq!(lines[5], (None, Some(6), "and more"));
        assert_eq!(lines[6], (Some(6), Some(7), "line 6"));
    }
}
