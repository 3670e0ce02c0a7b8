"""The dashboard: one thin page per question, and the entry point that leads to them."""

from ui.frame import navigation

navigation.run()
