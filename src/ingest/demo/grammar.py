"""Articles from seeded sentence grammars, one TOML file a language; what is printed where is decided in edition.py."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).with_name("texts")
CHOICE = re.compile(r"<([^<>]*)>")
RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
SLOT = re.compile(r"\{([a-z]+)\}")
PEOPLE = ("person", "witness")
TOPIC_FIXED = ("short", "project", "authority")  # one value within an article; the topic's other slots vary
SENTENCE_COUNTS = range(10, 21)  # with the quotations: 150-600 words in the European languages
OPENING_MARKS = "“„«「¿¡"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """One language: `chrome` is the words around an article, the rest makes titles and sentences."""

    language: str
    chrome: Mapping[str, Any]
    names: Mapping[str, Any]
    fixed: Mapping[str, Sequence[str]]
    loose: Mapping[str, Sequence[str]]
    topics: Sequence[Mapping[str, Any]]
    text: Mapping[str, Sequence[str]]

    @property
    def space(self) -> str:
        """What stands between two sentences."""
        return "" if self.language == "ja" else " "


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A text nobody has printed yet. `retold` holds its second headline, `addition` its later paragraph."""

    title: str
    retold: str
    summary: str
    paragraphs: tuple[str, ...]
    addition: str
    section: str
    tags: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Telling:
    """One article in the making: slots that were given a value keep it."""

    grammar: Grammar
    rng: Random
    topic: Mapping[str, Any]
    kept: dict[str, str] = field(default_factory=dict)

    def say(self, template: str) -> str:
        """The template with every choice, slot and number drawn, beginning with a capital."""
        text = self._fill(template)
        start = 1 if text[0] in OPENING_MARKS else 0
        return text[:start] + text[start].upper() + text[start + 1 :]

    def _fill(self, template: str) -> str:
        text = CHOICE.sub(lambda found: self.rng.choice(found[1].split("|")), template)
        text = SLOT.sub(lambda found: self._slot(found[1]), text)
        return RANGE.sub(lambda found: str(self.rng.randint(int(found[1]), int(found[2]))), text)

    def _slot(self, name: str) -> str:
        if name in self.kept:
            return self.kept[name]
        value = person(self.grammar, self.rng) if name in PEOPLE else self._fill(self.rng.choice(self._values(name)))
        if name in PEOPLE or name in TOPIC_FIXED or name in self.grammar.fixed:
            self.kept[name] = value
        return value

    def _values(self, name: str) -> Sequence[str]:
        for values in (self.topic, self.grammar.fixed, self.grammar.loose):
            if name in values:
                return list(values[name])
        raise KeyError(f"{self.grammar.language}.toml: no slot {{{name}}}")


@cache
def read(language: str) -> Grammar:
    """The grammar of a language, ISO 639-1."""
    document = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return Grammar(
        language=language,
        chrome=document["chrome"],
        names=document["names"],
        fixed=document["fixed"],
        loose=document["loose"],
        topics=document["topic"],
        text=document["text"],
    )


def person(grammar: Grammar, rng: Random) -> str:
    """A full name in the language's order."""
    first, last = rng.choice(grammar.names["first"]), rng.choice(grammar.names["last"])
    return f"{last}{first}" if grammar.names.get("joined") else f"{first} {last}"


def tell(grammar: Grammar, rng: Random, taken: set[str]) -> Story:
    """A new story whose title is not in `taken`; the title is added to it."""
    while True:
        telling = _Telling(grammar=grammar, rng=rng, topic=rng.choice(grammar.topics))
        first, second = (telling.say(template) for template in rng.sample(grammar.text["headlines"], 2))
        if first != second and not {first, second} & taken:
            break
    taken |= {first, second}
    opening = telling.say(rng.choice(grammar.text["opening"]))
    return Story(
        title=first,
        retold=second,
        summary=opening,
        paragraphs=_paragraphs(telling, opening),
        addition=telling.say(rng.choice(grammar.text["updates"])),
        section=telling.topic["section"],
        tags=tuple(rng.sample(telling.topic["tags"], rng.randint(2, 3))),
    )


def _paragraphs(telling: _Telling, opening: str) -> tuple[str, ...]:
    """The opening, then paragraphs of one to three sentences, a quotation in every third, and a closing sentence."""
    grammar, rng = telling.grammar, telling.rng
    count = rng.choice(SENTENCE_COUNTS)
    quotes = list(rng.sample(grammar.text["quotes"], min(len(grammar.text["quotes"]), max(2, count // 3))))
    plain = list(rng.sample(grammar.text["body"], min(len(grammar.text["body"]), count - len(quotes))))
    paragraphs = [grammar.space.join([opening, telling.say(plain.pop())])]
    while plain:
        sentences = [telling.say(plain.pop()) for _ in range(min(len(plain), rng.randint(1, 3)))]
        if quotes:
            sentences.insert(rng.randint(0, len(sentences)), telling.say(quotes.pop()))
        paragraphs.append(grammar.space.join(sentences))
    paragraphs.append(telling.say(rng.choice(grammar.text["closing"])))
    return tuple(paragraphs)
