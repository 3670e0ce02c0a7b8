"""The encoder-decoder family: one signature for every variant."""
