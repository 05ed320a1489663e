//! What this computer lacks for containers, whether an engine runs or not.

use gantry_client::MendError;
use gantry_view::{Failure, Finding, FindingState, Mend, SelfCheck};
use gantry_wire::gantry;

use crate::Desk;

pub(crate) async fn run(desk: &Desk, request: SelfCheck) -> Result<Vec<Finding>, Failure> {
    let place = desk.link().place()?;
    let found = gantry_client::examine(place, request.repair).await;
    let found = found.map_err(|error| crate::failure::told(error.failure(), error.to_string()))?;
    Ok(found.into_iter().map(finding).collect())
}

pub(crate) async fn mend(desk: &Desk, request: Mend) -> Result<(), Failure> {
    let place = desk.link().place()?;
    let mended = gantry_client::mend(place, &request.check, &request.script).await;
    mended.map_err(|error| match error {
        MendError::Start(error) => crate::failure::told(error.failure(), error.to_string()),
        other => Failure {
            what: "It was not mended".to_owned(),
            why: other.to_string(),
            ..Failure::new(other.code(), other.to_string())
        },
    })
}

fn finding(found: gantry::Finding) -> Finding {
    Finding {
        check: found.check,
        state: match found.state {
            gantry::FindingState::Good => FindingState::Good,
            gantry::FindingState::Repaired => FindingState::Repaired,
            gantry::FindingState::Note => FindingState::Note,
            gantry::FindingState::Problem => FindingState::Problem,
        },
        code: found.code,
        facts: found.facts,
        what: found.what,
        why: found.why,
        next: found.next,
        script: found.fix,
    }
}
