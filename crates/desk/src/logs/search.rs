//! Searching a log.

use futures_util::{Stream, StreamExt};
use gantry_client::LogSearch;
use gantry_view::{Failure, LogFound, LogRun, SearchLog};

use crate::{Desk, failure::failure, items::items};

pub(crate) fn search(
    desk: &Desk,
    request: SearchLog,
) -> impl Stream<Item = Result<LogFound, Failure>> + Send + 'static {
    let desk = desk.clone();
    items(async move |items| {
        let client = desk.link().client().await?;
        let search = LogSearch {
            text: request.text,
            regex: request.regex,
            side: request.side.map(super::side),
            follow: true,
            ..LogSearch::default()
        };
        let found = client.log_search(&request.id, &search).await;
        let mut found = found.map_err(failure)?;
        while let Some(found) = found.next().await {
            let found = found.map_err(failure)?;
            let runs = found.runs.into_iter();
            let item = LogFound {
                runs: runs.map(|run| LogRun(run.0, run.1, run.2)).collect(),
                searched: found.searched,
                at_end: found.at_end,
            };
            items.send(item).await;
        }
        Ok(())
    })
}
