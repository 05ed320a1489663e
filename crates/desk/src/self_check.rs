//! What this computer lacks for containers, whether an engine runs or not.

use gantry_view::{Failure, Finding, FindingState, SelfCheck};
use gantry_wire::gantry;

use crate::Desk;

pub(crate) async fn run(desk: &Desk, request: SelfCheck) -> Result<Vec<Finding>, Failure> {
    let place = desk.link().place()?;
    let found = gantry_client::examine(place, request.repair).await;
    let found = found.map_err(|error| crate::failure::told(error.failure(), error.to_string()))?;
    Ok(found.into_iter().map(finding).collect())
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
        what: found.what,
        why: found.why,
        next: found.next,
    }
}
