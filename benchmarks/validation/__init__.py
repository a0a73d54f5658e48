"""The validation of the verdicts on organisations where the answer is known: METHODS, section "Validation protocol".

`runs` makes organisations and judges them, `others` does what other tools do on the same logs, `coverage` draws the
people of one organisation again and again, `summary` adds up, `tables` and `figures` write docs/validation.md.
"""
