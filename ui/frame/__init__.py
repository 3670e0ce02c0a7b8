"""What stands around every page: navigation, the choice of a model, the link, the edits."""
