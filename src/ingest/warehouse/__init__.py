"""The warehouse: one writer that migrates, loads, builds, checks and publishes; readers that never lock. SQL is in warehouse/."""
