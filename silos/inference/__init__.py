"""How sure a number is: intervals, null models, false discovery."""
