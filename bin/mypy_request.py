"""Tells mypy what our middlewares put on a request: `who` (who asks) and `htmx`."""

from __future__ import annotations

from collections.abc import Callable

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import AnyType, TypeOfAny

REQUEST = "django.http.request.HttpRequest"


class RequestPlugin(Plugin):
    """Adds the attributes to Django's own class, so that no view needs another type for its request."""

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return add_attributes if fullname == REQUEST else None


def add_attributes(context: ClassDefContext) -> None:
    """Add `who` and `htmx` where the class has none."""
    for name in ("who", "htmx"):
        if name not in context.cls.info.names:
            told = Var(name, AnyType(TypeOfAny.explicit))
            told.info = context.cls.info
            context.cls.info.names[name] = SymbolTableNode(MDEF, told, plugin_generated=True)


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy asks for."""
    return RequestPlugin
