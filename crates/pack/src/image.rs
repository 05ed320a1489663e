//! An image: layers, a config and names.

use std::io;

use serde_json::{Value, json};

use crate::{TIME_TEXT, Tree, sha256};

/// One line of an image's history.
pub struct Step {
    created_by: String,
    /// The tar of its layer; `None` for a step that only changes the config.
    layer: Option<Vec<u8>>,
}

/// What an archive is written from.
pub struct Image {
    pub(crate) names: Vec<String>,
    steps: Vec<Step>,
    config: Value,
    architecture: String,
}

impl Image {
    /// An image for x86-64 without layers, called `name` (as `busybox:latest`).
    pub fn new(name: &str) -> Self {
        Self {
            names: vec![name.to_owned()],
            steps: Vec::new(),
            config: json!({}),
            architecture: "amd64".to_owned(),
        }
    }

    /// The `config` part of the image config: `Cmd`, `Env`, `ExposedPorts`, …
    #[must_use]
    pub fn config(mut self, config: Value) -> Self {
        self.config = config;
        self
    }

    /// For another processor, in Go's words (`arm64`, `s390x`).
    #[must_use]
    pub fn architecture(mut self, architecture: &str) -> Self {
        architecture.clone_into(&mut self.architecture);
        self
    }

    #[must_use]
    pub fn also_named(mut self, name: &str) -> Self {
        self.names.push(name.to_owned());
        self
    }

    pub fn layer(mut self, created_by: &str, tree: Tree) -> io::Result<Self> {
        let layer = Some(tree.into_tar()?);
        self.steps.push(Step {
            created_by: created_by.to_owned(),
            layer,
        });
        Ok(self)
    }

    /// A history line without a layer, as `ENV` and `CMD` leave one.
    #[must_use]
    pub fn step(mut self, created_by: &str) -> Self {
        self.steps.push(Step {
            created_by: created_by.to_owned(),
            layer: None,
        });
        self
    }

    /// The tars of the layers, lowest first.
    pub fn layers(&self) -> impl Iterator<Item = &[u8]> {
        self.steps.iter().filter_map(|step| step.layer.as_deref())
    }

    /// `sha256:…` of the config: what Docker calls the image's id.
    pub fn id(&self) -> String {
        format!("sha256:{}", sha256(&self.config_json()))
    }

    pub(crate) fn config_json(&self) -> Vec<u8> {
        let diff_ids: Vec<String> = self
            .layers()
            .map(|tar| format!("sha256:{}", sha256(tar)))
            .collect();
        let history: Vec<Value> = self.steps.iter().map(Step::to_json).collect();
        let config = json!({
            "created": TIME_TEXT,
            "architecture": self.architecture,
            "os": "linux",
            "config": self.config,
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
            "history": history,
        });
        config.to_string().into_bytes()
    }
}

impl Step {
    fn to_json(&self) -> Value {
        let mut step = json!({ "created": TIME_TEXT, "created_by": self.created_by });
        if self.layer.is_none() {
            step["empty_layer"] = Value::Bool(true);
        }
        step
    }
}
