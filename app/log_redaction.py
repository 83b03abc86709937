"""No key of ours in the log, whoever writes the line: our code, a library, a traceback."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_formatter = logging.Formatter()


@contextmanager
def redacted_logs(redact: Callable[[str], str]) -> Iterator[None]:
    """Have `redact` read all that is logged meanwhile, in this process.

    At the making of records, because the handlers are whoever runs us to choose.
    """
    before = logging.getLogRecordFactory()

    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        try:
            _clean(record, redact)
        except Exception:  # noqa: BLE001 - of a foreign object's text: nothing of it is logged
            record.msg, record.args, record.exc_info = "a message that cannot be read", None, None
        return record

    logging.setLogRecordFactory(make)
    try:
        yield
    finally:
        if logging.getLogRecordFactory() is make:
            logging.setLogRecordFactory(before)


def _clean(record: logging.LogRecord, redact: Callable[[str], str]) -> None:
    record.msg = _cleaned(record.msg, redact)
    if isinstance(record.args, Mapping):
        record.args = {name: _cleaned(value, redact) for name, value in record.args.items()}
    elif record.args:
        # Each by itself: the access log's formatter takes them apart.
        record.args = tuple(_cleaned(value, redact) for value in record.args)
    if record.exc_info and record.exc_info[0] is not None:
        text = _formatter.formatException(record.exc_info)
        clean = redact(text)
        if clean != text:
            record.exc_text, record.exc_info = clean, None


def _cleaned(value: object, redact: Callable[[str], str]) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    clean = redact(text)
    return value if clean == text else clean
