"""Directories of people, as HR and identity systems export them: headings, ids, managers, periods."""
