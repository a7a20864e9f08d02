"""Imports: a file staged row by row, judged, and written in one transaction or not at all.

The plural in module names, since `import` is a word of the language.
"""

from app.services.imports.books import columns, errors_xlsx, template_csv, template_xlsx
from app.services.imports.checking import check
from app.services.imports.committing import abandon, commit
from app.services.imports.single import (
    cancel,
    create,
    expire,
    faulty,
    get,
    job_shape,
    list_,
    rows,
    still_read,
)
from app.services.imports.single import commit as ask_commit

__all__ = [
    "abandon",
    "ask_commit",
    "cancel",
    "check",
    "columns",
    "commit",
    "create",
    "errors_xlsx",
    "expire",
    "faulty",
    "get",
    "job_shape",
    "list_",
    "rows",
    "still_read",
    "template_csv",
    "template_xlsx",
]
