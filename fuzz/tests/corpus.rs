//! Every file of the corpus through its target, cut and changed as well.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

#[test]
fn the_corpus_is_replayed() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in gantry_fuzz::TARGETS {
        let mut count = 0;
        for file in fs::read_dir(corpus.join(target)).unwrap() {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            gantry_fuzz::run(target, &bytes);
            // What a fuzzer does first.
            for part in 1..8 {
                gantry_fuzz::run(target, &bytes[..bytes.len() * part / 8]);
                let mut changed = bytes.clone();
                if let Some(byte) = changed.get_mut(bytes.len() * part / 8) {
                    *byte ^= 0x41;
                }
                gantry_fuzz::run(target, &changed);
            }
            count += 1;
        }
        assert!(count > 1, "{target} has {count} files");
    }
}
