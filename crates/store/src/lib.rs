//! Images on disk: verified blobs, unpacked layers, names; load, save, commit.
