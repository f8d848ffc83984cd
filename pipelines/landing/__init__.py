"""Landing: classify → quarantine → dlt → staging_<platform>, with a ledger in which every row is counted."""
