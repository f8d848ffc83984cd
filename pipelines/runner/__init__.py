"""The run: land → check staging → build → check marts → publish, under one lock, with one summary."""
