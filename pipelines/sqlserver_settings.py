"""How a warehouse on SQL Server is reached: part of `Settings`, which reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class SqlServerSettings(BaseModel):
    """Read when WAREHOUSE_ENGINE is `sqlserver`; dbt's profile reads the variables by the same names."""

    host: str | None = Field(None, description="The server's name, as its certificate has it")
    port: int = Field(1433, ge=1, le=65535, description="Its port")
    database: str | None = Field(None, description="The warehouse's database, which must be there already")
    user: str | None = Field(
        None, description="Login; the client id of a service principal or of a user-assigned managed identity"
    )
    password: SecretStr | None = Field(None, description="Password, or the secret of a service principal")
    authentication: Literal[
        "sql", "ActiveDirectoryMSI", "ActiveDirectoryServicePrincipal", "ActiveDirectoryDefault"
    ] = Field(
        "sql",
        description="`sql` for user and password; `ActiveDirectoryMSI` (managed identity), "
        "`ActiveDirectoryServicePrincipal` or `ActiveDirectoryDefault` for Microsoft Entra ID",
    )
    encrypt: bool = Field(True, description="Encrypt the connection; without it a run warns")
    ca_file: Path | None = Field(
        None, description="CA bundle (PEM) that signed its certificate; default: the system's"
    )
    certificate_host: str | None = Field(
        None, description="Name in the certificate, where `HOST` is another name of that server"
    )
    trust_certificate: bool = Field(
        False, description="Accept any certificate, as for a server on this machine; elsewhere a run warns"
    )
    bulk: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Bulk copy: `auto` where a trial of it proves right, `on` fails where not, `off` never",
    )
