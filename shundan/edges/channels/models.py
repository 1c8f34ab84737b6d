from __future__ import annotations

from django.db import models

from shundan.ground.lib.fields import ToldField


class App(models.Model):
    """Our application at a channel. The secret is encrypted."""

    channel = models.CharField(max_length=16, default="tiktok")
    app_key = models.CharField(max_length=64, unique=True)
    secret_encrypted = models.TextField()
    name = models.CharField(max_length=80, blank=True)
    service_id = models.CharField(max_length=64, blank=True)
    api_url = models.URLField()
    auth_url = models.URLField()
    authorise_url = models.URLField()
    clock_offset = models.FloatField(default=0)  # seconds the platform's clock is ahead of ours
    created_at = models.DateTimeField()


class Authorisation(models.Model):
    """A seller's consent: the tokens of one app for one seller. Tokens are encrypted, saved before use."""

    app = models.ForeignKey(App, models.PROTECT)
    open_id = ToldField(max_length=80)
    seller_name = ToldField(max_length=120, blank=True)
    region = ToldField(max_length=8, blank=True)
    access_encrypted = models.TextField(blank=True)
    access_expires_at = models.DateTimeField(null=True)  # story time
    refresh_encrypted = models.TextField(blank=True)
    refresh_expires_at = models.DateTimeField(null=True)
    old_refresh_encrypted = models.TextField(blank=True)  # kept until the new one worked
    scopes = models.JSONField(default=list)
    refreshed_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)  # when the platform last told which shops this consent opens
    offered = models.JSONField(default=list)  # those shops, as told: {id, name, region, seller_type, cipher}
    lease_until = models.DateTimeField(null=True)  # one worker at a time refreshes (wall time)
    dead_at = models.DateTimeField(null=True)
    dead_why = ToldField(max_length=200, blank=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "open_id"], name="one_consent_per_seller")]


class Access(models.Model):
    """How one shop is reached: its authorisation, its cipher, the endpoint versions that answered."""

    shop = models.OneToOneField("shops.Shop", models.PROTECT)
    authorisation = models.ForeignKey(Authorisation, models.PROTECT)
    cipher = models.CharField(max_length=200)
    versions = models.JSONField(default=dict)
    connected_at = models.DateTimeField(null=True)  # story time of the latest consent
    subscribed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)  # the seller, or the platform, took this shop back
    revoked_why = ToldField(max_length=200, blank=True)
    history_days = models.IntegerField(default=90)  # how far back the owner wants the first back-fill to go
    healed_at = models.DateTimeField(null=True)  # wall; null: what failed while it was unreachable is to be tried now


class Budget(models.Model):
    """How fast one group of endpoints may be asked for one shop; a row only once the platform said "slower"."""

    app = models.ForeignKey(App, models.CASCADE)
    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    group = models.CharField(max_length=16)
    interval = models.FloatField(default=0)  # seconds between two calls; 0: as fast as we like
    free_at = models.DateTimeField()  # wall; the next call may begin then
    narrowed_at = models.DateTimeField(null=True)  # wall

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "app", "group"], name="one_budget_per_group")]


class ConnectState(models.Model):
    """One click on "connect": the state that must come back with the code, once, within the hour."""

    app = models.ForeignKey(App, models.CASCADE)
    key_hash = models.CharField(max_length=64, unique=True)
    by_key = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
