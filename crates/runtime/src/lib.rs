//! From an OCI bundle to a running pid 1.
