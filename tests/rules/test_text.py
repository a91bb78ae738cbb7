"""Lines of a text: which are the article's."""

import pytest

from ingest.rules.text import article_lines, clean, is_call, is_credit

FIRST = "The harbour reopened on Saturday after three days of storms, officials said."
SECOND = "Crews worked through the night to clear the northern channel."


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a  \n\n\n b\t\n", "a\nb"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("cafe\u0301 “x” – y / z", "café “x” – y / z"),
        ("a\x00b\x1fc\u2028", "abc"),
        ("half an emoji \ud83d\nand \x1b]0;a command\x07", "half an emoji\nand ]0;a command"),
        ("", ""),
    ],
)
def test_text_is_tidied_at_its_edges_only(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "head",
    [
        ["Harbour reopens"],
        ["Weather", "Harbour reopens", "By Ana Silva"],
        ["HARBOUR REOPENS", "Ana Silva", "21 November 2026, 18:30"],
        ["Stand: 21.11.2026, 18:30 Uhr"],
        ["By Bo Ek and Cy Dee in Lisbon"],
        ["Von Ana Silva, die seit Jahren berichtet."],
        ["Por María Gómez"],
        ["Published:", "Nov 21, 2026 | 8 min read"],
        ["2026年11月21日 18時30分"],
        ["Mis à jour le 21 novembre 2026 à 18h30"],
        ["Опубликовано 21 ноября 2026 г."],
        [],
    ],
)
def test_title_byline_and_date_above_the_text_are_dropped(head: list[str]) -> None:
    lines = article_lines("\n".join([*head, FIRST, SECOND]), titles=["Harbour reopens"], names=["Ana Silva"])
    assert lines == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    "line",
    [
        "Read more",
        "READ MORE:",
        "Lesen Sie auch: Sturm im Norden",
        "Advertisement",
        "Les også: Båtene er tilbake",
        "関連記事",
    ],
)
def test_a_line_that_only_sends_the_reader_elsewhere_is_dropped(line: str) -> None:
    assert is_call(line)
    assert article_lines(f"{FIRST}\n{line}\n{SECOND}", titles=[], names=[]) == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    "line",
    [
        "Read more carefully, he said: the letter has two pages.",
        "Related costs fell by a third.",
        "Photo albums were saved from the flood.",
        "More than 200 people came.",
        "Copyright law is what the case is about.",
        "Watch out, she shouted.",
        "2026",
    ],
)
def test_a_sentence_that_looks_like_a_call_stays(line: str) -> None:
    assert line in article_lines(f"{FIRST}\n{line}\n{SECOND}", titles=[], names=[]).split("\n")


def test_the_page_s_own_foot_is_cut_off_from_the_end() -> None:
    foot = "Sign up for our newsletter today\n© 2026 The Example"
    assert article_lines(f"{FIRST}\n{SECOND}\n{foot}", titles=[], names=[]) == f"{FIRST}\n{SECOND}"
    assert article_lines("© 2026", titles=[], names=[]) == "© 2026"


@pytest.mark.parametrize(
    "line",
    [
        "In 2024 the club won the cup for the first time.",
        "Police said 1,200 people were evacuated.",
        "Im Jahr 2024 gewann der Verein zum ersten Mal.",
        "En 2024, le club a gagné la coupe.",
        "Fitness Trends 2025: A Brief Look",
        "130 West 26th St, New York 10001",
        "By noon the river had burst its banks.",
        "By Monday, Harbour Street Was Dry.",
        "Por ahora no hay heridos, dijo el alcalde.",
        "Von den Tätern fehlt jede Spur.",
        "Par ailleurs, la route reste fermée",
        "Di Maio attacca il governo",
        "Av de tolv båtarna sjönk två.",
        "Published reports say three people died.",
        "Stand up for your rights, she told the crowd.",
        "Posted guards kept the crowd away.",
        "Publicado el informe, el ministro dimitió.",
        "Updated rules for ferries take effect in May",
        "Text messages show what the captain knew.",
        "Door staff said they saw nothing.",
    ],
)
def test_a_first_line_of_prose_is_no_byline_and_no_date(line: str) -> None:
    assert article_lines(f"{line}\n{FIRST}", titles=["Harbour reopens"], names=["Ana Silva"]) == f"{line}\n{FIRST}"


def test_a_sentence_above_the_repeated_title_stays() -> None:
    text = f"Ferries sail again, and nobody was hurt.\nHarbour reopens\n{FIRST}"
    assert article_lines(text, titles=["Harbour reopens"], names=[]).startswith("Ferries sail again")


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Bo Ek",
        "Photo by Bo Ek https://photos.example/bo",
        "Photo: Reuters.",
        "Image credit: ©  Photos.example/BoEk",
        "Foto: dpa/Max Mustermann",
        "Foto de Ana Silva",
        "Bild: Bo Ek/TT",
        "Fotos © Agencia Ejemplo",
        "Фото: Анна Иванова",
    ],
)
def test_the_credit_of_a_picture_is_dropped(line: str) -> None:
    assert is_credit(line)
    assert article_lines(f"{FIRST}\n{line}\n{SECOND}", titles=[], names=[]) == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    "line",
    [
        "Images depict flooded streets and ruined homes.",
        "Images/videos of the flood spread within minutes.",
        "Bilder der Zerstörung gehen um die Welt.",
        "Fotos der Opfer standen auf dem Altar.",
        "Fotos de la catástrofe recorren el mundo.",
        "Photos by NASA show water on the moon, scientists said.",
        "Photos by NASA show water",
        "Credit: banks are lending less, the central bank says.",
        "Crédit : les banques prêtent moins.",
        "Bild delade ut priset.",
        "More – far more – is needed, he said.",
        "More - much more - must be done.",
        "Watch - and learn, she said.",
        "Copyright holders have until March to appeal.",
        "Todos los derechos humanos deben respetarse, dijo.",
        "Follow us, the guide said, and we did.",
        "Share this burden, the minister asked.",
        "Sign up for the race closes on Friday.",
        "Fehler gefunden haben die Prüfer nicht.",
        "Join our forces, he told the crowd.",
    ],
)
def test_a_sentence_that_opens_like_furniture_stays_wherever_it_stands(line: str) -> None:
    for text in (f"{line}\n{FIRST}", f"{FIRST}\n{line}\n{SECOND}", f"{FIRST}\n{line}"):
        assert article_lines(text, titles=[], names=[]) == text


@pytest.mark.parametrize(
    "tail",
    [
        ["World", "Harbour reopens", "Published 21 November 2026, 18:30"],
        ["Publié le"],
        ["Home > World > Harbour reopens"],
        ["By Ana Silva", "Last updated: Nov 21, 2026"],
        ["Harbour reopens", "© 2026 The Example"],
    ],
)
def test_the_header_s_lines_at_the_end_are_dropped(tail: list[str]) -> None:
    lines = article_lines("\n".join([FIRST, *tail]), titles=["Harbour reopens"], names=["Ana Silva"], beside=["World"])
    assert lines == FIRST


@pytest.mark.parametrize(
    "line", ["Transport", "Home > Transport", "The harbour in 2019", "Home › Transport › Harbour reopens"]
)
def test_a_leading_line_that_the_page_says_beside_its_text_is_dropped(line: str) -> None:
    beside = ["Transport", "The harbour in 2019"]
    for head in (line, f"{line}\nHarbour reopens"):
        lines = article_lines(f"{head}\n{FIRST}\n{SECOND}", titles=["Harbour reopens"], names=[], beside=beside)
        assert lines == f"{FIRST}\n{SECOND}"
    assert article_lines(f"{FIRST}\n{line}\n{SECOND}", titles=[], names=[], beside=beside).split("\n")[1] == line
