"""Lessons: a Markdown file whose questions the models answer."""
