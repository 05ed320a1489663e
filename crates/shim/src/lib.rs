//! Supervises one container.
