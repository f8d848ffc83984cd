"""A bucket that an instance reads or that files are dropped into: what is set of it, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.errors import SettingsError, SourceError
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.bucket_state import BucketState, bucket_state
from pipelines.sources.csv_drop import ARCHIVE, QUARANTINE
from pipelines.sources.csv_drop.lifecycle import rule_days

_RIGHTS = (
    "Grant its login s3:GetEncryptionConfiguration, s3:GetBucketPublicAccessBlock, s3:GetBucketPolicyStatus, "
    "s3:GetBucketVersioning and s3:GetLifecycleConfiguration."
)


def examine_bucket(
    settings: Settings, where: InstanceSettings, place: str, *, ours: bool
) -> Iterator[Finding]:
    """Nothing for a folder. A provider's bucket (`ours` false) need not answer, nor be as ours has to be."""
    try:
        state = bucket_state(where, settings)
    except (SourceError, SettingsError) as refused:
        yield failure(place, "bucket", refused)
        return
    if state is None:
        return
    asked = {
        "encryption": state.encryption, "public access": state.blocked, "policy": state.public,
        "versions": state.versions, "lifecycle": state.rules,
    }  # fmt: skip
    silent = [name for name, answer in asked.items() if answer is None]
    if silent and ours:
        yield warning(place, "bucket", "the login may not ask for its {}", _RIGHTS, silent)
    elif silent:
        yield good(place, "bucket", f"its owner does not say its {', '.join(silent)}")
    yield from _encryption(place, state)
    yield from _public(place, state)
    yield from _versions(place, state, ours=ours)
    yield from _lifecycle(place, state, where, ours=ours)


def _encryption(place: str, state: BucketState) -> Iterator[Finding]:
    if state.encryption:
        yield good(place, "encryption", f"new files are encrypted ({state.encryption})")
    elif state.encryption == "":
        said = "no encryption is set for files that do not ask for it; what we write does"
        yield warning(place, "encryption", said, "Set the bucket's default encryption.")


def _public(place: str, state: BucketState) -> Iterator[Finding]:
    if state.public:
        what = "the bucket's policy opens it to everybody"
        yield Finding(
            place, "public access", "failure", what, "Take it out of the policy, and block public access."
        )
    elif state.blocked:
        yield good(place, "public access", "blocked in all four ways")
    elif state.blocked is not None:
        what = "not all four ways to public access are blocked"
        yield warning(place, "public access", what, "Set the bucket's public access block.")


def _versions(place: str, state: BucketState, *, ours: bool) -> Iterator[Finding]:
    if state.versions:
        yield good(place, "versions", "kept: what is removed is the very file that was landed")
    elif state.versions is not None and ours:
        said = "not kept: a file that is replaced at the moment it is put away would be lost"
        yield warning(place, "versions", said, "Turn versioning on.")
    elif state.versions is not None:
        yield good(place, "versions", "not kept")


def _lifecycle(place: str, state: BucketState, where: InstanceSettings, *, ours: bool) -> Iterator[Finding]:
    if state.rules is None:
        return
    if not ours:
        yield good(place, "lifecycle", f"{len(state.rules)} rules")
        return
    for folder, days in ((ARCHIVE, where.archive_days), (QUARANTINE, where.quarantine_days)):
        found = rule_days(state.rules, f"{state.below}{folder}")
        if found == days:
            yield good(place, "lifecycle", f"{folder} expires after {days} days")
        else:
            said = f"{folder} is to expire after {days} days, and " + (
                f"does after {found}" if found else "does not"
            )
            yield warning(place, "lifecycle", said, "The next landing sets the rule, if its login may.")
