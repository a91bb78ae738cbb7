"""Charsets and control characters: what arrives as bytes must be readable text."""

import pytest

from ingest.extract.charset import decode, without_controls

GERMAN = "<p>Größe – für “alle”</p>"


@pytest.mark.parametrize(
    ("body", "http_charset", "text"),
    [
        (b"\xef\xbb\xbf" + GERMAN.encode(), "iso-8859-1", GERMAN),
        (GERMAN.encode("utf-16"), None, GERMAN),
        (GERMAN.encode("utf-16-le"), "utf-8", GERMAN),
        (GERMAN.encode("utf-16-be"), None, GERMAN),
        (GERMAN.encode(), "iso-8859-1", GERMAN),  # the server is wrong: valid UTF-8 proves itself
        (GERMAN.encode("cp1252"), "iso-8859-1", GERMAN),
        (GERMAN.encode("cp1252"), "utf-8", GERMAN),
        (
            b'<meta charset="windows-1251">' + "Привет, мир".encode("cp1251"),
            None,
            '<meta charset="windows-1251">Привет, мир',
        ),
        (b'<meta charset="gb2312">' + "镕基新闻".encode("gb18030"), None, '<meta charset="gb2312">镕基新闻'),
        ("日本の新聞です。東京で発表した。".encode("shift_jis"), "Shift_JIS", "日本の新聞です。東京で発表した。"),
        (b'<meta charset="utf-16">plain', None, '<meta charset="utf-16">plain'),
        (b"plain", "no-such-charset", "plain"),
        (b"", None, ""),
    ],
)
def test_a_page_is_read_in_the_charset_it_is_in(body: bytes, http_charset: str | None, text: str) -> None:
    assert decode(body, http_charset) == text


def test_undeclared_legacy_text_is_detected() -> None:
    text = "Правительство сообщило о новых мерах поддержки. " * 20
    assert decode(text.encode("cp1251"), None) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a&#x1F;b", "ab"),
        ("a&#31;b&#0;c&#8;", "abc"),
        ("a&#31x, b&#x1Fz", "ax, bz"),  # browsers need no semicolon
        ("a&#146;s", "a’s"),
        ("a\x92s\x00", "a’s"),
        ("one&#12;two\x0bthree", "one two three"),
        ("&#xD83D;&#99999999;x&#x110000;", "x"),
        ("tab\tline\n&#10;&#38;&#8217;&amp;", "tab\tline\n&#10;&#38;&#8217;&amp;"),
        ("&#314159 &#12345a", "&#314159 &#12345a"),
    ],
)
def test_control_characters_go_and_everything_else_stays(text: str, plain: str) -> None:
    assert without_controls(text) == plain
