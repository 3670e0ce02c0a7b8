"""The first page: a model that writes, six questions, the tutorials, and the way back."""
