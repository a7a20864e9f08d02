"""The house as text: its files, their syntax trees, and what each name in them means."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, with slashes, and its tree."""

    path: str
    text: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """Where `node` stands, as an editor opens it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def example(text: str, path: str = "app/services/example.py") -> Source:
    """A file that does not exist: the counter-example that a check must refuse."""
    return Source(path, text, ast.parse(text))


@cache
def tracked() -> tuple[str, ...]:
    """Every file that is or would be committed, by path from the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return tuple(sorted(path for path in set(listing.stdout.split("\0")) if path and (ROOT / path).is_file()))


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file beneath these folders of the root."""
    found = []
    for path in tracked():
        if path.endswith(".py") and path.startswith(tuple(f"{folder}/" for folder in folders)):
            text = (ROOT / path).read_text(encoding="utf-8")
            found.append(Source(path, text, ast.parse(text, path)))
    return tuple(found)


def imports(tree: ast.Module) -> dict[str, str]:
    """Local name to the full dotted name it was imported as, wherever in the file the import stands."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.partition(".")[0]
                names[local] = alias.name if alias.asname else local
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.AST, names: dict[str, str]) -> str:
    """`sa.text` as `sqlalchemy.text`; empty where the expression is no plain chain of names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


@cache
def meanings(source: Source) -> tuple[tuple[ast.AST, str], ...]:
    """Every import and every use of a name in `source`, with the full dotted name meant."""
    return tuple(_meanings(source.tree))


def _meanings(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    names = imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Attribute | ast.Name):
            name = dotted(node, names)
            if name:
                yield node, name
