"""A log line is `event key=value` for readers, and an event with fields for whoever counts."""

import logging

import pytest

from ingest.log import Event, event

logger = logging.getLogger("ingest.test")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "batch_sealed"),
        ({"source_id": "daily", "pages": 3}, "batch_sealed source_id=daily pages=3"),
        ({"finding": "no such file"}, "batch_sealed finding='no such file'"),
        ({"finding": ""}, "batch_sealed finding=''"),
        ({"finding": "two\nlines=1"}, "batch_sealed finding='two\\nlines=1'"),
        ({"at": None}, "batch_sealed at=None"),
    ],
)
def test_a_line_can_be_split_at_its_spaces(caplog: pytest.LogCaptureFixture, fields, text) -> None:
    with caplog.at_level(logging.INFO, "ingest"):
        event(logger, "batch_sealed", **fields)
    assert caplog.messages == [text]
    assert caplog.records[0].args == (Event("batch_sealed", fields),)


def test_what_nobody_listens_to_is_not_made(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "ingest"):
        event(logger, "batch_sealed", pages=3)
    assert caplog.records == []
