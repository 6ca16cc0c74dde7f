"""YAML as data that JSON could hold, in time and memory that grow with the text and no faster."""

from typing import Any, ClassVar

import yaml

MAX_DEPTH = 100
"""How deep collections may nest: libyaml crashes on more than its stack holds."""

_EXPANSION = 20
_SMALL = 100_000
_NUMBER_LENGTH = 400

_KEPT_AS_TEXT = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # one of two classes
    """YAML as JSON knows it: keys and date-times are text as they are written."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _KEPT_AS_TEXT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors: ClassVar = {
        tag: construct
        for tag, construct in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in ("null", "bool", "int", "float", "str", "seq", "map")
    }

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise yaml.MarkedYAMLError(problem="is tagged as a mapping and is none", problem_mark=node.start_mark)
        self.flatten_mapping(node)
        return {_key(key): self.construct_object(value, deep=deep) for key, value in node.value}

    def construct_yaml_bool(self, node: yaml.ScalarNode) -> bool:
        return bool(_scalar(node, super().construct_yaml_bool, "true or false"))

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        return int(_scalar(node, super().construct_yaml_int, "a number"))

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        return float(_scalar(node, super().construct_yaml_float, "a number"))


_Loader.add_constructor("tag:yaml.org,2002:bool", _Loader.construct_yaml_bool)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_float)


def parse(text: str | bytes) -> Any:
    """Return what a YAML document holds; aliases are one value in several places.

    Raises yaml.YAMLError, also for a key given twice, for what nests deeper than MAX_DEPTH, and for what would be more
    than twenty times as large with its aliases written out.
    """
    bounds = _Bounds(len(text))
    for event in yaml.parse(text, _Loader):
        bounds.meet(event)
    return yaml.load(text, _Loader)  # noqa: S506  a SafeLoader


def lines(text: str, pointers: list[str]) -> list[int]:
    """Return for each JSON Pointer the line, counted from 1, of the deepest node on its way that is there."""
    root = yaml.compose(text, _Loader)
    return [_line(root, pointer) for pointer in pointers]


class _Collection:
    """A collection that is being read: its anchor, and its size and depth so far, aliases written out."""

    def __init__(self, event: Any) -> None:
        self.anchor: str | None = event.anchor
        self.size = 1
        self.depth = 1
        self._is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._at_key = self._is_mapping
        self._keys: dict[str, Any] = {}

    def add(self, size: int, depth: int, text: str | None, event: Any) -> None:
        """Count in one more node, which `event` ends; `text` is that of a scalar.

        Raises MarkedYAMLError for a key that is there already.
        """
        self.size += size
        self.depth = max(self.depth, depth + 1)
        if self._at_key and text is not None:
            first = self._keys.setdefault(text, event)
            if first is not event:
                raise _marked(first, f"key {_shown(text)} is given twice")
        self._at_key = self._is_mapping and not self._at_key


class _Bounds:
    """Follows the events of a document, and raises MarkedYAMLError before it costs more than its length."""

    def __init__(self, length: int) -> None:
        self._most = _EXPANSION * length + _SMALL
        self._anchors: dict[str, tuple[int, int] | None] = {}  # None while the anchor's own node is being read
        self._texts: dict[str | None, str] = {}  # of the scalars among them
        self._open: list[_Collection] = []

    def meet(self, event: Any) -> None:
        """Take in the next event."""
        if isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = self._open.pop()
            self._add(ended.size, ended.depth, None, ended.anchor, event)
        elif isinstance(event, yaml.AliasEvent):
            self._add(*self._aliased(event), self._texts.get(event.anchor), None, event)
        elif isinstance(event, yaml.ScalarEvent):
            self._texts[event.anchor] = event.value
            self._add(1 + len(event.value), 0, event.value, event.anchor, event)

    def _begin(self, event: Any) -> None:
        self._open.append(_Collection(event))
        if event.anchor is not None:
            self._anchors[event.anchor] = None
            self._texts.pop(event.anchor, None)
        if len(self._open) > MAX_DEPTH:
            raise _marked(event, "nested too deeply")

    def _add(self, size: int, depth: int, text: str | None, anchor: str | None, event: Any) -> None:
        if anchor is not None:
            self._anchors[anchor] = (size, depth)
        if len(self._open) + depth > MAX_DEPTH:
            raise _marked(event, "nested too deeply")
        if self._open:
            self._open[-1].add(size, depth, text, event)
            if self._open[-1].size > self._most:
                raise _marked(event, "with its aliases written out it is more than twenty times as large")

    def _aliased(self, event: Any) -> tuple[int, int]:
        if event.anchor not in self._anchors:
            raise _marked(event, f"found undefined alias {_shown(event.anchor)}")
        found = self._anchors[event.anchor]
        if found is None:
            raise _marked(event, "an alias refers to the very anchor that it is part of")
        return found


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.MarkedYAMLError(problem="a key must be text", problem_mark=node.start_mark)
    return str(node.value)


def _scalar(node: yaml.ScalarNode, construct: Any, what: str) -> Any:
    """Return what a node holds. Raises MarkedYAMLError for what is tagged wrongly, or takes its time to be read."""
    try:
        if len(node.value) <= _NUMBER_LENGTH:
            return construct(node)
    except (ValueError, OverflowError, LookupError):  # what PyYAML itself raises for a text of another kind
        pass
    raise yaml.MarkedYAMLError(problem=f"{_shown(node.value)} is not {what}", problem_mark=node.start_mark)


def _marked(event: Any, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}...")


def _line(root: yaml.Node | None, pointer: str) -> int:
    node = root
    line = node.start_mark.line if node else 0
    for step in pointer.split("/")[1:]:
        token = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, yaml.SequenceNode) and token.isdigit() and int(token) < len(node.value):
            node = node.value[int(token)]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == token]
            if not found:
                break
            line, node = found[0][0].start_mark.line, found[0][1]
    return int(line) + 1
