"""People for the calls: a fresh account for each operation, with somebody to speak of, from an address of its own."""

import itertools
import os
import random
import re
import threading

import requests
import schemathesis
import urllib3.util.connection as connection
from hypothesis import strategies as st

# The smallest picture that is drawn: what fits the document is any bytes, which would all be refused.
PICTURE = bytes.fromhex(
    "ffd8ffdb004300" + "01" * 64 + "ffc0000b080008000801011100ffc400140001" + "00" * 16
    + "ffc400141001" + "00" * 16 + "ffda0008010100003f0000ffd9"
)
schemathesis.openapi.media_type("image/jpeg", st.one_of(st.just(PICTURE), st.binary(max_size=2_000)))

ORIGIN = os.environ["BILLET_ORIGIN_UNDER_TEST"]

# Limits are kept per address: each connection comes from another one, as people do.
_connect = connection.create_connection
_chance = random.Random(1)


def _from_anywhere(address, *arguments, **named):
    named["source_address"] = (f"127.{_chance.randrange(1, 255)}.{_chance.randrange(256)}.{_chance.randrange(1, 255)}", 0)
    return _connect(address, *arguments, **named)


connection.create_connection = _from_anywhere

_numbers = itertools.count(1_000)
_lock = threading.Lock()
# Whoever lets devices in.
_hosts = []
# What calls may speak of: ids that are there, by the name of their parameter.
_known = {"account_id": [], "device_id": [], "request_id": [], "token": [], "reminder_id": []}


def _call(method, path, token=None, **named):
    headers = {"Connection": "close"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return requests.request(method, ORIGIN + path, headers=headers, timeout=20, **named)


def new_number():
    with _lock:
        return f"+1202555{next(_numbers):04d}"


def code_for(phone):
    _call("POST", "/v1/codes", json={"phone": phone})
    return _call("GET", "/v1/demo/outbox", params={"to": phone}).json()[0]["code"]


def register(alias):
    phone = new_number()
    body = {"phone": phone, "code": code_for(phone), "alias": alias, "device": {"name": "s", "platform": "linux"}}
    return _call("POST", "/v1/sessions", json=body).json()


def somebody():
    """An account with a contact and an open request from a third."""
    me, friend, asker = register("Me"), register("Friend"), register("Asker")
    asked = _call("POST", "/v1/contacts/requests", friend["token"], json={"to": {"account_id": me["account_id"]}}).json()
    _call("POST", f"/v1/contacts/requests/{asked['request_id']}/accept", me["token"])
    asked = _call("POST", "/v1/contacts/requests", asker["token"], json={"to": {"account_id": me["account_id"]}}).json()
    code = _call("GET", "/v1/me/add_token", friend["token"]).json()
    link = _call("POST", "/v1/device_links", json={"device": {"name": "s", "platform": "linux"}}).json()
    wish = {"conversation": {"account": friend["account_id"]}, "message": friend["account_id"], "at": 0}
    reminder = _call("POST", "/v1/me/reminders", me["token"], json=wish).json()
    with _lock:
        _hosts.append(friend["token"])
        _known["token"].append(link["token"])
        _known["token"].append(code["token"])
        _known["account_id"] += [friend["account_id"], asker["account_id"]]
        _known["device_id"].append(me["device_id"])
        _known["request_id"].append(asked["request_id"])
        _known["reminder_id"].append(reminder["reminder_id"])
    return me["token"]


@schemathesis.auth(cache_by_key=lambda case, context: case.operation.label, refresh_interval=20)
class Account:
    """Signs in as somebody new for each operation, and again after a while: some calls end their own session."""

    def get(self, case, context):
        return somebody()

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of the time an id that is there."""
    with _lock:
        for name, ids in _known.items():
            if path_parameters and name in path_parameters and ids and _chance.random() < 0.5:
                path_parameters[name] = _chance.choice(ids)
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers = case.headers or {}
    case.headers["Connection"] = "close"
    # A code that is right, now and then: nobody guesses one.
    body = case.body
    if case.operation.label == "POST /v1/sessions" and isinstance(body, dict) and _chance.random() < 0.3:
        phone = new_number()
        case.body = {**body, "phone": phone, "code": code_for(phone), "cookie": False}
    if case.operation.label == "POST /v1/device_links/claim" and isinstance(body, dict):
        case.body = _claim(body)


def _claim(body):
    """A link that was confirmed, now and then; never one that waits, for its answer is kept back longer than a call may take."""
    if _hosts and _chance.random() < 0.2:
        link = _call("POST", "/v1/device_links", json={}).json()
        _call("POST", f"/v1/device_links/{link['token']}/confirm", _hosts[-1])
        return {**body, "token": link["token"], "secret": link["secret"], "cookie": False}
    return {**body, "secret": "0" * 64} if re.fullmatch("[0-9a-f]{64}", str(body.get("secret"))) else body
