"""Calendars: iCalendar files, including series."""
