"""The scripts in docs/ that make pages from the code."""

import importlib
import sys
from types import ModuleType

from tests.support.places import DOCS

#: The scripts, by the names of their modules.
SCRIPTS = sorted(path.stem for path in DOCS.glob("make_*.py"))


def script(name: str) -> ModuleType:
    """A script of docs/ as a module; `docs` is on the path, as it is where the script is run."""
    if str(DOCS) not in sys.path:
        sys.path.append(str(DOCS))
    return importlib.import_module(name)
