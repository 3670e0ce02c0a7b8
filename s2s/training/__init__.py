"""Training: a report per epoch, runs that go on, and the recipes' models made again."""
