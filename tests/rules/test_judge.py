"""Reasons against a page, and above all: no article is rejected by the look of a word in it."""

from dataclasses import replace

import pytest

from ingest.rules.judge import Facts, reason_against, unreadable

ARTICLE = Facts(
    listed_url="https://news.example/a",
    final_url="https://news.example/a",
    title="Harbour reopens after storm",
    text="The harbour reopened. " * 60,
    word_count=180,
    is_proven=True,
    is_collection=False,
    is_free=None,
    page_text="The harbour reopened. " * 80,
    page_word_count=240,
    noscript="",
    headline_link_count=40,
    linked_share=0.1,
    has_password_field=True,
    script_count=30,
)
UNPROVEN = replace(ARTICLE, is_proven=False)
SHORT = replace(UNPROVEN, text="Hello there.", word_count=2, page_text="Hello there.", page_word_count=2, headline_link_count=0,
                has_password_field=False)  # fmt: skip


@pytest.mark.parametrize(
    "facts",
    [
        ARTICLE,
        UNPROVEN,
        replace(ARTICLE, title="404 days at sea", word_count=60),
        replace(ARTICLE, title="Login scandal shakes ministry"),
        replace(ARTICLE, title="Just a moment of silence", word_count=90),
        replace(ARTICLE, text="Cookie consent. Accept all cookies. " * 20),
        replace(ARTICLE, text="Eight words are enough for a short flash.", word_count=8),
        replace(ARTICLE, noscript="Please enable JavaScript"),
        replace(ARTICLE, is_free=False, word_count=30),
        replace(ARTICLE, linked_share=0.9),
        replace(UNPROVEN, final_url="https://news.example/consent-law-passed"),
    ],
)
def test_an_article_is_never_rejected(facts: Facts) -> None:
    assert reason_against(facts) is None


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(ARTICLE, final_url="https://news.example/"), "redirect_home"),
        (replace(SHORT, title="Just a moment..."), "bot_challenge"),
        (replace(SHORT, page_text="Please complete the CAPTCHA"), "bot_challenge"),
        (replace(UNPROVEN, final_url="https://consent.news.example/?to=a"), "consent_wall"),
        (replace(SHORT, text="We value your privacy. Accept all cookies or manage your privacy."), "consent_wall"),
        (replace(SHORT, title="Seite nicht gefunden"), "soft_404"),
        (replace(SHORT, title="Sign in to continue"), "login"),
        (replace(SHORT, has_password_field=True), "login"),
        (replace(SHORT, noscript="You need to enable JavaScript to run this app."), "needs_javascript"),
        (replace(SHORT, headline_link_count=30), "section_page"),
        (replace(UNPROVEN, linked_share=0.9), "section_page"),
        (replace(ARTICLE, is_free=False, word_count=10), "paywall_stub"),
        (replace(SHORT, text="", word_count=0, page_word_count=90), "no_text"),
        (SHORT, "too_short"),
    ],
)
def test_what_is_no_article_has_a_reason(facts: Facts, reason: str) -> None:
    found = reason_against(facts)
    assert found is not None
    assert found[0] == reason


@pytest.mark.parametrize(
    "body", [b"", b"%PDF-1.4", b"\x1f\x8b\x08", b"PK\x03\x04", b"\x89PNG\r\n", bytes(range(20)) * 50]
)
def test_what_is_no_markup_is_unreadable(body: bytes) -> None:
    assert unreadable(body)


@pytest.mark.parametrize("body", [b"<html>", b"plain words", "<p>ü</p>".encode("utf-16"), b"<p>a\x00b</p>"])
def test_what_may_be_markup_is_read(body: bytes) -> None:
    assert unreadable(body) is None
