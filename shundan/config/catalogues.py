"""Translations without gettext's programs: compile, find what is missing, and check every app's Chinese.

    python -m shundan.config.catalogues compile | check | missing [FOLDER …]

An app's catalogue is `locale/zh_Hans/LC_MESSAGES/django.po` beside its templates: every message of that app.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
SEEN = Path(sys.prefix) / "shundan-catalogues.json"
PLACEHOLDERS = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w*\}")
KEYWORDS = dict.fromkeys(
    name + lazy for name in ("gettext", "ngettext", "pgettext", "npgettext") for lazy in ("", "_lazy")
) | {"_": None, "gettext_noop": None}
Id = tuple[str | None, str, str]  # context, singular, plural ("" where there is none)


@dataclass(frozen=True)
class Use:
    """One message in the source: what is said, and where."""

    message: Id
    path: Path
    line: int


def compile_all(root: Path = ROOT, seen: Path | None = SEEN) -> int:
    """Write the `.mo` beside each changed `.po`; return how many. `seen` remembers what was done."""
    known: dict[str, str] = json.loads(seen.read_text()) if seen and seen.exists() else {}
    current, written = {}, 0
    for path in sorted(root.rglob("locale/*/LC_MESSAGES/*.po")):
        content = path.read_bytes()
        current[str(path)] = hashlib.sha256(content).hexdigest()
        target = path.with_suffix(".mo")
        if known.get(str(path)) == current[str(path)] and target.exists():
            continue
        fresh = target.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, _read(path))
        fresh.replace(target)
        written += 1
    if seen and current != known:
        seen.write_text(json.dumps(current))
    return written


def find_faults(root: Path = ROOT) -> list[str]:
    """Return one line per message that an app's Chinese catalogue lacks, leaves open or gets wrong."""
    faults: list[str] = []
    said: dict[Id, tuple[Path, object]] = {}
    for app, uses in sorted(uses_by_app(root).items()):
        known = _entries(app)
        for use in uses:
            entry = known.get(use.message)
            where = f"{use.path.relative_to(root.parent)}:{use.line}"
            if entry is None:
                faults.append(f"{where}: not in {app.relative_to(root.parent) / CATALOGUE}: {use.message[1]!r}")
            elif fault := _fault(use.message, entry):
                faults.append(f"{where}: {fault}: {use.message[1]!r}")
    for path in sorted(root.rglob(str(CATALOGUE))):
        for message, entry in _entries(path.parents[2].parent).items():
            first, text = said.setdefault(message, (path, entry.string))
            if text != entry.string:
                names = [str(p.relative_to(root.parent).parents[3]) for p in (first, path)]
                faults.append(f"{message[1]!r}: {names[0]} says {text!r}, {names[1]} says {entry.string!r}")
    return faults


def uses_by_app(root: Path = ROOT) -> dict[Path, list[Use]]:
    """Group every message of Python files and templates below `root` by the app it belongs to."""
    found: dict[Path, list[Use]] = {}
    for path in sorted([*root.rglob("*.py"), *root.rglob("templates/**/*.html"), *root.rglob("templates/**/*.txt")]):
        if {"tests", "migrations", "locale"} & set(path.relative_to(root).parts) or not path.is_file():
            continue
        for use in _uses(path):
            found.setdefault(_app_of(path, root), []).append(use)
    return found


def missing(app: Path, uses: list[Use]) -> str:
    """Return what `app`'s catalogue lacks as entries to translate and paste."""
    known, catalogue = _entries(app), Catalog()
    for use in uses:
        context, one, many = use.message
        if use.message not in known:
            catalogue.add((one, many) if many else one, context=context, locations=[(use.path.name, use.line)])
    out = io.BytesIO()
    write_po(out, catalogue, omit_header=True, width=0)
    return out.getvalue().decode()


def _uses(path: Path) -> Iterator[Use]:
    text = path.read_text()
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        # The filler before a message may look like indentation, which Python's tokenizer would refuse.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    file = io.BytesIO(text.encode())
    for line, function, given, _ in extract_python(file, KEYWORDS, [], {"encoding": "utf-8"}):
        words = list(given) if isinstance(given, tuple) else [given]
        context = words.pop(0) if function and "pgettext" in function else None
        if not words or not isinstance(words[0], str):
            continue  # a variable: its message stands where the variable is filled
        plural = words[1] if function and "n" in function.split("gettext")[0] else ""
        yield Use((context, words[0], plural or ""), path, line)


def _entries(app: Path) -> dict[Id, Message]:
    if not (app / CATALOGUE).exists():
        return {}
    found: dict[Id, Message] = {}
    for entry in _read(app / CATALOGUE):
        if entry.id:
            one, many = entry.id if isinstance(entry.id, tuple | list) else (entry.id, "")
            found[(entry.context, one, many)] = entry
    return found


def _fault(message: Id, entry: Message) -> str | None:
    """Say what is wrong with one translation, or None."""
    texts = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
    if entry.fuzzy:
        return "marked fuzzy"
    if not all(texts):
        return "not translated"
    wanted = sorted(set(PLACEHOLDERS.findall(message[2] or message[1])))
    if any(sorted(set(PLACEHOLDERS.findall(text or ""))) != wanted for text in texts):
        return f"placeholders differ (wanted {' '.join(wanted) or 'none'})"
    return None


def _app_of(path: Path, root: Path) -> Path:
    """Return the nearest folder above `path` that is an app or carries a catalogue."""
    for folder in path.parents:
        if (folder / "apps.py").exists() or (folder / "locale").is_dir() or folder == root:
            return folder
    return root


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans" if "zh_Hans" in path.parts else None)


def main(argv: list[str]) -> int:
    """Run one of the three commands; `check` returns 1 when there are faults."""
    command, *folders = argv or [""]
    if command == "compile":
        print(f"{compile_all()} catalogues compiled")
        return 0
    if command == "check":
        faults = find_faults()
        print("\n".join(faults) or "every catalogue is complete")
        return 1 if faults else 0
    if command == "missing":
        wanted = [Path(folder).resolve() for folder in folders]
        for app, uses in uses_by_app().items():
            if not wanted or any(app.is_relative_to(folder) for folder in wanted):
                print(f"# {app.relative_to(ROOT.parent)}\n{missing(app, uses)}")
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
