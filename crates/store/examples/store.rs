//! Drives a store from the command line and prints how long it took.
//!
//! ```text
//! store ROOT load FILE | save FILE NAME… | gzip FILE NAME… | commit UPPER PARENT NAME | remove NAME | images
//! ```

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use gantry_store::{
    CancelFlag, CommitRequest, Compression, RemoveOptions, SaveRequest, Store, Target, UpperDir,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [root, verb, rest @ ..] = &words[..] else {
        return Err("store ROOT VERB …".into());
    };
    let store = Store::open(Path::new(root))?;
    let cancel = CancelFlag::new();
    let start = Instant::now();
    match (*verb, rest) {
        ("load", [file]) => {
            for image in store.load_path(Path::new(file), &(), &cancel)? {
                println!("{} {:?} new={}", image.id, image.names, image.new);
            }
        }
        ("save" | "gzip", [file, names @ ..]) => {
            let images = names.iter().map(|name| name.parse().map(Target::Name));
            let request = SaveRequest {
                images: images.collect::<Result<_, _>>()?,
                compression: if *verb == "gzip" {
                    Compression::Gzip
                } else {
                    Compression::None
                },
                ..SaveRequest::default()
            };
            store.save(&request, File::create(file)?, &(), &cancel)?;
        }
        ("commit", [upper, parent, name]) => {
            let parent = store.image(&store.resolve(parent)?)?;
            let request = CommitRequest {
                parent: Some(parent.id),
                upper: UpperDir(PathBuf::from(upper)),
                paths: Vec::new(),
                config: (*parent.config).clone(),
                author: String::new(),
                comment: String::new(),
                created_by: String::new(),
                names: vec![name.parse()?],
                compression: Compression::Gzip,
            };
            println!("{}", store.commit(&request, &(), &cancel)?);
        }
        ("remove", [name]) => {
            println!("{:?}", store.remove(name, RemoveOptions::default())?);
        }
        ("images", []) => {
            for image in store.images()? {
                println!("{} {:?} {} bytes", image.id, image.names, image.size);
            }
        }
        _ => return Err("unknown verb".into()),
    }
    println!("{:.3} s", start.elapsed().as_secs_f64());
    Ok(())
}
