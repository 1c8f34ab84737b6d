"""Our answers against the strict models of another client: no unknown field, type or word."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

import attrs
import pytest
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated._meta import OPERATIONS

from sandbox.table import HANDLERS
from sandbox.tests.conftest import differences
from sandbox.tests.tour import CALLS, World

MODULES = {row.name.replace("_", ""): row.name for row in pkgutil.iter_modules(models.__path__)}
BY_PATH = {(row["method"].upper(), row["path"]): row for row in OPERATIONS}


def answer_model(method: str, path: str) -> Any:
    """Return the model class of a path's answer."""
    wanted = BY_PATH[method, path]["operationId"].lower() + "response"
    module = importlib.import_module(f"tiktok_shop_api.generated.models.{MODULES[wanted]}")
    return next(value for key, value in vars(module).items() if key.lower() == wanted)


def wrongs(model: Any, where: str) -> list[str]:
    """Return what a parsed answer holds that its model does not know, or in another type."""
    found = [f"{where}.{key} is unknown" for key in model.additional_properties]
    for part in attrs.fields(type(model)):
        value = getattr(model, part.name)
        kind = str(part.type)
        for one in value if isinstance(value, list) else [value]:
            if hasattr(type(one), "__attrs_attrs__") and part.name != "additional_properties":
                found += wrongs(one, f"{where}.{part.name}")
            elif (
                (
                    isinstance(one, bool)
                    and "bool" not in kind
                    or isinstance(one, int)
                    and not isinstance(one, bool)
                    and "int" not in kind
                    and "float" not in kind
                )
                or type(one) is str
                and "str" not in kind
            ):
                found.append(f"{where}.{part.name} is {one!r}, not {kind}")
    return found


def fill(template: str, given: dict[str, Any]) -> str:
    """Put the ids of a call into its path; what stays in `given` goes to the client."""
    for name in re.findall(r"\{(\w+)\}", template):
        template = template.replace("{" + name + "}", given.pop(name))
    return template


def test_every_answer_fits_the_strict_model_of_its_path(tool, capsys):
    world, found, fitting = World(tool), [], 0
    for name, how in CALLS.items():
        method, template = name.split()
        given = dict(how(world) if callable(how) else how)
        path = fill(template, given)
        status, answer = tool.send(method, path, **given)
        if answer["code"] != 0:
            found.append(f"{name}: {status} {answer['code']} {answer['message']}")
            continue
        try:
            wrong = wrongs(answer_model(method, template).from_dict(answer), name)
        except (KeyError, TypeError, ValueError) as error:
            wrong = [f"{name}: {error!r}"]
        found += wrong
        fitting += not wrong
    with capsys.disabled():
        print(f"\n{fitting} of {len(CALLS)} answers fit their strict models", end=" ")
    assert found == []
    assert differences(tool.box) == []


def test_every_path_that_the_library_knows_and_we_answer_is_called_above():
    ours = {f"{method} {path}" for method, path in HANDLERS if (method, path) in BY_PATH}
    assert ours - set(CALLS) == set()


@pytest.mark.parametrize(
    "path",
    [
        "/order/202309/orders",
        "/product/202309/products/search",
        "/return_refund/202309/returns/search",
        "/return_refund/202309/cancellations/search",
        "/finance/202309/payments",
    ],
)
def test_older_versions_of_a_path_are_answered_too(tool, path):
    order_id = tool.place()
    method = "GET" if path.endswith(("orders", "payments")) else "POST"
    query = {"ids": order_id, "sort_field": "create_time", "page_size": 10}
    assert tool.call(method, path, query=query)
