//! Control groups.
use super::Paths;
/// The control groups that this engine may write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cgroups {}
impl Cgroups {
    pub(super) fn find(_paths: &Paths, _warnings: &mut Vec<String>) -> Self {
        Self {}
    }
}
