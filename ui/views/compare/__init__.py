"""The Compare page: a sentence and a test set through several models."""
