"""A folder for each page: what its page alone shows."""
