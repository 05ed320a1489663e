//! `events`.

use clap::Args;
use futures_util::StreamExt;
use gantry_client::Client;
use gantry_wire::{EventMessage, Timestamp};
use jiff::Zoned;
use jiff::tz::TimeZone;

use super::filters;
use crate::output::{Template, when};

#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// Filter: type=container, event=die, container=…
    #[arg(short, long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
    /// json, or a template such as {{.Action}}
    #[arg(long)]
    format: Option<String>,
    /// Show what happened since a time or duration
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Show what happens until a time or duration, then end
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

pub(crate) async fn events(client: &Client, args: EventsArgs) -> anyhow::Result<()> {
    let since = args.since.as_deref().map(when::unix).transpose()?;
    let until = args.until.as_deref().map(when::unix).transpose()?;
    let filters = filters::parse(&args.filter)?;
    let template = match args.format.as_deref() {
        None | Some("json") => None,
        Some(template) => Some(Template::of_list(template)?),
    };
    let mut events = client
        .events(since.as_deref(), until.as_deref(), &filters)
        .await?;
    while let Some(event) = events.next().await {
        let event = event?;
        match (&template, &args.format) {
            (Some(template), _) => {
                println!("{}", template.render(&serde_json::to_value(&event)?)?);
            }
            (None, Some(_)) => println!("{}", serde_json::to_string(&event)?),
            (None, None) => println!("{}", line(&event)),
        }
    }
    Ok(())
}

/// `2026-01-31T09:30:00.123456789Z container start 0123… (image=busybox, name=web)`.
fn line(event: &EventMessage) -> String {
    let time = Timestamp::from_nanosecond(event.time_nano.into()).unwrap_or_default();
    let time = Zoned::new(time, TimeZone::system());
    let format = if time.offset().is_zero() {
        "%Y-%m-%dT%H:%M:%S.%9fZ"
    } else {
        "%Y-%m-%dT%H:%M:%S.%9f%:z"
    };
    let time = time.strftime(format);
    let text = format!("{time} {} {} {}", event.kind, event.action, event.actor.id);
    let attributes: Vec<String> = event
        .actor
        .attributes
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    if attributes.is_empty() {
        return text;
    }
    format!("{text} ({})", attributes.join(", "))
}
