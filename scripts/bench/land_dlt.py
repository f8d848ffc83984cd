"""Child process: dlt's own sql_table into DuckDB.

`python -m scripts.bench.land_dlt URL CA HOME TABLE BACKEND`
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.settings import Settings


def main() -> None:
    """One replace load with the named backend, nothing checked, nothing hashed."""
    url, ca_file, home, table, backend = sys.argv[1:]
    Settings(home=Path(home)).apply_to_libraries()
    import dlt
    import sqlalchemy
    from dlt.sources.sql_database import sql_table

    engine = sqlalchemy.create_engine(url, connect_args={"ssl_ca": ca_file})
    resource = sql_table(
        credentials=engine, table=table, backend=backend,  # type: ignore[arg-type]
        chunk_size=20_000,
        type_adapter_callback=lambda kind: (
            sqlalchemy.Double(asdecimal=False) if isinstance(kind, sqlalchemy.Double) else kind
        ),
    )  # fmt: skip
    Path(home).mkdir(parents=True, exist_ok=True)
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=f"{home}/dlt", destination=dlt.destinations.duckdb(f"{home}/w.duckdb"),
        dataset_name="staging",
    )  # fmt: skip
    pipeline.run(resource, write_disposition="replace")


if __name__ == "__main__":
    main()
