"""Questions about the graph of a run: which cuts are faults, and where to say so."""
