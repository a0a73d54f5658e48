"""Windows, events, moves on the chart: what changed from one time to another."""
