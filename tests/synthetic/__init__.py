"""Training logs with known faults, written from the mechanism: layout, run, faults, wordings."""
