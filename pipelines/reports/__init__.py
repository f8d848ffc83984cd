"""The page every run writes: what `ops` and the published marts say, as one file that needs no network."""
