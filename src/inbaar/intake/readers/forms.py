"""Documents whose markup came before, to the sign: only their texts are new, so they need no parsing.

A program writes the same tags and attributes over and over, around other texts. What has exactly the tags of a document that was
parsed, in the same order, and between them nothing that means anything in XML but the five named entities, is well-formed and
has that document's elements. All else is parsed: what is new, comments, CDATA, numbered characters, control characters.
Used by `read_invoice`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from lxml import etree

from inbaar.intake.readers.draft import Draft, Table, steps_of

#: What may stand in a text, byte by byte; with it gone, a document is left with its brackets.
_ORDINARY = bytes(sign for sign in range(256) if sign not in b"<>" and (sign >= 32 or sign in b"\t\n"))
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ENTITY = re.compile("&(?:amp|lt|gt|quot|apos);")
#: Tags that stand alone as they are: their quotes are closed and hold no bracket.
_START = re.compile(r"""[^\s/!?"'=]+(?:\s+[^\s/"'=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)""")
_DECLARATION = re.compile(r"""\?xml\s+version\s*=\s*["']1\.0["'][^?]*\?""")
_END = re.compile(r"/[^\s/\"'=]+\s*")
#: Longer documents, and those with more elements, are seldom written twice alike.
_LONGEST = 200_000
_MOST_ALIKE = 2_000
#: Elements of the forms that are kept, some 15 MB; then all are let go and it starts anew. So it is with what was seen once.
_MOST_ELEMENTS = 50_000
_MOST_SEEN = 50_000


class Element:
    """An element of a form as readers and rules ask for it, after lxml's, with the text that it has in the document at hand."""

    __slots__ = ("_attributes", "_children", "_form", "_named", "_parent", "_place", "_span", "tag")

    def __init__(
        self, parsed: etree._Element, parent: "Element | None", form: "Form", span: tuple[int, int]
    ) -> None:
        self.tag: str = parsed.tag
        self._attributes = dict(parsed.items())
        self._parent = parent
        self._children: list[Element] = []
        self._named: dict[str, list[Element]] = {}
        self._form = form
        self._place = len(form.elements)
        self._span = span
        if parent is not None:
            parent._children.append(self)
            parent._named.setdefault(self.tag, []).append(self)

    @property
    def text(self) -> str | None:
        """The text before the first element in it, if any."""
        return self._form.texts[self._place] or None

    def __iter__(self) -> Iterator["Element"]:
        return iter(self._children)

    def __reversed__(self) -> Iterator["Element"]:
        return reversed(self._children)

    def __len__(self) -> int:
        return len(self._children)

    def __bool__(self) -> bool:
        raise TypeError("an element is never tested for truth: ask whether it is None, or how many it holds")

    def iterchildren(self, tag: str | None = None) -> Iterator["Element"]:
        """The elements in it, or those of a name."""
        return iter(self._children if tag is None else self._named.get(tag, ()))

    def iter(self) -> Iterator["Element"]:
        """Itself and all elements in it, in order."""
        return chain((self,), chain.from_iterable(child.iter() for child in self._children))

    def itertext(self) -> Iterator[str]:
        """Each text in it."""
        return filter(None, self._form.pieces[slice(*self._span)])

    def get(self, name: str) -> str | None:
        """The value of an attribute."""
        return self._attributes.get(name)

    def items(self) -> list[tuple[str, str]]:
        """Its attributes, in order."""
        return list(self._attributes.items())

    def getparent(self) -> "Element | None":
        """The element it stands in."""
        return self._parent


class Form:
    """The markup of a document, with the texts of the one at hand. `markup` is for what the rules find out of it."""

    def __init__(
        self, key: str, parsed: Sequence[etree._Element], places: Sequence[tuple[int, int, int]]
    ) -> None:
        self.key = key
        #: Every text of the document at hand, and of each element its own: empty where it has none.
        self.pieces: Sequence[str] = ()
        self.texts: Sequence[str] = ()
        self.markup: Any = None
        self.elements: list[Element] = []
        made: dict[Any, Element] = {}
        for each, (_, *span) in zip(parsed, places, strict=True):
            element = made[each] = Element(each, made.get(each.getparent()), self, (span[0], span[1]))
            self.elements.append(element)
        own = [place for place, _, _ in places]
        leaves = {place for element, place in zip(self.elements, own, strict=True) if not len(element)}
        # What stands at 0 is empty: it is there so that they always give several.
        self._own = itemgetter(*own, 0)
        self._between = itemgetter(0, 0, *(at for at in range(key.count("<") + 2) if at not in leaves))
        self._steps: dict[int, list[tuple[Any, Element, int]]] = {}

    @property
    def root(self) -> Element:
        """The first of its elements."""
        return self.elements[0]

    def fill(self, pieces: Sequence[str]) -> bool:
        """Take over a document's texts; False where one stands beside elements, which is for the parser to tell."""
        between = "".join(self._between(pieces))
        # Of what else counts as space in ASCII, nothing came so far.
        if between and not (between.isspace() and between.isascii()):
            return False
        self.pieces, self.texts = pieces, self._own(pieces)[:-1]
        return True

    def walk(self, element: Element, table: Table, draft: Draft) -> None:
        """What `draft.walk` does with the whole document, where the way is known by now."""
        steps = self._steps.get(id(table))
        if steps is None:
            steps = [(entry, at, at._place) for entry, at in steps_of(element, table)]
            self._steps[id(table)] = steps
        texts = self.texts
        for entry, at, place in steps:
            if type(entry) is str:
                draft.put(entry, texts[place])
            else:
                entry(at, draft)

    def empty(self) -> None:
        """Let go of the texts."""
        self.pieces = self.texts = ()

    def close(self) -> None:
        """Let go of the elements, which point at each other."""
        self.elements.clear()
        self._steps.clear()


class Forms:
    """The forms that are kept. One is taken out while it is used, so that threads never share one."""

    def __init__(self) -> None:
        self._kept: dict[str, Form] = {}
        self._seen: set[int] = set()
        self._elements = 0

    def take(self, text: bytes) -> Form | None:
        """The form of a document in UTF-8, with its texts; None where the document is to be parsed."""
        cut = _cut(text)
        form = None if cut is None else self._kept.pop(cut[0], None)
        if cut is None or form is None:
            return None
        self._elements -= len(form.elements)
        if form.fill(cut[1]):
            return form
        self.keep(form)
        return None

    def keep(self, form: Form) -> None:
        """Done with a document."""
        form.empty()
        if self._elements > _MOST_ELEMENTS:
            self._let_go()
        if form.key not in self._kept:  # else another thread made the same form meanwhile
            self._elements += len(form.elements)
            self._kept[form.key] = form

    def learn(self, text: bytes, root: etree._Element) -> None:
        """Keep the form of a document that was parsed to `root`, when its markup comes for the second time."""
        cut = _cut(text)
        if cut is None:
            return
        seen = hash(cut[0])
        if seen not in self._seen:
            if len(self._seen) > _MOST_SEEN:
                self._seen.clear()
            self._seen.add(seen)
            return
        form = _form(*cut, root)
        if form is not None:
            self.keep(form)

    def _let_go(self) -> None:
        self._elements = 0
        while self._kept:
            self._kept.popitem()[1].close()


def _cut(text: bytes) -> tuple[str, list[str]] | None:
    """A document's tags as one key, and the texts between them; None where it holds what only a parser may judge."""
    if len(text) > _LONGEST:
        return None
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    brackets = text.translate(None, _ORDINARY)
    # Each opens before it closes, and nothing but ordinary signs is left: so a text holds no bracket, nor does a tag.
    if brackets != b"<>" * (len(brackets) // 2) or not text.startswith(b"<"):
        return None
    try:
        pieces = text.decode().replace(">", "<").split("<")
    except UnicodeDecodeError:
        return None
    if not text.isascii() and _NO_CHARACTERS.search("".join(pieces)):
        return None
    texts = pieces[0::2]
    if b"&" in text:
        try:
            texts = [_resolved(piece) if "&" in piece else piece for piece in texts]
        except KeyError:
            return None
    return "<".join(pieces[1::2]), texts


def _resolved(text: str) -> str:
    """A text with its named entities resolved; KeyError where there is any other."""
    if _ENTITY.sub("", text).count("&"):
        raise KeyError(text)
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)


def _form(key: str, texts: list[str], root: etree._Element) -> Form | None:
    """The form of a parsed document; None where its tags, taken one by one, are not the elements that were parsed."""
    parsed = list(root.iter())
    places = _places(key.split("<"))
    if places is None or len(places) != len(parsed) or len(parsed) > _MOST_ALIKE:
        return None
    if any((texts[own] or None) != each.text for each, (own, _, _) in zip(parsed, places, strict=True)):
        return None
    return Form(key, parsed, places)


def _places(tags: list[str]) -> list[tuple[int, int, int]] | None:
    """Of each element the place of its own text, and the first and last place of all in it; None for what is no plain tag."""
    places: list[tuple[int, int, int]] = []
    open_: list[int] = []
    for at, tag in enumerate(tags, 1):
        start = _START.fullmatch(tag)
        if start is not None:
            places.append((0, 0, 0) if start[1] else (at, at, at))  # the text before the first tag is empty
            if not start[1]:
                open_.append(len(places) - 1)
        elif _END.fullmatch(tag) and open_:
            element = open_.pop()
            places[element] = (*places[element][:2], at)
        elif at > 1 or not _DECLARATION.fullmatch(tag):
            return None
    return None if open_ else places
