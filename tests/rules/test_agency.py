"""The agency that a text credits by its dateline or at its end."""

import pytest

from ingest.rules.agency import credited


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("LONDON, Nov 2 (Reuters) - Shares rose on Monday.", "Reuters"),
        ("WASHINGTON (AP) — The House voted.", "AP"),
        ("BEIJING, Nov. 22 (Xinhua) -- China said.", "Xinhua"),
        ("Berlin (dpa/lno) – Der Senat hat entschieden.", "dpa"),
        ("Wien (APA) - Der Nationalrat tagt.", "APA"),
        ("Varsovie (AFP) - Le président a dit.", "AFP"),
        ("PARIS, AFP — Le président a dit.", "AFP"),
        ("(ANSA) - ROMA, 22 NOV - Il governo ha detto.", "ANSA"),
        ("Madrid, 2 nov (EFE).- El Gobierno aprobó.", "EFE"),
        ("Lisboa, 22 nov (Lusa) – O Governo aprovou.", "Lusa"),
        ("МОСКВА, 22 ноября. /ТАСС/. Президент сказал.", "TASS"),
        ("【ワシントン共同】米国の大統領は述べた。", "Kyodo"),
        ("(서울=연합뉴스) 김 기자 = 정부는 밝혔다.", "Yonhap"),
        ("新华社北京11月22日电 记者从部门获悉。", "Xinhua"),
        ("Kopenhagen (Ritzau) - Regeringen siger.", "Ritzau"),
        ("The harbour reopened.\n(Reporting by A. Silva; Editing by B. Ek)", "Reuters"),
        ("The harbour reopened.\nThe Associated Press contributed to this report.", "AP"),
        ("Der Hafen ist offen.\nQuelle: dpa", "dpa"),
        ("Le port a rouvert.\n© 2026 AFP", "AFP"),
        ("Le port a rouvert.\n(AFP)", "AFP"),
        ("Le port a rouvert.\navec AFP", "AFP"),
        ("The minister told the Reuters agency that the harbour was open.", None),
        ("The bank (Apple) - said nothing.", None),
        ("Los Angeles - Police said on Monday.", None),
        ("In (AA) meetings, people talk.", None),
        ("The harbour reopened.\n(Photo: the author)", None),
        ("The harbour reopened.\n© 2026 The Example", None),
        ("", None),
    ],
)
def test_the_agency_is_read_where_texts_credit_one(text: str, agency: str | None) -> None:
    assert credited(text) == agency
