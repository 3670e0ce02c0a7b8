"""The lines that write check.json, for a notebook that has the original model."""

LINES = """\
import json
entries = []
for ids in sources:                # five or so, as your encoder reads them, ends included
    output, logits = [], []
    state, fed = encode(ids), SOS  # your own encoder and start id
    while len(output) < MAX_LENGTH and fed != EOS:
        row, state = step(fed, state)          # your own decoder: logits of one step
        fed = int(row.argmax())
        output.append(fed); logits.append(row.flatten().tolist())
    entries.append({"source": ids, "output": output, "logits": logits})
json.dump(entries, open("check.json", "w"))
"""
