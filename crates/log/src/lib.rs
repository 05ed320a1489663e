//! A container's log: written and indexed by its shim, read by anyone.
