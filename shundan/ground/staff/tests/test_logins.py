"""Who gets in, by link, by session and by token, and what each may do."""

from __future__ import annotations

import types
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from ninja import Router, Schema, UploadedFile

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import NotAllowed
from shundan.core.rights import Right
from shundan.ground.journal.models import Entry
from shundan.ground.lib import clock
from shundan.ground.staff import actions, queries
from shundan.ground.staff.api import make_api
from shundan.ground.staff.logins import SecondFactorAdapter, needs, unguarded
from shundan.ground.staff.models import ApiToken, IdempotencyKey, LoginLink, Person

router = Router()
ran: list[int] = []


class Question(Schema):
    number: int


@router.get("/count")
@needs(Right.SEE_ORDER)
def tell_count(request, limit: int = 50):
    return {"limit": limit, "who": request.who.name, "shops": sorted(request.who.shop_keys or ())}


@router.post("/count")
@needs(Right.HOLD)
def ask_count(request, question: Question):
    ran.append(question.number)
    return {"runs": len(ran)}


@router.post("/upload")
@needs(Right.IMPORT)
def upload(request, file: UploadedFile):
    ran.append(len(file.read()))
    return {"size": ran[-1]}


@needs(Right.SEE_DESK)
def home(request):
    return HttpResponse("home")


@needs(Right.STAFF)
def owners_only(request):
    return HttpResponse("owners")


def forgotten(request):
    return HttpResponse("should never be seen")


def _urls() -> types.ModuleType:
    api = make_api()
    api.add_router("/numbers", router)
    module = types.ModuleType("staff_test_urls")
    urlpatterns = [
        path("", home),
        path("owners/", owners_only),
        path("forgotten/", forgotten),
        path("", include("shundan.ground.staff.urls")),
        path("api/v1/", api.urls),
        path("accounts/", include("allauth.urls")),
        path("i18n/", include("django.conf.urls.i18n")),
    ]
    vars(module)["urlpatterns"] = urlpatterns
    return module


@pytest.fixture(scope="module")
def urls():
    return _urls()


@pytest.fixture(autouse=True)
def desk(settings, urls, db):
    settings.ROOT_URLCONF = urls
    ran.clear()


def make(role: str) -> Person:
    return actions.create_person(f"{role}.one", role=role, by=SYSTEM, now=clock.now())


def bearer(role: str = "clerk", **told) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {actions.issue_token(role, **told)}"}


def signed_in(role: str) -> Client:
    person = make(role)
    person.set_password("ein langes Passwort")
    person.save()
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_stranger_is_sent_to_the_login_page(client):
    answer = client.get("/owners/?a=1")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/owners/%3Fa%3D1")


def test_a_viewer_is_refused_what_only_owners_may_do_and_told_what_to_do():
    answer = signed_in("viewer").get("/owners/", headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert "Ask the owner for a role that has this right." in answer.content.decode()


def test_an_owner_comes_in():
    assert signed_in("owner").get("/owners/").content == b"owners"


def test_a_view_without_a_right_is_closed_even_to_the_owner():
    assert signed_in("owner").get("/forgotten/").status_code == 403


def test_the_start_up_check_names_the_view_without_a_right(urls):
    assert list(unguarded(urls.urlpatterns)) == ["forgotten/"]


def test_a_login_link_works_once_and_asks_for_a_password_first(client):
    link = actions.issue_login_link(base_url="http://desk.example/")
    assert link.startswith("http://desk.example/login/")
    way = link.removeprefix("http://desk.example")
    assert client.get(way)["Location"] == "/login/password/"
    assert client.get("/")["Location"] == "/login/password/"
    refused = client.post("/login/password/", {"new_password1": "short", "new_password2": "short"})
    assert refused.status_code == 200
    done = client.post("/login/password/", {"new_password1": "Kranich-7-Boot", "new_password2": "Kranich-7-Boot"})
    assert done["Location"] == "/"
    assert client.get("/").content == b"home"
    owner = Person.objects.get()
    assert (owner.username, owner.role, owner.check_password("Kranich-7-Boot")) == ("owner", "owner", True)
    assert Client().get(way).status_code == 410


def test_a_login_link_dies_after_its_hour(client):
    way = actions.issue_login_link()
    LoginLink.objects.update(expires_at=clock.wall() - timedelta(seconds=1))
    assert client.get(way).status_code == 410


def test_a_second_link_does_not_make_a_second_owner():
    actions.issue_login_link()
    actions.issue_login_link()
    assert Person.objects.count() == 1


def test_nobody_can_sign_up_or_ask_for_a_password_by_mail(client):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/password/reset/").status_code == 404


def test_logging_in_with_a_password_is_journaled(client):
    person = make("clerk")
    person.set_password("Kranich-7-Boot")
    person.save()
    wrong = client.post("/accounts/login/", {"login": "clerk.one", "password": "wrong"})
    assert wrong.status_code == 200
    right = client.post("/accounts/login/", {"login": "clerk.one", "password": "Kranich-7-Boot"})
    assert right.status_code == 302
    verbs = list(Entry.objects.filter(subject_kind="staff").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["create_person", "fail_login", "log_in"]


def test_eight_wrong_passwords_lock_the_name_out(client, settings):
    person = make("clerk")
    person.set_password("Kranich-7-Boot")
    person.save()
    for _ in range(8):
        answer = client.post("/accounts/login/", {"login": "clerk.one", "password": "wrong"})
    assert answer.status_code == 429
    right = client.post("/accounts/login/", {"login": "clerk.one", "password": "Kranich-7-Boot"})
    assert right.status_code == 429


def test_the_api_refuses_a_stranger_with_401(client):
    answer = client.get("/api/v1/numbers/count")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"


@pytest.mark.parametrize("header", ["Bearer sd_unknown", "Bearer ", "Basic abc"])
def test_the_api_refuses_a_wrong_token(client, header):
    assert client.get("/api/v1/numbers/count", HTTP_AUTHORIZATION=header).status_code == 401


def test_a_token_reads_with_its_role(client):
    answer = client.get("/api/v1/numbers/count?limit=7", **bearer("viewer", name="till"))
    assert answer.json() == {"limit": 7, "who": "till", "shops": []}


def test_a_token_without_the_right_gets_403_and_nothing_runs(client):
    answer = client.post("/api/v1/numbers/count", {"number": 1}, content_type="application/json", **bearer("viewer"))
    assert (answer.status_code, answer.json()["error"]["code"], ran) == (403, "not_allowed", [])


def test_a_revoked_or_expired_token_is_a_stranger(client):
    gone, late = bearer(), bearer()
    first, second = ApiToken.objects.order_by("pk")
    actions.revoke_token(first, by=SYSTEM, now=clock.now())
    ApiToken.objects.filter(pk=second.pk).update(expires_at=clock.wall() - timedelta(seconds=1))
    assert client.get("/api/v1/numbers/count", **gone).status_code == 401
    assert client.get("/api/v1/numbers/count", **late).status_code == 401


def test_only_the_hash_of_a_token_is_kept():
    raw = actions.issue_token("clerk")
    token = ApiToken.objects.get()
    assert raw not in (token.name, token.key_hash, token.hint)
    assert token.hint == raw[:7]
    assert len(raw) > 40


def test_use_of_a_token_is_noted_at_most_once_a_minute(client, django_assert_num_queries):
    header = bearer()
    client.get("/api/v1/numbers/count", **header)
    first = ApiToken.objects.get().last_used_at
    with django_assert_num_queries(2):  # the token and its shops
        client.get("/api/v1/numbers/count", **header)
    assert ApiToken.objects.get().last_used_at == first


def test_an_unknown_parameter_is_422_and_named(client):
    answer = client.get("/api/v1/numbers/count?limt=7", **bearer())
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unknown_parameter")
    assert answer.json()["error"]["field"] == "limt"


def test_a_wrong_value_is_422_and_named(client):
    answer = client.get("/api/v1/numbers/count?limit=many", **bearer())
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "limit")


def test_the_same_idempotency_key_is_carried_out_once(client):
    header = bearer() | {"HTTP_IDEMPOTENCY_KEY": "k1"}
    answers = [
        client.post("/api/v1/numbers/count", {"number": 1}, content_type="application/json", **header) for _ in range(3)
    ]
    assert [a.json() for a in answers] == [{"runs": 1}] * 3
    assert ran == [1]
    other = client.post("/api/v1/numbers/count", {"number": 2}, content_type="application/json", **header)
    assert (other.status_code, other.json()["error"]["code"], ran) == (409, "idempotency_mismatch", [1])


def test_a_call_that_broke_off_is_not_blindly_repeated(client):
    header = bearer()
    owner = f"token:{ApiToken.objects.get().pk}"
    send = partial(client.post, "/api/v1/numbers/count", {"number": 1}, content_type="application/json", **header,
                   HTTP_IDEMPOTENCY_KEY="k4")  # fmt: skip
    assert (send().status_code, ran) == (200, [1])
    IdempotencyKey.objects.filter(owner=owner, key="k4").update(status=None)
    codes = [send().json()["error"]["code"]]
    IdempotencyKey.objects.update(created_at=clock.wall() - timedelta(minutes=3))
    codes.append(send().json()["error"]["code"])
    assert (codes, ran) == (["under_way", "unknown_outcome"], [1])


def test_a_refused_call_gives_its_idempotency_key_back(client):
    header = bearer() | {"HTTP_IDEMPOTENCY_KEY": "k2"}
    bad = client.post("/api/v1/numbers/count", {"number": "x"}, content_type="application/json", **header)
    good = client.post("/api/v1/numbers/count", {"number": 1}, content_type="application/json", **header)
    assert (bad.status_code, good.status_code) == (422, 200)


def test_the_session_of_a_page_needs_the_csrf_token_to_change_anything():
    person = make("clerk")
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/v1/numbers/count").status_code == 200
    answer = client.post("/api/v1/numbers/count", {"number": 1}, content_type="application/json")
    assert (answer.status_code, ran) == (403, [])


def test_a_scoped_person_carries_the_scope():
    from shundan.ground.shops.actions import ShopDraft, store_shop

    shop = store_shop(ShopDraft("749999", "Kranich", "GB"), now=clock.now())
    person = make("clerk")
    actions.set_scope(person, shop_keys=[shop.pk], warehouses=["A"], by=SYSTEM, now=clock.now())
    who = queries.who_is(Person.objects.get(), via="page")
    assert (who.shop_keys, who.warehouses, who.sees_shop(shop.pk), who.sees_shop(shop.pk + 1)) == (
        frozenset({shop.pk}),
        frozenset({"A"}),
        True,
        False,
    )


def test_a_field_nobody_reads_is_422_and_named(client):
    body = {"number": 1, "nubmer": 2}
    answer = client.post("/api/v1/numbers/count", body, content_type="application/json", **bearer())
    assert (answer.status_code, answer.json()["error"]["code"], ran) == (422, "unknown_field", [])
    assert answer.json()["error"]["field"] == "nubmer"


def test_a_body_that_is_not_json_is_refused_as_such(client):
    answer = client.post("/api/v1/numbers/count", b"{oops", content_type="application/json", **bearer())
    assert (400 <= answer.status_code < 500, ran) == (True, [])
    assert set(answer.json()["error"]) == {"code", "message", "field", "remedy"}


def test_an_upload_larger_than_memory_is_carried_out_once(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    header = bearer() | {"HTTP_IDEMPOTENCY_KEY": "k3"}
    sizes = []
    for content in (b"a" * 5000, b"a" * 5000, b"b" * 5000):
        answer = client.post("/api/v1/numbers/upload", {"file": SimpleUploadedFile("f.csv", content)}, **header)
        sizes.append((answer.status_code, answer.json().get("size")))
    assert sizes == [(200, 5000), (200, 5000), (409, None)]
    assert ran == [5000]


def test_the_description_of_the_api_is_open_to_everybody(client):
    told = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/numbers/count" in told["paths"]
    assert client.get("/api/v1/docs").status_code == 200


def test_the_secret_of_a_second_factor_is_kept_encrypted():
    adapter = SecondFactorAdapter()
    kept = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in kept
    assert adapter.decrypt(kept) == "JBSWY3DPEHPK3PXP"


def test_a_forgotten_password_is_replaced_after_coming_in_by_a_link(client):
    person = make("clerk")
    person.set_password("Kranich-7-Boot")
    person.save()
    assert client.get(actions.issue_login_link("clerk.one"))["Location"] == "/"
    client.post("/login/password/", {"new_password1": "Storch-8-Boot", "new_password2": "Storch-8-Boot"})
    assert Person.objects.get().check_password("Storch-8-Boot")
    assert client.get("/login/password/")["Location"] == "/accounts/password/change/"


def test_without_a_link_a_password_is_changed_by_knowing_the_old_one():
    client = signed_in("clerk")
    client.post("/login/password/", {"new_password1": "Storch-8-Boot", "new_password2": "Storch-8-Boot"})
    assert Person.objects.get().check_password("ein langes Passwort")


def test_a_token_works_while_the_database_is_too_busy_to_note_its_use(client, monkeypatch):
    def busy(*told, **more):
        raise OperationalError("database is locked")

    header = bearer()
    monkeypatch.setattr(actions, "note_token_use", busy)
    assert client.get("/api/v1/numbers/count", **header).status_code == 200


def test_a_scoped_owner_grants_no_more_than_their_own_scope():
    from shundan.ground.shops.actions import ShopDraft, store_shop

    now = clock.now()
    near = store_shop(ShopDraft("749999", "Kranich", "GB"), now=now)
    far = store_shop(ShopDraft("749998", "Storch", "DE"), now=now)
    scoped = Who("person", "9", "page", role="owner", shop_keys=frozenset({near.pk}))
    for keys in ([], [far.pk], [near.pk, far.pk]):
        with pytest.raises(NotAllowed):
            actions.create_person("li.na", role="clerk", by=scoped, now=now, shop_keys=keys)
        with pytest.raises(NotAllowed):
            actions.issue_token("clerk", by=scoped, now=now, shop_keys=keys)
    assert (Person.objects.count(), ApiToken.objects.count()) == (0, 0)
    made = actions.create_person("li.na", role="clerk", by=scoped, now=now, shop_keys=[near.pk])
    with pytest.raises(NotAllowed):
        actions.set_scope(made, shop_keys=[], warehouses=[], by=scoped, now=now)
    assert [shop.pk for shop in made.shops.all()] == [near.pk]


def test_a_scoped_owner_cannot_become_or_change_somebody_with_more():
    from shundan.ground.shops.actions import ShopDraft, store_shop

    now = clock.now()
    near = store_shop(ShopDraft("749999", "Kranich", "GB"), now=now)
    boss = make("owner")
    scoped = Who("person", "9", "page", role="owner", shop_keys=frozenset({near.pk}))
    raw = actions.issue_token("clerk")
    for attempt in (
        lambda: actions.issue_login_link(boss.username, by=scoped),
        lambda: actions.set_role(boss, role="viewer", by=scoped, now=now),
        lambda: actions.set_scope(boss, shop_keys=[near.pk], warehouses=[], by=scoped, now=now),
        lambda: actions.deactivate_person(boss, by=scoped, now=now),
        lambda: actions.remove_second_factor(boss, by=scoped, now=now),
        lambda: actions.revoke_token(ApiToken.objects.get(), by=scoped, now=now),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    told = Person.objects.get()
    assert (told.role, told.is_active, told.shops.count(), LoginLink.objects.count()) == ("owner", True, 0, 0)
    assert queries.who_holds(raw, now=clock.wall()) is not None
