"""The Models page: what there is, how it learned, how it was made."""
