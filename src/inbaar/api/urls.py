"""The API's own addresses, looked up without those of the pages."""

from functools import cache

from django.http import HttpRequest, JsonResponse
from django.urls import path

from inbaar.api.entrance import PREFIX
from inbaar.api.site import api


@cache
def _description() -> dict[str, object]:
    return dict(api.get_openapi_schema(path_prefix=PREFIX))


def description(request: HttpRequest) -> JsonResponse:
    """The description of the API as programs read it (OpenAPI), for everybody."""
    return JsonResponse(_description())


urlpatterns = [path("api/v1/openapi.json", description, name="description"), path("api/v1/", api.urls)]
