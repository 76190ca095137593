"""Service lines and a statement from Concord, with the standard library of Python alone.

    CONCORD_ADDRESS=https://concord.trust.nhs.uk CONCORD_TOKEN=concord_... python3 services.py
"""

import json
import os
import sys
from decimal import Decimal
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ADDRESS = os.environ["CONCORD_ADDRESS"].rstrip("/")
TOKEN = os.environ["CONCORD_TOKEN"]


def read(path):
    """One answer; a problem ends the program with what it says."""
    request = Request(ADDRESS + path, headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['status']} {path}: {problem['detail']}")


def all_of(path, name):
    """The items of a list, page after page."""
    while path:
        page = read(path)
        yield from page[name]
        path = page["next"]


def pounds(text):
    """An amount is text with six decimals, and exact; null is hidden to protect patients."""
    if text is None:
        return "hidden"
    amount = Decimal(text)
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.2f}"


services = list(all_of("/api/v1/services?limit=50", "services"))
for service in services:
    figures = service["figures"]
    print(service["code"], pounds(figures["cost_gbp"]), pounds(figures["income_gbp"]), sep="\t")

exact = [service["code"] for service in services if service["seen"] == "exact"]
if not exact:
    sys.exit("None of them is yours to see exactly, so there is no statement to read.")
code = "TORT" if "TORT" in exact else exact[0]

statement = read(f"/api/v1/services/{code}/statement")
print(f"\n{statement['name']}, {statement['run']['year']}")
for row in statement["rows"]:
    print(row["name"], pounds(row["amount_gbp"]), sep="\t")

if statement["last_year_run"]:
    moved = read(f"/api/v1/services/{code}/moved")
    reached = Decimal(moved["cost_before_gbp"])
    print("\nWhat moved since last year")
    for step in moved["steps"]:
        reached += Decimal(step["amount_gbp"])
        print(step["name"], pounds(step["amount_gbp"]), sep="\t")
    assert reached == Decimal(moved["cost_after_gbp"]), "the steps add up, to the micro-pound"
