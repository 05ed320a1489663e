//! HTTP in front of the engine: Docker Engine API and /gantry/v1.
