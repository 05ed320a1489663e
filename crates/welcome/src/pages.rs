//! The files it serves: those in /srv, which a commit can change, else the ones built in.

use std::{fs, path::Path};

const FOLDER: &str = "/srv";

const BUILT_IN: &[(&str, &[u8])] = &[
    ("index.html", include_bytes!("../page/index.html")),
    ("style.css", include_bytes!("../page/style.css")),
    ("mark.svg", include_bytes!("../page/mark.svg")),
    ("mark-dark.svg", include_bytes!("../page/mark-dark.svg")),
];

pub struct File {
    pub kind: &'static str,
    pub body: Vec<u8>,
}

/// The file behind a request path. Only known names are looked up, so no path leads elsewhere.
pub fn find(path: &str) -> Option<File> {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let (name, built_in) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    let body = fs::read(Path::new(FOLDER).join(name)).unwrap_or_else(|_| built_in.to_vec());
    Some(File {
        kind: kind(name),
        body,
    })
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
