//! Request and response types of the Docker Engine API and of /gantry/v1.
