//! What of an image does not exist here, because this user namespace cannot hold it.

use gantry_oci::DiffId;

use crate::index::{EntryKind, join};
use crate::{Result, Store};

/// Paths that are named.
const EXAMPLES: usize = 3;

/// What containers of an image miss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Entries of all layers that could not be created in full.
    pub entries: u64,
    /// Some that a container would see, with what they are.
    pub examples: Vec<(Vec<u8>, EntryKind)>,
}

impl Store {
    /// What containers on these layers, given lowest first, see otherwise than the image says:
    /// devices are missing, owners and attributes are others. `None` where they miss nothing; below
    /// `/dev` they have their own.
    pub fn withheld(&self, layers: &[DiffId]) -> Result<Option<Withheld>> {
        let mut affected = Vec::new();
        for (height, layer) in layers.iter().enumerate() {
            let layer = self.layer(layer)?;
            if layer.facts.withheld > 0 {
                affected.push((layers.len() - 1 - height, layer));
            }
        }
        if affected.is_empty() {
            return Ok(None);
        }
        let chain = self.chain_of(layers)?;
        let mut examples = Vec::new();
        for (position, layer) in &affected {
            let mut hidden = Ok(());
            layer.entries()?.for_each(|directory, entry| {
                let path = join(directory, &entry.name);
                if !entry.withheld || examples.len() == EXAMPLES || path.starts_with(b"dev/") {
                    return;
                }
                match chain.lookup(&path) {
                    Ok(Some((at, _))) if at == *position => examples.push((path, entry.kind)),
                    Ok(_) => {}
                    Err(error) => hidden = Err(error),
                }
            })?;
            hidden?;
        }
        let entries = affected.iter().map(|(_, layer)| layer.facts.withheld).sum();
        Ok((!examples.is_empty()).then_some(Withheld { entries, examples }))
    }
}
