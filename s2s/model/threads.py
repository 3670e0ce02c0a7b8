"""One thread for each computation: many visitors share a server, and figures need no more.

With a second busy process two threads made a training step three times slower.
"""

from __future__ import annotations

import torch
from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """Let PyTorch and NumPy's BLAS, which has a pool of its own, use one thread from here on."""
    torch.set_num_threads(1)
    threadpool_limits(1)
