"""Calendars: iCalendar files, series and all."""
