"""Writes glyphs.ts: outlines of Inter, so that legends hold the same text on machines with and without fonts.

    python make_glyphs.py FOLDER > glyphs.ts

FOLDER holds inter-{latin,latin-ext}-{400,600}-normal.woff of the npm package @fontsource/inter 5.3.0 (SIL Open Font License
1.1, see OFL.txt). Made with fonttools 4.68.0. Curves are quadratic or cubic as in the font; numbers are whole font units.
"""

import sys
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

# Printable ASCII, Latin-1 and the punctuation of our own texts; Latin Extended-A too in the weight of class names.
LATIN_1 = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”…−€•")]
WANTED = {400: [*LATIN_1, *range(0x100, 0x180)], 600: LATIN_1}


class PathPen(BasePen):
    """SVG path data, y downwards, relative and without separators that are not needed."""

    def __init__(self, glyphs):
        super().__init__(glyphs)
        self.text = ""
        self.at = (0, 0)

    def _add(self, letter, *points):
        x0, y0 = self.at
        places = [(round(x), round(-y)) for x, y in points]
        self.text += letter
        for i, number in enumerate(n for x, y in places for n in (x - x0, y - y0)):
            self.text += ("" if i == 0 or number < 0 else " ") + str(number)
        self.at = places[-1]

    def _moveTo(self, p):
        self._add("m", p)
        self.start = self.at

    def _lineTo(self, p):
        self._add("l", p)

    def _qCurveToOne(self, a, p):
        self._add("q", a, p)

    def _curveToOne(self, a, b, p):
        self._add("c", a, b, p)

    def _closePath(self):
        self.text += "z"
        self.at = self.start


def glyphs_of(folder, weight):
    found = {}
    units = None
    for subset in ("latin", "latin-ext"):
        font = TTFont(f"{folder}/inter-{subset}-{weight}-normal.woff")
        units = font["head"].unitsPerEm
        names, outlines = font.getBestCmap(), font.getGlyphSet()
        for code in WANTED[weight]:
            if code in found or code not in names:
                continue
            pen = PathPen(outlines)
            outlines[names[code]].draw(pen)
            found[code] = (outlines[names[code]].width, pen.text)
    return units, found


def main():
    folder = sys.argv[1]
    print("/**")
    print(" * Outlines of Inter, Copyright 2016 The Inter Project Authors (https://github.com/rsms/inter), SIL Open Font License 1.1:")
    print(" * OFL.txt. By character: its advance and its path, in font units, y downwards. Written by make_glyphs.py.")
    print(" */")
    for name, weight in (("REGULAR", 400), ("SEMIBOLD", 600)):
        units, glyphs = glyphs_of(folder, weight)
        print("// prettier-ignore")
        print(f"export const {name}: Readonly<Record<string, readonly [number, string]>> = {{")
        for code in sorted(glyphs):
            advance, path = glyphs[code]
            key = {"'": '"\'"', "\\": "'\\\\'"}.get(chr(code), f"'{chr(code)}'") if code != 0xAD and code != 0xA0 else f"'\\u{code:04x}'"
            print(f"  {key}: [{advance}, '{path}'],")
        print("};")
    print(f"export const UNITS_PER_EM = {units};")


main()
