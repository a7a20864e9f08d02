"""The front end's one way to data: httpx to the API, with the token of the user who is asking."""

from app.ui.client.answer import Answer, Json, Problem
from app.ui.client.api import Api
from app.ui.client.connection import ApiClient

__all__ = ["Answer", "Api", "ApiClient", "Json", "Problem"]
