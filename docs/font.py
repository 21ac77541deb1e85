"""Cut the bundled font out of Noto Sans CJK (OFL): `python docs/font.py FOLDER`, with its Regular and Bold .ttc.

Both weights get the family name of the project, as the licence asks of changed fonts; Regular holds GB 2312, Bold its
first level. Equal sources give equal bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FAMILY = "csresearch Sans"
TARGET = Path(__file__).parents[1] / "csresearch" / "show" / "fonts"
LATIN = [*range(0x20, 0x250), *range(0x370, 0x400), *range(0x2000, 0x2070), *range(0x20A0, 0x20C0)]
SIGNS = [*range(0x2070, 0x20A0), *range(0x2100, 0x2400), *range(0x25A0, 0x2600), *range(0x3000, 0x3020)]
FULL_WIDTH = list(range(0xFF00, 0xFFF0))
FIXED_DATE = 3_786_912_000  # 2024-01-01, in seconds since 1904
NAMES = {1: FAMILY, 4: FAMILY, 16: FAMILY}


def main() -> None:
    """Write both weights."""
    source = Path(sys.argv[1])
    for weight, last_row in (("Regular", 0xF7), ("Bold", 0xD7)):
        font = simplified(source / f"NotoSansCJK-{weight}.ttc")
        cut(font, [*LATIN, *SIGNS, *FULL_WIDTH, *gb2312(last_row)])
        rename(font, weight)
        font["head"].modified = font["head"].created = FIXED_DATE
        file = TARGET / f"csresearch-sans-{weight.lower()}.otf"
        font.save(file)
        print(f"{file.name}: {len(font.getGlyphOrder()):,} glyphs, {file.stat().st_size / 1e6:.2f} MB")


def simplified(file: Path) -> TTFont:
    """Take the face with the simplified Chinese forms out of the collection."""
    faces = TTCollection(str(file)).fonts
    return next(f for f in faces if str(f["name"].getDebugName(1)).split(" Bold")[0] == "Noto Sans CJK SC")


def gb2312(last_row: int) -> list[int]:
    """Code points of the Chinese characters of GB 2312 up to a row; 0xD7 ends its first level."""
    pairs = (bytes((row, cell)) for row in range(0xB0, last_row + 1) for cell in range(0xA1, 0xFF))
    return [ord(sign) for pair in pairs for sign in pair.decode("gb2312", errors="ignore")]


def cut(font: TTFont, points: list[int]) -> None:
    """Leave only the glyphs of the code points, without vertical forms and hints."""
    options = subset.Options(
        hinting=False, layout_features=["kern", "mark", "mkmk"], name_IDs=[0, 1, 2, 4, 5, 6, 13, 14, 16, 17],
        drop_tables=["VORG", "vhea", "vmtx", "DSIG", "BASE"], desubroutinize=False, notdef_outline=True,
    )  # fmt: skip
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)


def rename(font: TTFont, weight: str) -> None:
    """Give the family its own name; the reserved one of the source stays with the source."""
    table = font["name"]
    names = NAMES | {2: weight, 6: f"csresearchSans-{weight}", 17: weight, 4: f"{FAMILY} {weight}"}
    for number, words in names.items():
        table.setName(words, number, 3, 1, 0x409)
    table.names = [record for record in table.names if record.platformID == 3 and record.langID == 0x409]
    top = font["CFF "].cff
    top.fontNames = [f"csresearchSans-{weight}"]
    top[0].FamilyName, top[0].FullName = FAMILY, f"{FAMILY} {weight}"


if __name__ == "__main__":
    main()
