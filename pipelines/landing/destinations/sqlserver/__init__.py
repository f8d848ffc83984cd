"""dlt's SQL Server destination with our own Parquet job: verified bulk copy, else batches of JSON."""
