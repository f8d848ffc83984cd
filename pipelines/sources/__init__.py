"""How platforms are fetched: one package a source kind, one <platform>.yml a platform."""
