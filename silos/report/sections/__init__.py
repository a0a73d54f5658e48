"""The sections of the report: each a function of the results and the words of a language. Nothing is estimated here."""
