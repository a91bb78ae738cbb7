"""A first look at the warehouse, to start from: an event's coverage, edits, and volume by source.

    .venv/bin/marimo edit warehouse/notebooks/first_look.py      # in the browser, each cell runs as you change it
    .venv/bin/python warehouse/notebooks/first_look.py           # as a script

It opens the published file of INGEST_HOME (./data by default), read-only: nothing here can change or lock it.
"""

import marimo

app = marimo.App(width="medium")


@app.cell
def opened():
    import os
    from pathlib import Path

    import duckdb
    import marimo as mo

    published = Path(os.environ.get("INGEST_HOME", "data")) / "warehouse" / "news.duckdb"
    news = duckdb.connect(str(published), read_only=True)
    news.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    ((snapshot_id, published_at),) = news.execute(
        "SELECT snapshot_id, published_at FROM mart.snapshot WHERE is_this_file"
    ).fetchall()
    mo.md(f"# A first look\n\nSnapshot `{snapshot_id}`, published {published_at:%Y-%m-%d %H:%M} UTC.")
    return mo, news


@app.cell
def coverage(mo, news):
    WORDS = "council"  # the event, in words that its articles hold
    coverage = news.sql(
        """
        SELECT
          published_at, source_name, country, title, story_id::VARCHAR AS story_id,
          row_number() OVER (PARTITION BY story_id ORDER BY published_at, article_id) > 1 AS is_copy
        FROM mart.article
        WHERE article_id IN (SELECT article_id FROM search_articles($words, 500))
        ORDER BY published_at
        """,
        params={"words": WORDS},
    ).to_arrow_table().to_pandas()  # fmt: skip
    mo.vstack(
        [
            mo.md(
                f"## Who wrote of “{WORDS}”\n\n{len(coverage)} articles of {coverage['source_name'].nunique()} sources,"
                f" {int(coverage['is_copy'].sum())} of them copies of an earlier one."
            ),
            mo.ui.table(coverage, selection=None),
        ]
    )
    return (coverage,)


@app.cell
def edits(mo, news):
    edits = news.sql(
        """
        SELECT
          revision.source_id, revision.title_before, revision.title, is_retitled, is_stealth,
          len(paragraphs_added) AS added_count, len(paragraphs_removed) AS removed_count,
          len(paragraphs_changed) AS changed_count,
          round((epoch(revision.first_seen_at) - epoch(article.published_at)) / 3600, 1) AS hours_after
        FROM mart.revision AS revision
        JOIN mart.article AS article USING (article_id)
        WHERE revision_number > 1 AND NOT is_trivial
        ORDER BY revision.first_seen_at DESC
        """
    ).to_arrow_table().to_pandas()  # fmt: skip
    mo.vstack(
        [
            mo.md(
                f"## What was changed after publication\n\n{len(edits)} edits, {int(edits['is_retitled'].sum())} of the headline,"
                f" {int(edits['is_stealth'].fillna(False).sum())} without a later date of change."
            ),
            mo.ui.table(edits, selection=None),
        ]
    )
    return (edits,)


@app.cell
def volume(mo, news):
    volume = news.sql(
        """
        SELECT source_id, listed_on, article_count, story_count, rejected_share, lag_median_s
        FROM mart.source_day
        WHERE listed_on > (SELECT max(listed_on) FROM mart.source_day) - 28
        """
    ).to_arrow_table().to_pandas()  # fmt: skip
    by_source = volume.groupby("source_id")["article_count"].sum().sort_values().tail(20)

    from matplotlib.figure import Figure

    chart = Figure(figsize=(7, 0.5 + 0.25 * len(by_source)), layout="constrained")
    axes = chart.subplots()
    axes.barh(by_source.index, by_source.to_numpy())
    axes.set_title("Articles in 28 days, by source", loc="left")
    axes.set_xlabel("articles")
    mo.vstack([mo.md("## How much each source brought"), chart])
    return by_source, chart, volume


if __name__ == "__main__":
    app.run()
