"""What Python does with values: objects, containers, contexts, operators, writes."""
