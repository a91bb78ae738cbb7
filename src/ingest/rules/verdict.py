"""Whether a crawl run is green or red: by the share of polls that failed, never by one sick source."""

from collections.abc import Mapping, Sequence


def judge_run(
    summaries: Sequence[Mapping[str, object]], *, batch_count: int, failed_share_red: float
) -> tuple[bool, str]:
    """(green, one line that says why) of a run's crawl summaries; a task that gave none turns the run red."""
    polls = sum(int(str(summary["polls"])) for summary in summaries)
    failed = sum(int(str(summary["failed_polls"])) for summary in summaries)
    listed = sum(int(str(summary["entries"])) for summary in summaries)
    fetched = sum(int(str(summary["fetched"])) for summary in summaries)
    told = f"{polls} polls, {failed} failed; {listed} new entries; {fetched} pages fetched"
    if len(summaries) < batch_count:
        return (
            False,
            f"{batch_count - len(summaries)} of {batch_count} crawl tasks gave no account of themselves; {told}",
        )
    if polls and failed / polls > failed_share_red:
        return False, f"more than {failed_share_red:.0%} of polls failed: {told}"
    return True, told
