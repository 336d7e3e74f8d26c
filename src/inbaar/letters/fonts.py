"""The letters' fonts: a file for each weight, made of the variable IBM Plex Sans that comes as a package. Called by `typesetting`.

From the variable file the typesetter would reckon the weight of each mark anew in each letter, and put hints for coarse
screens in it. Making the files takes 25 ms, so they are made for each compiler and kept nowhere.
"""

from pathlib import Path

import fontpkg_ibm_plex_sans  # type: ignore[import-untyped]
import uharfbuzz as hb  # type: ignore[import-untyped]

SOURCE = Path(fontpkg_ibm_plex_sans.ROOT) / "files" / "IBMPlexSans[wdth,wght].ttf"
REGULAR, SEMIBOLD = 400, 600
NORMAL_WIDTH = 100


def font_files() -> dict[str, bytes]:
    """Each weight's file by its name: every character of the source, its outlines at that weight, no hints."""
    face = hb.Face(SOURCE.read_bytes())
    return {f"letter-{weight}.ttf": _at_weight(face, weight) for weight in (REGULAR, SEMIBOLD)}


def _at_weight(face: hb.Face, weight: int) -> bytes:
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(face.unicodes)
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.pin_axis_location(face, "wght", weight)
    wanted.pin_axis_location(face, "wdth", NORMAL_WIDTH)
    return bytes(hb.subset(face, wanted).blob.data)
