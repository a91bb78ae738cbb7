"""Parts of inputs that lie in files, buckets or on archives' hosts, and the way to them. How they are read is in `inputs/`."""

import logging

from ingest.history import Ended, Part, Request
from ingest.inputs import INPUTS
from ingest.inputs.place import Place
from ingest.log import event

logger = logging.getLogger(__name__)


def file_parts(request: Request, place: Place) -> list[Part]:
    """The parts that an input's address means by now; the address itself where it cannot be read, so that a row says why."""
    if request.input_kind not in INPUTS or request.input_address is None:
        return []
    found = []
    for told in INPUTS[request.input_kind].parts(request.input_address, place=place):
        if isinstance(told, Ended):
            event(
                logger,
                "input_unreadable",
                logging.ERROR,
                request_id=request.request_id,
                address=request.input_address,
                outcome=told.outcome,
                detail=told.detail,
            )
            found.append(Part(address=request.input_address, part_on=None, size_bytes=None))
        else:
            found.append(told)
    return found
