"""The notebooks run from top to bottom."""

import nbformat
import pytest
from nbclient import NotebookClient

from silos.analysis.result import Figures
from tests.support.places import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.long
def test_notebook_runs(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any(output["output_type"] == "execute_result" for output in shown)
    assert not [output for output in shown if output.get("name") == "stderr"]


def test_the_gallery_has_every_picture():
    notebook = nbformat.read(ROOT / "notebooks" / "06_gallery.ipynb", as_version=4)
    cells = {cell.source for cell in notebook.cells}
    pictures = [name for name, member in vars(Figures).items() if callable(member) and not name.startswith("_")]
    assert len(pictures) > 10
    assert not [name for name in pictures if f"analysis.plot.{name}().figure" not in cells]
