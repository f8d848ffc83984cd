"""dlt's SQL Server destination with our own Parquet job: verified bulk copy, batches of JSON where it fails."""
