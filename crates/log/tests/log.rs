//! A log as a container's shim writes it and as anyone reads it.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::fs::{self, File};
use std::path::Path;
use std::time::Instant;

use gantry_log::{
    Case, Entry, Extent, MAX_ENTRY, Pattern, Query, Reader, Rotation, Run, Stream, Writer,
};
use tempfile::{TempDir, tempdir};

fn writer(directory: &TempDir) -> Writer {
    Writer::open(directory.path(), Rotation::default()).unwrap()
}

fn all(directory: &Path) -> Vec<Entry> {
    let mut reader = Reader::open(directory).unwrap();
    let mut entries = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        assert!(
            entries
                .last()
                .is_none_or(|last: &Entry| entry.line == last.line + 1)
        );
        entries.push(entry);
    }
    entries
}

/// What the container wrote on a stream.
fn content(entries: &[Entry], stream: Stream) -> Vec<u8> {
    let mut content = Vec::new();
    for entry in entries.iter().filter(|entry| entry.stream == stream) {
        content.extend(&entry.bytes);
        if !entry.partial {
            content.push(b'\n');
        }
    }
    content
}

fn lines(writer: &mut Writer, range: std::ops::Range<u64>) {
    for number in range {
        writer
            .write(
                Stream::Stdout,
                number * 10,
                format!("line {number}\n").as_bytes(),
            )
            .unwrap();
    }
    writer.flush().unwrap();
}

#[test]
fn every_byte_of_both_streams_comes_back() {
    let directory = tempdir().unwrap();
    let mut log = writer(&directory);
    let out = b"one\n\ntwo \xff\0\r\nthree without an end";
    let err = b"e1\ne2";
    for (time, piece) in out.chunks(3).enumerate() {
        log.write(Stream::Stdout, time as u64, piece).unwrap();
    }
    log.write(Stream::Stderr, 50, err).unwrap();
    log.finish(Stream::Stderr).unwrap();
    log.finish(Stream::Stdout).unwrap();
    log.flush().unwrap();
    let entries = all(directory.path());
    assert_eq!(content(&entries, Stream::Stdout), out);
    assert_eq!(content(&entries, Stream::Stderr), err);
    assert_eq!(entries[0].time, 0);
    // The time of a line is that of its first byte.
    assert_eq!(entries[2].bytes, b"two \xff\0\r");
    assert_eq!(entries[2].time, 1);
}

#[test]
fn a_line_of_a_megabyte_is_split_and_keeps_its_bytes() {
    let directory = tempdir().unwrap();
    let mut log = writer(&directory);
    let mut long = vec![b'x'; 1_000_000];
    long.push(b'\n');
    for piece in long.chunks(40_000) {
        log.write(Stream::Stdout, 1, piece).unwrap();
    }
    let exact = [vec![b'y'; MAX_ENTRY], b"\nz\n".to_vec()].concat();
    log.write(Stream::Stdout, 2, &exact).unwrap();
    log.flush().unwrap();
    let entries = all(directory.path());
    assert!(entries.iter().all(|entry| entry.bytes.len() <= MAX_ENTRY));
    assert_eq!(content(&entries, Stream::Stdout), [long, exact].concat());
    assert_eq!(entries.len(), 1_000_000_usize.div_ceil(MAX_ENTRY) + 2);
}

#[test]
fn tail_range_and_since_find_their_rows() {
    let directory = tempdir().unwrap();
    let mut log = writer(&directory);
    lines(&mut log, 0..10_000);
    let mut reader = Reader::open(directory.path()).unwrap();
    assert_eq!(reader.lines().unwrap(), 0..10_000);
    let tail = reader.tail(3).unwrap();
    assert_eq!(
        tail.iter().map(|entry| entry.line).collect::<Vec<_>>(),
        [9997, 9998, 9999]
    );
    for from in [0, 1, 255, 256, 257, 8123, 9999, 20_000] {
        let range = reader.range(from, 2).unwrap();
        let wanted: Vec<u64> = (from..10_000.max(from)).take(2).collect();
        assert_eq!(
            range.iter().map(|entry| entry.line).collect::<Vec<_>>(),
            wanted
        );
        for entry in range {
            assert_eq!(entry.bytes, format!("line {}", entry.line).as_bytes());
        }
    }
    for (time, wanted) in [
        (0, Some(0)),
        (10, Some(1)),
        (11, Some(2)),
        (50_005, Some(5001)),
        (1 << 40, None),
    ] {
        reader.seek_since(time).unwrap();
        assert_eq!(
            reader.next_entry().unwrap().map(|entry| entry.line),
            wanted,
            "{time}"
        );
    }
    assert_eq!(reader.tail(0).unwrap(), []);
    assert_eq!(reader.tail(u64::MAX).unwrap().len(), 10_000);
}

#[test]
fn since_works_although_the_clock_was_set_back() {
    let directory = tempdir().unwrap();
    let mut log = writer(&directory);
    lines(&mut log, 5000..6000);
    lines(&mut log, 0..1000);
    let mut reader = Reader::open(directory.path()).unwrap();
    reader.seek_since(59_990).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().line, 999);
}

#[test]
fn a_follower_sees_rows_as_they_are_flushed() {
    let directory = tempdir().unwrap();
    let mut reader = Reader::open(&directory.path().join("log")).unwrap();
    assert_eq!(reader.next_entry().unwrap(), None);
    let mut log = Writer::open(&directory.path().join("log"), Rotation::default()).unwrap();
    assert_eq!(reader.next_entry().unwrap(), None);
    for number in 0..1000 {
        lines(&mut log, number..number + 1);
        assert_eq!(reader.next_entry().unwrap().unwrap().line, number);
        assert_eq!(reader.next_entry().unwrap(), None);
    }
}

#[test]
fn rotation_keeps_the_newest_files_and_the_numbers() {
    let directory = tempdir().unwrap();
    let rotation = Rotation {
        max_size: Some(2000),
        max_files: Some(3),
    };
    let mut reader = Reader::open(directory.path()).unwrap();
    let mut log = Writer::open(directory.path(), rotation).unwrap();
    let mut seen = 0;
    for number in 0..1000 {
        lines(&mut log, number..number + 1);
        while let Some(entry) = reader.next_entry().unwrap() {
            assert_eq!(entry.line, seen);
            seen += 1;
        }
    }
    assert_eq!(seen, 1000);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 6);
    let kept = reader.lines().unwrap();
    assert!(kept.start > 700 && kept.end == 1000, "{kept:?}");
    assert_eq!(reader.range(0, 1).unwrap()[0].line, kept.start);
    assert_eq!(reader.tail(200).unwrap()[0].line, 800.max(kept.start));
    reader.seek_since(9500).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().line, 950);
    drop(log);
    let mut log = Writer::open(directory.path(), rotation).unwrap();
    assert_eq!(log.next_line(), 1000);
    lines(&mut log, 1000..1001);
    assert_eq!(all(directory.path()).last().unwrap().line, 1000);
}

#[test]
fn a_torn_tail_is_ignored_and_then_cut_off() {
    let directory = tempdir().unwrap();
    let mut log = writer(&directory);
    lines(&mut log, 0..2000);
    drop(log);
    let path = directory.path().join("log.0");
    let whole = fs::read(&path).unwrap();
    for lost in [1, 5, 20, 40, 5000] {
        fs::write(&path, &whole[..whole.len() - lost]).unwrap();
        let before = all(directory.path());
        assert!(before.len() < 2000);
        let mut log = writer(&directory);
        assert_eq!(log.next_line(), before.len() as u64);
        lines(&mut log, before.len() as u64..before.len() as u64 + 600);
        let after = all(directory.path());
        assert_eq!(after.len(), before.len() + 600);
        let mut reader = Reader::open(directory.path()).unwrap();
        assert_eq!(
            reader.range(before.len() as u64 + 500, 1).unwrap()[0].bytes,
            after[before.len() + 500].bytes
        );
    }
    // A power failure leaves zeros where data had no time to arrive, or nothing of a file.
    let mut zeros = whole.clone();
    zeros.extend([0; 4096]);
    fs::write(&path, &zeros).unwrap();
    assert_eq!(all(directory.path()).len(), 2000);
    assert_eq!(writer(&directory).next_line(), 2000);
    File::create(directory.path().join("log.1")).unwrap();
    assert_eq!(all(directory.path()).len(), 2000);
    assert_eq!(writer(&directory).next_line(), 2000);
    // An index that was lost is made again.
    fs::remove_file(directory.path().join("index.0")).unwrap();
    let mut reader = Reader::open(directory.path()).unwrap();
    assert_eq!(reader.range(1500, 1).unwrap()[0].line, 1500);
    drop(writer(&directory));
    assert!(
        fs::metadata(directory.path().join("index.0"))
            .unwrap()
            .len()
            > 100
    );
}

#[test]
fn a_hundred_thousand_lines_a_second_are_written_with_ease() {
    let directory = tempdir().unwrap();
    let mut log = writer(&directory);
    let line = [vec![b'a'; 100], b"\n".to_vec()].concat();
    let batch = line.repeat(100);
    let start = Instant::now();
    for time in 0..2000 {
        log.write(Stream::Stdout, time, &batch).unwrap();
        log.flush().unwrap();
    }
    let taken = start.elapsed();
    let opened = Instant::now();
    let mut reader = Reader::open(directory.path()).unwrap();
    assert_eq!(reader.tail(10).unwrap()[0].line, 199_990);
    let tail = opened.elapsed();
    eprintln!("200,000 lines in {taken:?}, tail in {tail:?}");
    // Unoptimised code on a busy machine; optimised it is some twenty times quicker.
    assert!(taken.as_secs_f64() < 20.0);
}

fn search(directory: &Path, query: &Query) -> Vec<Run> {
    let mut reader = Reader::open(directory).unwrap();
    let mut query = query.clone();
    let mut runs = Vec::new();
    // In small steps, as one that can be stopped does it.
    while !reader.search(&mut query, 1000, &mut runs).unwrap().at_end {}
    runs
}

fn run(line: u64, lines: u64, finds: u32) -> Run {
    Run { line, lines, finds }
}

#[test]
fn a_search_tells_rows_and_how_often() {
    let directory = tempdir().unwrap();
    let rotation = Rotation {
        max_size: Some(3000),
        max_files: None,
    };
    let mut log = Writer::open(directory.path(), rotation).unwrap();
    lines(&mut log, 0..400);
    let text = |text| Query::new(Pattern::Text(text), Case::Ignore).unwrap();
    assert_eq!(
        search(directory.path(), &text("LINE 39")),
        [run(39, 1, 1), run(390, 10, 1)]
    );
    assert_eq!(search(directory.path(), &text("line")), [run(0, 400, 1)]);
    assert_eq!(
        search(directory.path(), &text("3"))[..4],
        [run(3, 1, 1), run(13, 1, 1), run(23, 1, 1), run(30, 3, 1)]
    );
    let exact = Query::new(Pattern::Text("Line"), Case::Match).unwrap();
    assert_eq!(search(directory.path(), &exact), []);
    let regex = Query::new(Pattern::Regex("^line [17]7?7$"), Case::Match).unwrap();
    assert_eq!(
        search(directory.path(), &regex),
        [run(17, 1, 1), run(77, 1, 1), run(177, 1, 1)]
    );
    assert!(Query::new(Pattern::Regex("("), Case::Match).is_err());
}

#[test]
fn a_search_sees_what_a_person_sees() {
    let directory = tempdir().unwrap();
    let mut log = writer(&directory);
    let rows = "\u{1b}[31mca\u{1b}[1mrt\u{1b}[0m a.b CART\n한글 상품명 É\nx\n";
    log.write(Stream::Stdout, 1, rows.as_bytes()).unwrap();
    log.write(Stream::Stderr, 2, b"a+b \xff cart\n").unwrap();
    log.flush().unwrap();
    let found = |text| {
        search(
            directory.path(),
            &Query::new(Pattern::Text(text), Case::Ignore).unwrap(),
        )
    };
    assert_eq!(found("cart"), [run(0, 1, 2), run(3, 1, 1)]);
    assert_eq!(found("[31m"), []);
    assert_eq!(found("a.b"), [run(0, 1, 1)]);
    assert_eq!(found("상품"), [run(1, 1, 1)]);
    let errors = Query::default().of(Some(Stream::Stderr));
    assert_eq!(search(directory.path(), &errors), [run(3, 1, 1)]);
    let both = Query::new(Pattern::Text("cart"), Case::Ignore).unwrap();
    let both = both.of(Some(Stream::Stdout));
    assert_eq!(search(directory.path(), &both), [run(0, 1, 2)]);
}

#[test]
fn a_find_may_reach_from_one_piece_of_a_line_into_the_next() {
    let directory = tempdir().unwrap();
    let mut log = writer(&directory);
    let long = |before: usize, word: &str| format!("{}{word} end\n", "-".repeat(before));
    let cut = MAX_ENTRY - 2;
    log.write(Stream::Stdout, 1, long(cut, "cart").as_bytes())
        .unwrap();
    // A row of the other stream between the pieces, and lines that only touch.
    log.write(Stream::Stdout, 2, "-".repeat(cut).as_bytes())
        .unwrap();
    log.write(Stream::Stdout, 2, b"ca").unwrap();
    log.write(Stream::Stderr, 2, b"rt ca\n").unwrap();
    log.write(Stream::Stdout, 3, b"rt cart\n").unwrap();
    log.write(Stream::Stdout, 4, b"ca\nrt\n").unwrap();
    log.flush().unwrap();
    let mut reader = Reader::open(directory.path()).unwrap();
    let rows = reader.range(0, 10).unwrap();
    let query = Query::new(Pattern::Text("cart"), Case::Ignore).unwrap();
    let found: Vec<_> = search(directory.path(), &query)
        .iter()
        .map(|run| (rows[run.line as usize].bytes.clone(), run.finds))
        .collect();
    assert_eq!(found, [(b"rt end".to_vec(), 1), (b"rt cart".to_vec(), 2)]);
}

#[test]
fn the_extent_counts_what_is_kept() {
    let directory = tempdir().unwrap();
    let reader = Reader::open(directory.path()).unwrap();
    assert_eq!(reader.extent().unwrap(), Extent::default());
    let rotation = Rotation {
        max_size: Some(20_000),
        max_files: Some(2),
    };
    let mut log = Writer::open(directory.path(), rotation).unwrap();
    for number in 0..5000 {
        let stream = if number % 5 == 0 {
            Stream::Stderr
        } else {
            Stream::Stdout
        };
        log.write(stream, number, b"some text\n").unwrap();
    }
    log.flush().unwrap();
    let extent = reader.extent().unwrap();
    assert!(extent.first > 2000 && extent.end == 5000, "{extent:?}");
    let kept = extent.first..extent.end;
    let errors = kept.filter(|line| line % 5 == 0).count() as u64;
    assert_eq!(extent.stderr, errors);
    assert!(extent.bytes > 20_000 && extent.bytes < 40_100, "{extent:?}");
}
