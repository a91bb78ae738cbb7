"""Backfill: a span of the past is asked for, planned, brought in, and proven to be complete. One step a module."""

from ingest.jobs.backfill.asking import request
from ingest.jobs.backfill.certifying import Certificate, certificate, refill
from ingest.jobs.backfill.estimating import Estimate, estimate
from ingest.jobs.backfill.judging import judge
from ingest.jobs.backfill.planning import plan
from ingest.jobs.backfill.running import run, until_done
from ingest.jobs.backfill.summary import BackfillSummary

__all__ = [
    "BackfillSummary",
    "Certificate",
    "Estimate",
    "certificate",
    "estimate",
    "judge",
    "plan",
    "refill",
    "request",
    "run",
    "until_done",
]
