"""Seq2Seq Microscope: the dashboard's entry point. Everything else is in pages/ and ui/."""

from ui import navigation

navigation.run()
