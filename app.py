"""Seq2Seq Microscope: the dashboard's entry point. Everything else is in pages/ and ui/."""

from ui.frame import navigation

navigation.run()
