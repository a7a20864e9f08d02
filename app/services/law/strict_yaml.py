"""The YAML of the law: no duplicate keys, floats or merges; only `true` and `false` are truth values."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode

_BOOL, _INT, _FLOAT = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_KEPT = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:timestamp", _FLOAT}


class LawError(ValueError):
    """A file of the law says something it may not say; the message names the file."""


class StrictModel(BaseModel):
    """Shape of a file of the law: unknown keys are errors, nothing is converted, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _plain_resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Null, dates, floats (to refuse them), whole decimal numbers, true and false. So `on:` is a word."""
    kept: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
        kept[first] = [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
    for first in "tf":
        kept.setdefault(first, []).append((_BOOL, re.compile(r"^(?:true|false)$")))
    for first in "-0123456789":
        kept.setdefault(first, []).insert(0, (_INT, re.compile(r"^-?(?:0|[1-9][0-9]*)$")))
    return kept


class _StrictLoader(yaml.SafeLoader):
    yaml_implicit_resolvers = _plain_resolvers()

    def construct_mapping(  # the library's signature
        self,
        node: MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - see above
    ) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise ConstructorError(None, None, f"key {key!r} is not a word", key_node.start_mark)
            if key in seen:
                raise ConstructorError(None, None, f"duplicate key {key!r}", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise ConstructorError(None, None, "aliases are not used in the law")
        return super().compose_node(parent, index)


def _refuse_float(_: _StrictLoader, node: ScalarNode) -> None:
    raise ConstructorError(None, None, f"{node.value} is not a whole number", node.start_mark)


_StrictLoader.add_constructor(_FLOAT, _refuse_float)


def load(path: Path) -> object:
    """Read one file of the law. LawError names file and line of anything outside the strict subset."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a stricter SafeLoader
    except (yaml.YAMLError, ValueError) as refused:
        raise LawError(f"{path.name}: {refused}") from refused
