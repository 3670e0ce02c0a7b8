"""Checkpoints: a readable folder per model, its card, and other people's models imported."""
