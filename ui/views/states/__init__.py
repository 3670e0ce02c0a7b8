"""The States page: the path of the hidden state, its neighbours, its units, what it knows."""
