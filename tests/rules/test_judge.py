"""Reasons against a page, and above all: no article is rejected by the look of a word in it."""

from dataclasses import replace

import pytest

from ingest.rules.judge import Facts, reason_against, unreadable

ARTICLE = Facts(
    listed_url="https://news.example/a",
    final_url="https://news.example/a",
    title="Harbour reopens after storm",
    headings=("Harbour reopens after storm",),
    text="The harbour reopened. " * 60,
    word_count=180,
    is_proven=True,
    is_dated=True,
    is_many_dated=False,
    is_collection=False,
    access=None,
    page_text="The harbour reopened. " * 80,
    page_word_count=240,
    noscript="",
    headline_link_count=40,
    linked_share=0.1,
    listed_share=0.1,
    menu_share=0.1,
    has_password_field=True,
    script_count=30,
    machinery="/static/app.js",
    has_empty_root=False,
)
UNPROVEN = replace(ARTICLE, is_proven=False, is_dated=False)
SHORT = replace(UNPROVEN, text="Hello there.", word_count=2, page_text="Hello there.", page_word_count=2, headline_link_count=0,
                has_password_field=False)  # fmt: skip


BRIEF = replace(UNPROVEN, is_dated=True, text="The search goes on at dawn. " * 6, word_count=34)
UNDATED = replace(BRIEF, is_dated=False, page_word_count=240, headline_link_count=4)


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
        replace(ARTICLE, access="paid", word_count=30),
        replace(ARTICLE, linked_share=0.9),
        replace(UNPROVEN, final_url="https://news.example/consent-law-passed"),
        replace(ARTICLE, final_url="https://longread.news.example/", word_count=900, headline_link_count=3),
        replace(BRIEF, is_collection=True),  # of what is related to it
        replace(UNDATED, title="Missing hiker not found after search", word_count=60),
        BRIEF,  # with a page full of headlines around it
        replace(BRIEF, title="Vermisster Wanderer noch nicht gefunden"),
        replace(BRIEF, title="Missing hiker not found after search"),
        replace(BRIEF, title="Suspect not found", text="The suspect was not found. " * 6),
        replace(BRIEF, title="No se encuentra al excursionista perdido"),
        replace(BRIEF, title="404 dead after floods"),
        replace(BRIEF, title="Missing hiker - not found"),
        replace(BRIEF, headings=("Page not found in archive, historian says",)),
        replace(ARTICLE, final_url="https://news.example/error"),
        replace(ARTICLE, final_url="https://news.example/login/harbour"),
        replace(ARTICLE, word_count=60, access="paid"),
        replace(ARTICLE, word_count=60, access="metered", text="Subscribers of the ferry will get their money back."),
        replace(ARTICLE, word_count=90, access="paid", text="Subscribe to continue reading, the banner says. " * 10),
        replace(ARTICLE, word_count=60, access="free", page_text="Subscribe to continue reading"),
        replace(ARTICLE, listed_share=0.95),
        replace(UNPROVEN, text="One line\nAnother line", listed_share=0.7),
        replace(UNPROVEN, has_empty_root=True),
        replace(UNPROVEN, machinery="https://geo.captcha-delivery.com/captcha/"),
        replace(BRIEF, is_many_dated=True),
        replace(
            UNPROVEN,
            text="Our 842 partners sell information on a device.\n" + "The harbour reopened. " * 40,
            word_count=128,
        ),
        replace(BRIEF, title="Peugeot 404 turns 65"),
        replace(BRIEF, title="Story of missing hiker not found in archive"),
        replace(UNDATED, title="Bible page found in attic"),
        replace(UNDATED, title="Full story available in book shops"),
        replace(BRIEF, title="Login scandal shakes ministry", has_password_field=True),
        replace(BRIEF, title="Anmelden für die Impfung ab Montag möglich"),
        replace(UNDATED, title="Connexion coupée à Mayotte", has_password_field=False),
        replace(UNDATED, title="Unusual traffic on the ring road"),
        replace(UNDATED, title="Security check at airport takes hours"),
        replace(UNDATED, title="UN convoy: access denied again"),
        replace(UNDATED, page_text="Murray identified the boat. " * 20),
        replace(UNDATED, page_text="The harbour reopened. This site is protected by reCAPTCHA. " * 4),
        replace(
            UNDATED, text="Der Bundestag will zustimmen. Die Zustimmung gilt als sicher, die Einwilligung nicht. " * 3
        ),
        replace(ARTICLE, word_count=15, text="Fifteen words.", page_word_count=60, noscript="Please enable JavaScript"),
        replace(BRIEF, linked_share=1.0, text="One line, and the front page's ticker links to it with the same words."),
        replace(
            ARTICLE,
            word_count=60,
            menu_share=0.9,
            text="\n".join(["A line of its own that says much. " * 5, *["Tag"] * 12]),
        ),
    ],
)
def test_an_article_is_never_rejected(facts: Facts) -> None:
    assert reason_against(facts) is None


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(ARTICLE, final_url="https://news.example/"), "redirect_home"),
        (
            replace(ARTICLE, final_url="https://www.news.example/", word_count=900, headline_link_count=3),
            "redirect_home",
        ),
        (replace(ARTICLE, final_url="https://m.news.example/", word_count=900), "redirect_home"),
        (replace(SHORT, title="Just a moment..."), "bot_challenge"),
        (replace(SHORT, page_text="Please complete the CAPTCHA"), "bot_challenge"),
        (replace(UNPROVEN, final_url="https://consent.news.example/?to=a"), "consent_wall"),
        (replace(SHORT, text="We value your privacy. Accept all cookies or manage your privacy."), "consent_wall"),
        (replace(UNDATED, title="Access Denied | The Example"), "bot_challenge"),
        (replace(SHORT, title="", page_text="Access denied. Your request was blocked."), "bot_challenge"),
        (
            replace(UNDATED, text="Bitte zustimmen. Mit Werbung weiterlesen. Die Einwilligung ist freiwillig."),
            "consent_wall",
        ),
        (replace(SHORT, title="Seite nicht gefunden"), "soft_404"),
        (replace(BRIEF, title="Page not found"), "soft_404"),
        (replace(BRIEF, title="The page you are looking for could not be found"), "soft_404"),
        (replace(BRIEF, title="Diese Seite wurde leider nicht gefunden"), "soft_404"),
        (replace(BRIEF, title="Página no encontrada - The Example"), "soft_404"),
        (replace(BRIEF, title="Not Found"), "soft_404"),
        (replace(BRIEF, title="404 – Not found – The Example"), "soft_404"),
        (replace(BRIEF, title="Error 404"), "soft_404"),
        (replace(UNDATED, title="The hiker is not found"), "soft_404"),
        (replace(BRIEF, title="Login | The Example"), "login"),
        (replace(SHORT, title="Sign in to continue"), "login"),
        (replace(SHORT, has_password_field=True), "login"),
        (replace(SHORT, noscript="You need to enable JavaScript to run this app."), "needs_javascript"),
        (replace(SHORT, headline_link_count=30), "section_page"),
        (replace(UNPROVEN, text="One headline\nAnother headline", linked_share=0.9), "section_page"),
        (replace(UNDATED, headline_link_count=30), "section_page"),
        (
            replace(ARTICLE, text="\n".join(["More follows soon", *["Sport"] * 12]), word_count=15, menu_share=0.9),
            "too_short",
        ),
        (replace(ARTICLE, access="paid", word_count=10), "paywall_stub"),
        (replace(ARTICLE, access="paid", word_count=60, text="A. Subscribe to continue reading."), "paywall_stub"),
        (
            replace(ARTICLE, access="metered", word_count=60, page_text="A. Subscribe to continue reading."),
            "paywall_stub",
        ),
        (replace(ARTICLE, access="paid", word_count=40, text="Already a subscriber?"), "paywall_stub"),
        (replace(SHORT, machinery="https://geo.captcha-delivery.com/captcha/"), "bot_challenge"),
        (replace(SHORT, final_url="https://news.example/404.html"), "soft_404"),
        (replace(SHORT, headings=("Page not found",)), "soft_404"),
        (replace(SHORT, title="The Example - Page not found"), "soft_404"),
        (replace(SHORT, final_url="https://news.example/login?to=a"), "login"),
        (
            replace(SHORT, has_empty_root=True, script_count=3, page_word_count=200, headline_link_count=30),
            "needs_javascript",
        ),
        (replace(UNPROVEN, text="One line\nAnother line", listed_share=0.9), "section_page"),
        (
            replace(
                UNPROVEN, text="One line\nAnother line", listed_share=0.5, final_url="https://news.example/tag/storms"
            ),
            "section_page",
        ),
        (replace(BRIEF, is_many_dated=True, word_count=20, has_password_field=False), "section_page"),
        (replace(UNPROVEN, final_url="https://news.example/?error=404"), "redirect_home"),
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
