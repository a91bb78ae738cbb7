"""Who wrote it: people, and neither publishers, desks, agencies nor addresses."""

import pytest

from ingest.rules.author import agency, people


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["Ana Silva"], ("Ana Silva",)),
        (["By Ana Silva and Bo Ek"], ("Ana Silva", "Bo Ek")),
        (["Von Ana Silva und Bo Ek"], ("Ana Silva", "Bo Ek")),
        (["byAna Silva"], ("Ana Silva",)),
        (["Ana Silva, Bo Ek; Cy Dee"], ("Ana Silva", "Bo Ek", "Cy Dee")),
        (["Ana Silva", "ana silva"], ("Ana Silva",)),
        (["Ana Silva/AFP", "dpa/Bo Ek", "Cy Dee, jwe/Reuters"], ("Ana Silva", "Bo Ek", "Cy Dee")),
        (["https://news.example/Ana Silva/AFP", "Ana Silva/Bo Ek"], ()),
        (["Silva, Ana"], ("Ana Silva",)),
        (["Ana \x1b\ud83dSilva&#x81;"], ("Ana Silva",)),
        (["Ana Silva, Lisbon"], ("Ana Silva",)),
        (["Ana Silva | Political Correspondent"], ("Ana Silva",)),
        (["Ludwig van den Berg"], ("Ludwig van den Berg",)),
        (["김철수 기자"], ("김철수",)),
        (["The Example", "Example Staff", "Redaktion", "dpa", "jwe", "Reuters"], ()),
        (["https://www.facebook.com/example", "desk@news.example", "@ana"], ()),
        (["admin", "News Desk", "Guest Author", "123", ""], ()),
        (["Redaktion", "Die Redaktion", "Rédaction", "Redacción", "Da Redação", "Redazione", "De redactie"], ()),
        (["Redaksjonen", "Redaktionen", "Redakcja", "Toimitus", "Szerkesztőség", "Tim Redaksi", "Haber Merkezi"], ()),
        (["朝日新聞社編集部", "편집국", "온라인뉴스팀", "编辑部", "هيئة التحرير", "वेब डेस्क", "กองบรรณาธิการ"], ()),
        (["Kontakt: desk@zeitung.example", "redaccion@diario.example", "Ana <ana@x.org>"], ()),
        (["The Other Paper (www.other.example)"], ()),
        (["x " * 2000], ()),
    ],
)
def test_only_people_are_authors(given: list[str], names: tuple[str, ...]) -> None:
    assert people(given, publishers=("The Example", "news.example")) == names


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (["Reuters"], "Reuters"),
        (["Ana Silva, AP"], "AP"),
        (["THE ASSOCIATED PRESS"], "AP"),
        (["dpa"], "dpa"),
        (["Ana Silva/AFP"], "AFP"),
        (["jwe/dpa"], "dpa"),
        (["https://news.example/authors/ap"], None),
        (["Agence France-Presse"], "AFP"),
        (["Ana Silva"], None),
        ([], None),
    ],
)
def test_an_agency_is_named_by_its_usual_name(given: list[str], name: str | None) -> None:
    assert agency(given) == name
