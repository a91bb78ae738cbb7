"""Which language a text is in."""

import pytest

from ingest.extract.language import by_function_words, detect

ENGLISH = (
    "The harbour reopened on Saturday after three days of storms that had kept every ferry in port, officials said."
)
ZULU = "Abantu bathi ukuthi ichweba livuliwe kodwa imikhumbi ayikahambi ngoba umoya usamkhulu futhi amanzi aphakeme kakhulu."


@pytest.mark.parametrize(
    ("text", "claimed", "code"),
    [
        (ENGLISH, None, "en"),
        (ENGLISH, "de", "en"),
        ("Storm", "de", "de"),
        (ZULU, "en", "zu"),
        ("", None, None),
    ],
)
def test_the_text_decides_and_the_page_where_the_text_cannot(text: str, claimed: str | None, code: str | None) -> None:
    assert detect(text, claimed=claimed)[0] == code


def test_what_is_told_by_function_words_or_claimed_has_no_confidence() -> None:
    assert detect(ZULU, claimed=None) == ("zu", None)
    assert detect("Storm", claimed="de")[1] is None
    confidence = detect(ENGLISH, claimed=None)[1]
    assert confidence is not None
    assert confidence > 0.9


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("xh", "Abantu bathi kuba izibuko livuliwe kwaye kodwa iinqanawa azikahambi ngoku ngenxa yomoya okanye amaza."),
        ("st", "Batho ba re hore boema-kepe bo butsoe empa likepe ha li tsamaee hobane moea o matla haholo hape."),
        ("tn", "Batho ba re gore boemakepe bo butswe mme dikepe ga di tsamaye gonne phefo e thata thata gape fela jaaka."),
        ("ha", "Shugaban kasar ya ce cewa an bude tashar jirgin ruwa amma wasu jiragen ba su tashi ba saboda iska kuma."),
        ("ig", "Ndị ọrụ kwuru na e mepeela ọdụ ụgbọ mmiri ahụ, mana ụgbọ ọzọ apụbeghị maka ikuku nke dị ike."),
        ("sn", "Vanhu vanoti chiteshi chavhurwa asi zvikepe hazvisati zvaenda nekuti mhepo iri kuvhuvhuta zvikuru uye kuti."),
        ("rw", "Abantu bavuga ko icyambu cyafunguwe ariko amato ntaragenda kubera umuyaga mwinshi kandi ngo kugira igihe."),
        ("ny", "Anthu akuti doko latsegulidwa koma zombo sizinanyamuke chifukwa mphepo ndi yamphamvu kwambiri komanso ndipo."),
    ],
)  # fmt: skip
def test_languages_that_the_model_does_not_know_are_told_by_their_function_words(code: str, text: str) -> None:
    assert by_function_words(text) == code


def test_no_european_language_is_taken_for_one_of_them() -> None:
    for text in (
        ENGLISH,
        "Uma tarde na praia, ela disse que não sabia de nada, mas tudo ia bem.",
        "Da steht ein Pferd auf dem Flur.",
    ):
        assert by_function_words(text) is None
