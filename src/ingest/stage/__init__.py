"""The staging area: sealed immutable batches, the base of old ones, the journal of what was loaded. No warehouse here."""
