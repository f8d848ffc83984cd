"""A bucket's lifecycle rules with ours among them: S3 replaces all rules when one is set."""

from __future__ import annotations

from typing import Any

_OURS = "warehouse: "
Rule = dict[str, Any]


def merged_rules(known: list[Rule], days: dict[str, int]) -> list[Rule]:
    """The rules of others as they are, and one of ours a prefix; `known` itself when nothing changes."""
    ours = [_rule(prefix, number) for prefix, number in days.items()]
    ids = {rule["ID"] for rule in ours}
    others = [rule for rule in known if rule.get("ID") not in ids]
    same = sorted((rule for rule in known if rule.get("ID") in ids), key=_id) == sorted(ours, key=_id)
    return known if same else [*others, *ours]


def rule_days(known: list[Rule], prefix: str) -> int | None:
    """After how many days an enabled rule expires what is below exactly this prefix."""
    for rule in known:
        at = rule.get("Filter", {}).get("Prefix", rule.get("Prefix"))
        days = rule.get("Expiration", {}).get("Days")
        if rule.get("Status") == "Enabled" and at == prefix and days:
            return int(days)
    return None


def _rule(prefix: str, days: int) -> Rule:
    """Older versions go a day after; they exist only where a copy was made twice."""
    return {
        "ID": f"{_OURS}{prefix}",
        "Filter": {"Prefix": prefix},
        "Status": "Enabled",
        "Expiration": {"Days": days},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }


def _id(rule: Rule) -> str:
    return str(rule["ID"])
