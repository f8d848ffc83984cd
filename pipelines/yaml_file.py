"""YAML files whose mappings remember their line (contracts, source configs), and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import ContractError

LINE = "__line__"


class _LineLoader(yaml.CSafeLoader):
    """The safe loader of libyaml: mappings remember their line, and a key given twice is refused."""


def _mapping_with_line(loader: _LineLoader, node: yaml.MappingNode) -> dict[str, Any]:
    seen: dict[str, Any] = {LINE: node.start_mark.line + 1}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"`{key}` is given twice", key_node.start_mark
            )
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_with_line)


def read_yaml(path: Path, purpose: str) -> Any:
    """The document; every mapping in it holds its line under LINE. Raises ContractError with file and line.

    `purpose` ends the sentence that says the file is not there.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LineLoader)  # noqa: S506 (a SafeLoader)
    except FileNotFoundError:
        raise ContractError([f"{path}: there is no such file; {purpose}."]) from None
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        raise ContractError([f"{path}:{line}: not valid YAML: {broken.problem}."]) from None
    except (yaml.YAMLError, UnicodeDecodeError, TypeError):
        raise ContractError([f"{path}:1: not valid YAML in UTF-8."]) from None


def without_lines(node: Any) -> Any:
    """The same document as if no line had been remembered."""
    if isinstance(node, dict):
        return {key: without_lines(value) for key, value in node.items() if key != LINE}
    return [without_lines(item) for item in node] if isinstance(node, list) else node
