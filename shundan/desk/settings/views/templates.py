"""Settings › Message templates: texts by reason and language, for writing to buyers."""
from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.settings.forms import TemplateForm, add_refusal
from shundan.edges.conversations import actions
from shundan.edges.conversations.queries import templates_for
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction
from shundan.ground.staff.logins import needs


@needs(Right.SETTINGS)
@require_safe
def list_templates(request: HttpRequest) -> HttpResponse:
    """Show the templates in use, and the form; ?key= fills the form with one of them."""
    chosen = next((one for one in templates_for() if str(one.pk) == request.GET.get("key")), None)
    first = {"language": "en"}
    if chosen is not None:
        first = {name: getattr(chosen, name) for name in ("reason", "language", "title", "text")}
    return _page(request, TemplateForm(initial=first))


@needs(Right.SETTINGS)
@require_POST
def store_template(request: HttpRequest) -> HttpResponse:
    """Keep a template; the same reason, language and title means the same one."""
    form = TemplateForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.store_template(
                told["reason"], told["language"], told["title"], told["text"], by=request.who, now=clock.now()
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The template is kept."))
            return redirect("settings:templates")
    return _page(request, form, status=422)


@needs(Right.SETTINGS)
@require_POST
def retire_template(request: HttpRequest, key: int) -> HttpResponse:
    """Offer a template no more."""
    in_transaction(lambda: actions.retire_template(key, by=request.who, now=clock.now()))
    messages.success(request, _("The template is no longer offered."))
    return redirect("settings:templates")


def _page(request: HttpRequest, form: TemplateForm, *, status: int = 200) -> HttpResponse:
    return render(request, "settings/templates.html", {"templates": templates_for(), "form": form}, status=status)
