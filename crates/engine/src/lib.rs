//! The use cases: containers, images, tasks, events.
