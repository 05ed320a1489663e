use serde::{Deserialize, Serialize};

/// The answer to `GET /gantry/v1/containers/{id}/shell`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shell {
    /// Its path in the container; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}
