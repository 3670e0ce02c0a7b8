"""The Attention page: one step, with every number."""
