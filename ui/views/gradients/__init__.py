"""The Gradients page: what reaches back through time, and whether to trust attention."""
