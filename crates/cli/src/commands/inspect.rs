//! `inspect`: containers first, then images, as Docker looks.

use clap::{Args, ValueEnum};
use gantry_client::{Client, Error};
use serde_json::Value;

use crate::exit::Exit;
use crate::output::{Template, go_names};

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// json, or a template such as {{.State.Pid}}
    #[arg(short, long)]
    format: Option<String>,
    /// Show sizes of containers
    #[arg(short, long)]
    size: bool,
    /// Look among these only
    #[arg(long = "type", value_enum)]
    kind: Option<Kind>,
    #[arg(required = true, value_name = "NAME|ID")]
    names: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Container,
    Image,
}

pub(crate) async fn inspect(client: &Client, args: InspectArgs) -> anyhow::Result<()> {
    let template = match args.format.as_deref() {
        None | Some("json") => None,
        Some(template) => Some(Template::parse(template)?),
    };
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in &args.names {
        match look(client, &args, name).await {
            Ok(value) => found.push(value),
            Err(error) => missing.push(error),
        }
    }
    match (&template, args.format.is_some()) {
        (Some(template), _) => {
            for value in &found {
                println!("{}", go_names::render(template, value)?);
            }
        }
        (None, true) => println!("{}", Value::Array(found)),
        (None, false) => println!("{:#}", Value::Array(found)),
    }
    for error in &missing {
        eprintln!("gantry: {error}");
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Exit::silent(1).into())
    }
}

async fn look(client: &Client, args: &InspectArgs, name: &str) -> Result<Value, String> {
    let mut found = Err(None);
    if args.kind != Some(Kind::Image) {
        found = settle(client.inspect_container_raw(name, args.size).await);
    }
    if matches!(found, Err(None)) && args.kind != Some(Kind::Container) {
        found = settle(client.inspect_image_raw(name).await);
    }
    found.map_err(|error| match error {
        Some(error) => error.to_string(),
        None => match args.kind {
            Some(Kind::Container) => format!("No such container: {name}"),
            Some(Kind::Image) => format!("No such image: {name}"),
            None => format!("No such object: {name}"),
        },
    })
}

/// "Not found" leads on to the next kind.
fn settle(answer: Result<Value, Error>) -> Result<Value, Option<Error>> {
    answer.map_err(|error| (!error.is_not_found()).then_some(error))
}
