//! Image vocabulary: references, digests, manifests, configs, platforms; no I/O.
