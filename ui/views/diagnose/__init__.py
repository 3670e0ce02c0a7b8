"""The Diagnose page: what is wrong with a model, and on which sentences it shows."""
