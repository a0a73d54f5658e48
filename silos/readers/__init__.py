"""Reads exports and rosters of any tool into canonical tables."""

from silos.readers.log import enough_room, read_interactions, scanning, unreadable
from silos.readers.reader import Reader
from silos.readers.registry import FORMATS
from silos.readers.tabular.timestamps import DateOrderError

__all__ = ["FORMATS", "DateOrderError", "Reader", "enough_room", "read_interactions", "scanning", "unreadable"]
