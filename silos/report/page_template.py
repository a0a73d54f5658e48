"""The templates of pages, compiled here or by another process that has time: it takes longer than to fill one in."""

import marshal
from functools import cache
from typing import TYPE_CHECKING, Any

from silos.locales.phrases import phrases
from silos.privacy.suppression import OTHER

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from jinja2.runtime import Context

#: The page of an analysis.
PAGE = "report.html.j2"


@cache
def compiled(name: str = PAGE) -> bytes:
    """The program that a template becomes: the same Python on the same machine can run it."""
    loader = _environment().loader
    assert loader is not None
    source, path, _ = loader.get_source(_environment(), name)
    return marshal.dumps(_environment().compile(source, name, path))


def template(name: str = PAGE, program: bytes | None = None) -> "Template":
    """A page to fill in.

    Args:
        name: of the template.
        program: what it becomes, if that is `compiled` already.
    """
    environment = _environment()
    if program is None:
        return environment.get_template(name)
    return environment.template_class.from_code(environment, marshal.loads(program), environment.make_globals(None))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context

    return Environment(
        loader=PackageLoader("silos.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=pass_context(_in_language),
    )


def _in_language(context: "Context", value: Any) -> Any:
    """What is printed, with the one name of ours among those of departments, "Other (small)", as a language says it."""
    if isinstance(value, str) and OTHER in value:
        return value.replace(OTHER, phrases(context["language"])["report"]["other_small"])
    return value
