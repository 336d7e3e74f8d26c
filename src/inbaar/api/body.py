"""Reading the body of a request: JSON in UTF-8, of a bounded depth."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser


class JsonBody(Parser):
    """JSON, or a reason why not: nothing that is sent may break the program."""

    def parse_body(self, request: HttpRequest) -> Any:
        """What the body says."""
        try:
            return json.loads(request.body)
        except (ValueError, RecursionError) as why:
            raise HttpError(400, f"it cannot be read ({type(why).__name__})") from None
