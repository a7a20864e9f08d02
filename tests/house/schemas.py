"""What a body is made of."""

import inspect
from collections.abc import Iterable

from pydantic import BaseModel


def accepts_the_unknown(cls: type[BaseModel]) -> bool:
    """Whether a body of this shape lets a misspelt field pass in silence."""
    return cls.model_config.get("extra") != "forbid"


def contained(bodies: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    """The model classes inside the fields of `bodies`, at any depth."""
    found: list[type[BaseModel]] = []
    queue = list(bodies)
    while queue:
        for field in queue.pop().model_fields.values():
            for part in parts(field.annotation):
                if part not in found:
                    found.append(part)
                    queue.append(part)
    return found


def parts(annotation: object) -> list[type[BaseModel]]:
    """The model classes named in an annotation such as `list[LegalBasis] | None`."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for argument in getattr(annotation, "__args__", ()) for part in parts(argument)]
