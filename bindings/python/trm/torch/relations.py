"""Relations: which positions, fields or nodes hear which, as a model's file names them (doc/model.md, "Relations").

What a name means for a shape is worked out in tables.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

SOURCES = ("shape", "file", "question")
LEVELS = ("nodes", "positions", "fields")
AGGREGATES = (("sum",), ("max",), ("sum", "max"), ("node",))
MOST_RELATIONS = 32
NAMED = {
    **dict.fromkeys(("row", "column", "box", "all", "up", "down", "left", "right"), "positions"),
    **dict.fromkeys(("cell", "next", "previous", "above", "below"), "fields"),
}
OFFSETS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
OFFSET = re.compile(r"offset\((-?\d{1,5}),(-?\d{1,5})\)")
PLAIN = re.compile(r"[a-z][a-z0-9_]{0,30}")


def offset_of(name: str) -> tuple[int, int] | None:
    """Rows and columns from the hearer to the heard, of a relation that has them."""
    match = OFFSET.fullmatch(name)
    return OFFSETS.get(name) if match is None else (int(match[1]), int(match[2]))


def level_of(name: str) -> str | None:
    """That of a relation by name; None for a name that means nothing."""
    return "positions" if OFFSET.fullmatch(name) else NAMED.get(name)


@dataclass(frozen=True)
class Relation:
    """One of them: its name, where its lists come from, what they are over, and what is taken from them."""

    name: str
    source: str = "shape"
    level: str = "positions"
    aggregates: tuple[str, ...] = ("sum", "max")

    def __str__(self) -> str:
        return f"{self.name}={self.source}/{self.level}/{'+'.join(self.aggregates)}"

    def check(self) -> None:
        """Refuses what cannot be, by name."""
        words = self.source in SOURCES and self.level in LEVELS and self.aggregates in AGGREGATES
        given = self.source != "shape" and PLAIN.fullmatch(self.name) is not None
        named = self.source == "shape" and level_of(self.name) == self.level
        if not words or not (given or named):
            raise ValueError(f"relations: {self} is none")
        single = offset_of(self.name) is not None or self.name in ("next", "previous")
        if named and self.aggregates == ("node",) and not single:
            raise ValueError(f"relations: {self}: its lists have several, expected sum, max or sum+max")


def read_relations(text: str) -> tuple[Relation, ...]:
    """The metadata model.relations: `NAME=SOURCE/LEVEL/AGGREGATES`, one space between."""
    found = []
    for word in text.split(" ") if text else []:
        match = re.fullmatch(r"([^=]+)=([^/]+)/([^/]+)/([^/]+)", word)
        if match is None:
            raise ValueError(f"relations: expected NAME=SOURCE/LEVEL/AGGREGATES, found {word!r}")
        found.append(Relation(match[1], match[2], match[3], tuple(match[4].split("+"))))
    return checked(found)


def checked(relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """The same, each of them and all together being possible."""
    for relation in relations:
        relation.check()
    if len({relation.name for relation in relations}) != len(relations):
        raise ValueError("relations: a name is there twice")
    if len(relations) > MOST_RELATIONS:
        raise ValueError(f"relations: at most {MOST_RELATIONS}, found {len(relations)}")
    return tuple(relations)


def write_relations(relations: Sequence[Relation]) -> str:
    """The text that read_relations() reads."""
    return " ".join(map(str, relations))


def _from_name(name: str, config: Mapping[str, Any]) -> Relation:
    """A name alone, for which `aggregates` and `given` hold."""
    given = name in config.get("given", [])
    level = "positions" if given else level_of(name) or "positions"
    return Relation(name, "question" if given else "shape", level, tuple(config.get("aggregates", ())))


def from_config(config: Mapping[str, Any]) -> tuple[Relation, ...]:
    """Those of a safetensors file's `config`: names, or objects that say everything."""
    found = []
    for item in config.get("relations", []):
        if isinstance(item, str):
            found.append(_from_name(item, config))
        else:
            aggregates = tuple(item.get("aggregates", ()))
            found.append(Relation(item["name"], item["source"], item["level"], aggregates))
    return checked(found)


def to_config(relations: Sequence[Relation]) -> list[dict[str, Any]]:
    """As objects for a safetensors file's `config`."""
    return [
        {"name": r.name, "source": r.source, "level": r.level, "aggregates": list(r.aggregates)}
        for r in relations
    ]
