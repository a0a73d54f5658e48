"""Every result as files give it: through the gate, so that no hidden group follows from what is shown."""
