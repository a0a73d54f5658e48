"""From options to the log and the roster, for every command that reads both."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from silos.errors import ReadError, SilosError
from silos.system.console import bytes_read

#: Options that say how to read the log and the roster; all others are those of the analysis.
_OF_INPUTS = (
    *("logs", "log_format", "columns", "sheets", "date_order", "engine"),
    *("roster", "roster_columns", "roster_sheet", "keep", "same_domains", "key_file"),
)


def of_analysis(options: dict[str, Any]) -> dict[str, Any]:
    """The options of the analysis itself, none of which says what cannot be: nothing was read yet."""
    from silos.ties.log_kinds import asked_kinds
    from silos.ties.refusals import refuse_empty_period

    asked = {name: value for name, value in options.items() if name not in _OF_INPUTS}
    with of_usage():
        refuse_empty_period(asked["since"], asked["until"])
    try:
        return asked | {"log_kinds": asked_kinds(asked["log_kinds"])}
    except SilosError as error:
        raise click.BadParameter(str(error), click.get_current_context(), param_hint="--log-kind") from None


def parameters_of(asked: dict[str, Any]) -> Any:
    """The options of the analysis as it takes them: what they alone refuse is wrong usage."""
    from silos.analysis.parameters import Parameters

    with of_usage():
        return Parameters.of(**asked)


def staff_of(options: dict[str, Any]) -> Any:
    """The roster."""
    from silos.readers.roster import read_roster

    return read_roster(
        options["roster"],
        columns=options["roster_columns"],
        date_order=options["date_order"],
        key_file=options["key_file"],
        sheet=options["roster_sheet"],
        keep=options["keep"],
        same_domains=options["same_domains"],
    )


def interactions_of(options: dict[str, Any]) -> Any:
    """The log."""
    from silos.readers import read_interactions

    with bytes_read() as read:
        return read_interactions(
            list(options["logs"]),
            format=options["log_format"],
            columns=options["columns"],
            date_order=options["date_order"],
            sheet=options["sheets"],
            engine=options["engine"],
            progress=read,
        )


def refuse_words(
    log_format: str | None, columns: Mapping[str, object], roster_columns: Mapping[str, str] | None = None
) -> None:
    """Refuse a format or a field that does not exist: that is wrong usage, whatever the files hold.

    This is not a callback of the options: callbacks run before the drawing processes start, and this loads a lot.
    """
    from silos.readers import FORMATS
    from silos.readers.directory.headings import ROSTER_HEADINGS
    from silos.readers.tabular.columns import check_given
    from silos.tables import INTERACTION_FIELDS

    if log_format is not None and log_format not in FORMATS:
        context = click.get_current_context()
        raise click.BadParameter(f"{log_format!r} is not one of {', '.join(FORMATS)}.", context, param_hint="--format")
    with of_usage():
        check_given(columns, INTERACTION_FIELDS, option="--map")
        check_given(roster_columns, ROSTER_HEADINGS, option="--roster-map")


@contextmanager
def of_usage() -> Iterator[None]:
    """What is refused here is wrong usage: it follows from the words that were given, and no log was read.

    A file that cannot be read (of names, of a key) is none: it may be there tomorrow.
    """
    try:
        yield
    except ReadError:
        raise
    except SilosError as error:
        raise click.UsageError(str(error), click.get_current_context()) from None
