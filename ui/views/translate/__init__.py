"""The Translate page beside the step view: the answers not taken."""
