"""Whether advice was right: on planted organisations, on a public network, on a real change of a chart."""
