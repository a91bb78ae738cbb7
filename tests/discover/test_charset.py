"""Feeds are read in the charset they are written in, whatever they and their servers call it."""

import pytest

from discover.made_feeds import item, read, rss, seen
from ingest.discover.charset import decode

WESTERN = "Café “à” São – €5"
RUSSIAN = "Президент подписал новый закон о бюджете страны"
CHINESE = "中国国家主席习近平今天在北京会见了外国代表团"
JAPANESE = "東京で新しい美術館が今日オープンしました"
KOREAN = "대통령은 오늘 서울에서 새로운 정책을 발표했다"
TAIWANESE = "臺北市政府今天宣布新的交通計畫與預算"


@pytest.mark.parametrize(
    ("title", "written", "declared", "served"),
    [
        (WESTERN, "utf-8", "utf-8", None), (WESTERN, "utf-8", None, None), (WESTERN, "utf-8", "iso-8859-1", "latin-1"),
        (WESTERN, "utf-8", "utf-16", None), (WESTERN, "utf-8", "no-such", "nor-this"), (WESTERN, "utf-8", "us-ascii", None),
        (WESTERN, "utf-8-sig", "windows-1251", "koi8-r"), (CHINESE, "utf-8", "gb2312", "gbk"),
        (WESTERN, "cp1252", "iso-8859-1", None), (WESTERN, "cp1252", "latin-1", None), (WESTERN, "cp1252", "utf-8", None),
        (WESTERN, "cp1252", "utf-8", "utf-8"), (WESTERN, "cp1252", "utf-8", "iso-8859-1"), (WESTERN, "cp1252", None, "ASCII"),
        (WESTERN, "utf-16", "utf-16", None), (WESTERN, "utf-16", "utf-8", "utf-8"), (RUSSIAN, "utf-16", None, None),
        (WESTERN, "utf-16-le", "utf-16", None), (RUSSIAN, "utf-16-be", "utf-16", "utf-8"), (CHINESE, "utf-16-le", None, None),
        (RUSSIAN, "utf-32", None, None),
        (RUSSIAN, "cp1251", "windows-1251", None), (RUSSIAN, "cp1251", "windows-1251", "iso-8859-1"),
        (RUSSIAN, "cp1251", "windows-1251", "utf-8"), (RUSSIAN, "cp1251", None, "windows-1251"),
        (RUSSIAN, "cp1251", "utf-8", "windows-1251"), (RUSSIAN, "koi8-r", "koi8-r", None),
        (CHINESE, "gb2312", "gb2312", None), (CHINESE + "镕", "gb18030", "gb2312", None), (CHINESE, "gbk", None, "GBK"),
        ("联通", "gb2312", "gb2312", None),
        (JAPANESE, "shift_jis", "shift_jis", None), (JAPANESE + "①", "cp932", "Shift_JIS", None),
        (JAPANESE, "shift_jis", "utf-8", "x-sjis"), (JAPANESE, "euc-jp", "EUC-JP", None),
        (JAPANESE, "iso-2022-jp", "ISO-2022-JP", None),
        (KOREAN, "euc-kr", "euc-kr", None), (KOREAN + "뷁", "cp949", "EUC-KR", None),
        (KOREAN, "euc-kr", "ks_c_5601-1987", "iso-8859-1"), (TAIWANESE, "big5", "Big5", None),
    ],
)  # fmt: skip
def test_a_title_is_read_in_the_charset_it_is_written_in(
    title: str, written: str, declared: str | None, served: str | None
) -> None:
    encoding = f' encoding="{declared}"' if declared else ""
    body = rss(item("a", title), "", f'<?xml version="1.0"{encoding}?>').encode(written)
    assert seen(read(body, served)) == [("a", title)]
    assert read(body, served).parse_route == "strict"


@pytest.mark.parametrize(
    ("language", "written"),
    [(RUSSIAN, "cp1251"), (CHINESE, "gb2312"), (JAPANESE, "shift_jis"), (KOREAN, "euc-kr"), (WESTERN, "cp1252")],
)
@pytest.mark.parametrize("declared", ["", ' encoding="utf-8"'])
def test_a_charset_that_nobody_declares_is_seen_in_the_letters(language: str, written: str, declared: str) -> None:
    items = "".join(item(f"a{number}", f"{language} {number}") for number in range(20))
    body = rss(items, "", f'<?xml version="1.0"{declared}?>').encode(written)
    assert seen(read(body))[7] == ("a7", f"{language} 7")


def test_stray_bytes_of_windows_in_utf_8_cost_no_other_letter() -> None:
    body = rss(item("a", "Café São €") + item("b", "It@s")).encode().replace(b"@", b"\x92")
    assert seen(read(body)) == [("a", "Café São €"), ("b", "It’s")]


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"\xff\xfe", b"<\0", b"\x81\x8d", b"<?xml version='1.0' encoding='hex'?>\xff"]
)
def test_no_bytes_make_decoding_fail(body: bytes) -> None:
    assert isinstance(decode(body, "base64"), str)
