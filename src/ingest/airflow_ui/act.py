"""What a person may do about a source: each action is a run of a DAG. How a run is started is in `airflow_api`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

CRAWL_DAG, ACT_DAG, REPROCESS_DAG = "news_crawl", "news_act", "news_reprocess"
ActionName = Literal["poll", "pause", "resume", "quarantine", "release", "reprocess"]
REASON_LIMIT = 300  # characters
BODY_LIMIT_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button: what it is called, what it does in a line, and the DAG that it starts."""

    name: ActionName
    title: str
    says: str
    dag_id: str
    wants_reason: bool = False

    def conf(self, source_id: str, reason: str) -> dict[str, Any]:
        """The conf of the run. Who did it is not in it: the DAG takes that from Airflow, where nobody else can write it."""
        if self.dag_id != ACT_DAG:
            return {"source_ids": [source_id]}
        return {"action": self.name, "source_id": source_id, "reason": reason or None}


ACTIONS: Mapping[ActionName, Action] = {
    action.name: action
    for action in (
        Action(
            name="poll", title="Poll now", dag_id=CRAWL_DAG,
            says="Its feeds are polled, due or not, and what is new is fetched.",
        ),
        Action(
            name="pause", title="Pause", dag_id=ACT_DAG, wants_reason=True,
            says="It is not polled and not fetched until someone resumes it.",
        ),
        Action(name="resume", title="Resume", dag_id=ACT_DAG, says="It is polled again when it is due."),
        Action(
            name="quarantine", title="Quarantine", dag_id=ACT_DAG, wants_reason=True,
            says="What it brings is stored, but kept out of what analysts read until it is released.",
        ),
        Action(name="release", title="Release", dag_id=ACT_DAG, says="Its quarantined articles go to the analysts."),
        Action(
            name="reprocess", title="Reprocess", dag_id=REPROCESS_DAG,
            says="Its archived pages are read again, by today's rules. Nothing is fetched.",
        ),
    )
}  # fmt: skip


def offered(source: Mapping[str, Any], triggerable: frozenset[str]) -> list[Action]:
    """The actions that make sense for a source as it was published, among those that a person may take."""
    decisions = source["decisions"]
    # what is paused is not polled, whoever asks; and what the catalogue pauses, only the catalogue resumes
    senseless = {"pause", "poll"} if decisions & {"paused", "catalogue_pause"} else set()
    if "paused" not in decisions:
        senseless.add("resume")
    if "quarantined" in decisions:
        senseless.add("quarantine")
    elif not source["quarantined_count"]:
        senseless.add("release")
    return [one for one in ACTIONS.values() if one.name not in senseless and one.dag_id in triggerable]


def is_own(headers: Mapping[str, str], own_hosts: frozenset[str]) -> bool:
    """Whether a request that changes something comes from a page of ours: no other site may act with a person's cookies.

    By Sec-Fetch-Site (Fetch Metadata, W3C), which no page can forge; browsers send it over TLS and to localhost. Elsewhere by
    Origin (RFC 6454), which they send with every POST. A token in the Authorization header is sent by no browser on its own.
    """
    if headers.get("authorization", "").lower().startswith("bearer "):
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(headers.get("origin", ""))
    return origin.scheme in ("http", "https") and origin.netloc.lower() in own_hosts
