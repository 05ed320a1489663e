//! Verbs that take several names: each on its own, one failure does not stop the others.

use gantry_client::Error;

use crate::exit::{Exit, describe};

/// Does it for each name and prints those it worked for.
pub(crate) async fn each<'a, F>(
    names: &'a [String],
    act: impl Fn(&'a str) -> F,
) -> anyhow::Result<()>
where
    F: Future<Output = Result<(), Error>>,
{
    let mut failed = false;
    for name in names {
        match act(name).await {
            Ok(()) => println!("{name}"),
            Err(error) => {
                eprintln!("gantry: {}", describe(&error));
                failed = true;
            }
        }
    }
    if failed {
        return Err(Exit::silent(1).into());
    }
    Ok(())
}
