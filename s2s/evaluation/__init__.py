"""Evaluation: scores, models compared with intervals, attention against gold links."""
