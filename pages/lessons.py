"""Lessons: guess, then see what the models do."""

from ui.frame import navigation

navigation.ensure()

from ui.views.lessons import course

course.show()
