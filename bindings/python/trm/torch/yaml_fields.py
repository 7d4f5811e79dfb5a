"""Configurations as the published code writes them beside its checkpoints, all_config.yaml: fields nested by
indentation. lib/interchange/yaml.c reads the same, by the same rules; lists and the like are passed over."""

from __future__ import annotations

import json
import re
from typing import Any

WORDS: dict[str, Any] = {
    **{word: True for word in ("true", "True", "yes")},
    **{word: False for word in ("false", "False", "no")},
    **{word: None for word in ("null", "~")},
}
LINE = re.compile(r"( *)([^\s#\-%{\[][^:]*):(?: (.*))?$")


def _value(text: str) -> Any:
    text = text.strip()
    if text[:1] in ("'", '"'):
        return text[1:].partition(text[0])[0]
    text = re.sub(r"(^| )#.*", "", text).strip()
    if text in WORDS:
        return WORDS[text]
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    try:
        return json.loads(text) if re.fullmatch(r"-?[0-9.eE+-]+", text) else text
    except ValueError:
        return text


def read_yaml(text: str) -> dict[str, Any]:
    """The fields; ValueError for one that is there twice, or when there are none."""
    whole: dict[str, Any] = {}
    levels: list[tuple[int, dict[str, Any]]] = [(0, whole)]
    opened: dict[str, Any] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        match = LINE.match(line.rstrip())
        if match is None:
            continue
        indent, name, value = len(match[1]), match[2], (match[3] or "").strip()
        if opened is not None and indent > levels[-1][0]:
            levels.append((indent, opened))
        opened = None
        while len(levels) > 1 and indent < levels[-1][0]:
            levels.pop()
        if indent != levels[-1][0]:
            continue
        fields = levels[-1][1]
        if name in fields:
            raise ValueError(f"line {number}: {name} is there twice")
        if value == "" or value.startswith("#"):
            opened = fields[name] = {}
        else:
            fields[name] = _value(value)
    if not whole:
        raise ValueError("expected fields such as 'H_cycles: 3', found none")
    return whole
