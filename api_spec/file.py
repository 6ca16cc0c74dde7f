"""The spec's file, and how YAML is read."""

from pathlib import Path
from typing import Any

import yaml

from api_spec.yaml_text import parse

HERE = Path(__file__).resolve().parent


class SpecError(ValueError):
    """A spec or an overlay that can't be used. The message names the file and the reason."""


def bundled(package: Path, name: str) -> Path:
    """Return the path of a file or folder that comes with a package: in it once installed, beside it in a checkout."""
    installed = package / name
    return installed if installed.exists() else package.parent / name


SPEC = bundled(HERE, "spec") / "openapi.yaml"
"""Where `spec/openapi.yaml` lies."""


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file, as data alone. Raises SpecError."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise SpecError(f"cannot read {path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise SpecError(f"cannot read {path}: {' '.join(str(error).split())}") from None
