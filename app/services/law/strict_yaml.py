"""YAML the law is written in: no duplicate keys, no floats, no merges, and only `true` and `false` are truth values."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

import yaml
from pydantic import BaseModel, ConfigDict
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode

_BOOL, _INT, _FLOAT = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_KEPT = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:timestamp", _FLOAT}


class LawError(ValueError):
    """A file of the law says something it may not say; the message names the file."""


class StrictModel(BaseModel):
    """Shape of a file of the law: unknown keys are errors, nothing is converted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _plain_resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Keep null, dates and (to refuse them) floats; whole decimal numbers; `true`/`false`. So `on:` stays a word."""
    kept: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
        kept[first] = [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
    for first in "tf":
        kept.setdefault(first, []).append((_BOOL, re.compile(r"^(?:true|false)$")))
    for first in "-0123456789":
        kept.setdefault(first, []).insert(0, (_INT, re.compile(r"^-?(?:0|[1-9][0-9]*)$")))
    return kept


class _StrictLoader(yaml.SafeLoader):
    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = _plain_resolvers()

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the library's signature
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise ConstructorError(None, None, f"key {key!r} is not a word", key_node.start_mark)
            if key in seen:
                raise ConstructorError(None, None, f"duplicate key {key!r}", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)

    def flatten_mapping(self, node: MappingNode) -> None:
        """Merge keys (`<<`) would let a key stand twice unseen, so `<<` is a key like any other."""

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise ConstructorError(
                None, None, "aliases are not used in the law", self.peek_event().start_mark
            )
        return super().compose_node(parent, index)


def _refuse_float(_: _StrictLoader, node: ScalarNode) -> Any:
    raise ConstructorError(None, None, f"{node.value} is not a whole number", node.start_mark)


_StrictLoader.add_constructor(_FLOAT, _refuse_float)


def load(path: Path) -> Any:
    """Read one file of the law. Raises LawError naming file and line for anything outside the strict subset."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader, stricter
    except (yaml.YAMLError, ValueError) as refused:
        raise LawError(f"{path.name}: {refused}") from refused
