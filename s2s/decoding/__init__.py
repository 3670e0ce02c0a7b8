"""Decoding: text read, an answer written by greedy, beam or sampling; edits as arguments."""
