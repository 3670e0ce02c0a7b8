"""The Training page: start a run, watch it, keep it."""
