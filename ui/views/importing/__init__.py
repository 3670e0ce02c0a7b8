"""Importing: sections of the page on which visitors bring their own models."""
