"""Explain: the whole life of one URL, from the published warehouse: listings, fetches, verdicts, revisions, its state."""

from dataclasses import dataclass
from typing import Any

from ingest.errors import InputError
from ingest.rules.url import as_found, canonical, identity
from ingest.settings import Settings
from ingest.warehouse.read import query, reader

# what is shown of each stage of its life, in the order in which it happens
STAGES = {
    "listed": "SELECT listed_at, source_id, feed_id, feed_kind, url, title, published_raw, batch_id FROM raw.entry"
    " WHERE entry_id IN (SELECT entry_id FROM known) ORDER BY listed_at",
    "fetched": "SELECT fetched_at, purpose, attempt, robots, outcome, http_status, detail, final_url, moved_to,"
    " nullif(array_to_string(optouts, ', '), '') AS optouts, next_attempt_at, archive_path, archive_offset, batch_id"
    " FROM raw.fetch WHERE entry_id IN (SELECT entry_id FROM known) ORDER BY fetched_at",
    "rejected": "SELECT fetched_at, reason, detail, title, extractor_version, rule_hash,"
    " fetch_id IN (SELECT fetch_id FROM core.verdict WHERE load_seq = rejection.load_seq) AS counts"
    " FROM raw.rejection AS rejection WHERE entry_id IN (SELECT entry_id FROM known) ORDER BY fetched_at, load_seq",
    "extracted": "SELECT fetched_at, article_id, canonical_url, canonical_evidence, title, word_count, published_at,"
    " published_evidence, content_hash, extractor_version, rule_hash,"
    " fetch_id IN (SELECT fetch_id FROM core.verdict WHERE load_seq = extraction.load_seq) AS counts"
    " FROM raw.extraction AS extraction WHERE entry_id IN (SELECT entry_id FROM known) ORDER BY fetched_at, load_seq",
    "confirmed": "SELECT confirmed_at, extractor_version, rule_hash FROM raw.confirmation"
    " WHERE entry_id IN (SELECT entry_id FROM known) ORDER BY confirmed_at",
    "article": "SELECT article_id, source_id, title, published_at, published_evidence, published_contradictions, evidence,"
    " access, revision_count, gone_at, moved_to, duplicate_of, extractor_version, rule_hash"
    " FROM core.article WHERE article_id IN (SELECT article_id FROM known)",
    "also at": "SELECT url, alias_reason, source_id, listed_at FROM mart.alias"
    " WHERE article_id IN (SELECT article_id FROM known) ORDER BY listed_at",
    "revisions": "SELECT revision_number, first_seen_at, last_seen_at, title, word_count FROM core.revision"
    " WHERE article_id IN (SELECT article_id FROM known) ORDER BY revision_number",
    "story": "SELECT story_id, article_id, source_id, url, published_at, likeness_kind, share, like_article_id, like_share,"
    " jaccard, matched_count FROM mart.story_article WHERE story_id IN (SELECT story_id FROM core.story_article"
    " WHERE article_id IN (SELECT article_id FROM known)) ORDER BY published_at LIMIT 50",
    "shares text with": "SELECT like_article_id, likeness_kind, share, like_share, matched_count, conflict_count FROM ("
    "FROM mart.likeness UNION ALL BY NAME SELECT like_article_id AS article_id, article_id AS like_article_id, likeness_kind,"
    " like_share AS share, share AS like_share, matched_count, conflict_count FROM mart.likeness)"
    " WHERE article_id IN (SELECT article_id FROM known) AND likeness_kind = 'overlap' ORDER BY share DESC LIMIT 20",
    "ledger": "SELECT source_id, state, reason, title, published_at, duplicate_of, fetch_count, next_attempt_at FROM mart.ledger"
    " WHERE entry_id IN (SELECT entry_id FROM known)",
}
# a URL may be what a feed listed, or the canonical address of what was found there
KNOWN = """
WITH asked AS (SELECT ?::UUID AS id),
known AS (
  SELECT entry_id, article_id FROM mart.ledger WHERE (SELECT id FROM asked) IN (entry_id, article_id)
  UNION
  SELECT entry_id, NULL FROM raw.extraction WHERE article_id = (SELECT id FROM asked)
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Rows of each stage as dicts; all empty where the URL was never listed."""

    url: str
    canonical_url: str
    entry_id: str
    stages: dict[str, list[dict[str, Any]]]

    @property
    def is_known(self) -> bool:
        return any(self.stages.values())


def run(settings: Settings, url: str) -> Life:
    """Raises InputError for what is no web address, WarehouseMissing before the first publish."""
    found = as_found(url)
    if found is None:
        raise InputError(f"{url!r} is not a web address", "it begins with https:// or http://")
    with reader(settings.published_file) as connection:
        stages = {}
        for name, sql in STAGES.items():
            columns, rows = query(connection, f"{KNOWN} {sql}", [identity(found)])
            stages[name] = [dict(zip(columns, row, strict=True)) for row in rows]
    return Life(url=found, canonical_url=canonical(found), entry_id=identity(found), stages=stages)
