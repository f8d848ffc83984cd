"""Which authorities a connection trusts: the instance's CA file, else the system's; for an RDS Proxy both."""

from __future__ import annotations

import atexit
import re
import shutil
import ssl
import tempfile
from functools import cache
from pathlib import Path

# A proxy shows a certificate of AWS Certificate Manager, whose Amazon roots are in every system's bundle and
# not in RDS's own, which the CA file of its databases is.
_RDS_PROXY = re.compile(r"\.proxy-[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?$")


def trusted(ca_file: Path | None, host: str) -> Path:
    """The PEM file to verify `host` with."""
    if ca_file and _RDS_PROXY.search(host):
        return _with_the_systems(ca_file, _systems())
    return ca_file or _systems()


def _systems() -> Path:
    return Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt")


@cache
def _with_the_systems(ca_file: Path, systems: Path) -> Path:
    """Drivers take one file, so both are put into one, which goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="warehouse-ca-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    both = folder / "bundle.pem"
    both.write_bytes(ca_file.read_bytes() + b"\n" + systems.read_bytes())
    return both
