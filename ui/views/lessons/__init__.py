"""The page Lessons: guess, then see."""
