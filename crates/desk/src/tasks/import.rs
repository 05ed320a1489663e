//! Files of this computer become images.

use std::{
    env,
    path::{Path, PathBuf},
};

use gantry_client::Client;
use gantry_view::{Failure, ImportImages, ImportWelcome};
use gantry_wire::gantry::LoadRequest;

use crate::{Desk, failure::failure, file, path};

/// The image that comes with Gantry.
const WELCOME: &str = "gantry-welcome.tar";

pub(crate) async fn import(desk: &Desk, request: ImportImages) -> Result<Vec<String>, Failure> {
    let paths = request.paths.iter().map(|typed| path::absolute(typed));
    // All are looked at before the first is begun.
    let paths = paths
        .map(|path| path.and_then(there))
        .collect::<Result<Vec<_>, _>>()?;
    let client = desk.link().client().await?;
    let mut tasks = Vec::with_capacity(paths.len());
    for path in paths {
        tasks.push(load(&client, &path).await?);
    }
    Ok(tasks)
}

pub(crate) async fn import_welcome(desk: &Desk, _: ImportWelcome) -> Result<String, Failure> {
    let program = env::current_exe().unwrap_or_default();
    let path = welcome(&program).ok_or_else(|| welcome_missing(&program))?;
    let client = desk.link().client().await?;
    load(&client, &path).await
}

/// Beside the program, and where packages put what is not a program.
fn welcome(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?;
    ["", "../share/gantry", "../lib/gantry"]
        .into_iter()
        .map(|place| folder.join(place).join(WELCOME))
        .find(|path| path.is_file())
}

/// The image is a file of its own, which whoever copied the program elsewhere left behind.
fn welcome_missing(program: &Path) -> Failure {
    let folder = program.parent().unwrap_or(Path::new("/")).display();
    Failure {
        what: "The built-in image was not added".to_owned(),
        why: format!("Its file, {WELCOME}, is not in {folder}"),
        next: "Install Gantry again, or put the file back beside the program. Any other image \
               works without it."
            .to_owned(),
        ..Failure::new(
            "welcome-missing",
            format!("{WELCOME} was not found beside {}", program.display()),
        )
    }
    .with("file", WELCOME)
    .with("folder", folder)
}

async fn load(client: &Client, path: &Path) -> Result<String, Failure> {
    let request = LoadRequest {
        path: path.to_string_lossy().into_owned(),
    };
    let started = client.load_task(&request).await.map_err(failure)?;
    Ok(started.task)
}

fn there(path: PathBuf) -> Result<PathBuf, Failure> {
    match path.metadata() {
        Ok(_) => Ok(path),
        Err(error) => Err(Failure {
            what: format!("{} was not imported", path.display()),
            why: file::reason(&error),
            next: "Check the path, and that you may read the file.".to_owned(),
            ..Failure::new("file-not-found", format!("{}: {error}", path.display()))
        }
        .with("path", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_welcome_image_is_found_where_it_is_installed() {
        let root = tempfile::tempdir().expect("a folder");
        let bin = root.path().join("bin");
        let share = root.path().join("share/gantry");
        std::fs::create_dir_all(&bin).expect("made");
        std::fs::create_dir_all(&share).expect("made");
        let program = bin.join("gantry");
        assert_eq!(welcome(&program), None);
        std::fs::write(share.join(WELCOME), "").expect("made");
        assert!(welcome(&program).is_some());
        std::fs::write(bin.join(WELCOME), "").expect("made");
        assert_eq!(welcome(&program), Some(bin.join(WELCOME)));
    }

    #[test]
    fn a_missing_welcome_image_says_where_it_belongs() {
        let failure = welcome_missing(Path::new("/opt/gantry/gantry-desktop"));
        assert_eq!(failure.code, "welcome-missing");
        assert_eq!(failure.fact("folder"), "/opt/gantry");
        assert!(!failure.next.is_empty());
    }

    #[test]
    fn a_file_that_is_not_there_is_said_before_anything_begins() {
        let failure = there("/no/such.tar".into()).expect_err("not there");
        assert_eq!(
            (&*failure.code, failure.fact("path")),
            ("file-not-found", "/no/such.tar")
        );
    }
}
