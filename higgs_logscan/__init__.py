"""higgs-logscan: what the training log of a Higgs Audio model proves, and what it does not."""
