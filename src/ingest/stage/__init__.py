"""The staging area: sealed immutable batches and the journal of what was loaded. No warehouse here."""
