"""What rio-tiler, and the renderer of TiTiler, make of pixels: reads lists of questions from its input, a line of JSON each,
writes a line of answers for each to its output.

Arrays are {"type": numpy's name, "data": base64}, of the question's height and width. Used by rio-tiler.ts, for tests only.
"""

import base64
import io
import json
import sys
import warnings

import numpy
import rasterio
from rasterio.coords import BoundingBox
from rasterio.crs import CRS
from rasterio.io import MemoryFile
from rio_tiler.colormap import apply_cmap, cmap, parse_color
from rio_tiler.models import ImageData
from rio_tiler.utils import get_array_statistics

warnings.simplefilter("ignore")
numpy.seterr(all="ignore")


def array(one, height, width):
    data = numpy.frombuffer(base64.b64decode(one["data"]), dtype=one["type"])
    return data.reshape(height, width).copy()


def packed(data):
    return {
        "type": data.dtype.name,
        "shape": list(data.shape),
        "data": base64.b64encode(numpy.ascontiguousarray(data).tobytes()).decode(),
    }


def image_of(q):
    size = (q["height"], q["width"])
    bands = numpy.stack([array(b, *size) for b in q["bands"]])
    valid = numpy.stack([array(v, *size) for v in q["valid"]])
    alpha = None if q.get("alpha") is None else array(q["alpha"], *size).astype(bands.dtype)
    options = {} if q.get("names") is None else {"band_names": q["names"]}
    if q.get("statistics"):
        options["dataset_statistics"] = [tuple(s) for s in q["statistics"]]
    if q.get("bounds"):
        options["bounds"] = BoundingBox(*q["bounds"])
        options["crs"] = CRS.from_user_input(q["crs"])
    masked = numpy.ma.MaskedArray(bands, mask=valid == 0)
    return ImageData(masked, alpha_mask=alpha, **options)


def colormap_of(text):
    """As TiTiler's ColorMapParams."""
    c = json.loads(text, object_hook=lambda x: {int(k): parse_color(v) for k, v in x.items()})
    return [(tuple(inter), parse_color(v)) for (inter, v) in c] if isinstance(c, list) else c


def expression(q):
    image = image_of(q).apply_expression(q["expression"])
    return {
        "data": packed(image.array.data),
        "mask": packed(image.array.mask.astype("uint8")),
        "statistics": image.dataset_statistics,
    }


def colormaps(q):
    return {name: packed(numpy.array(list(cmap.get(name).values()), dtype="uint8")) for name in cmap.list()}


def colored(q):
    data, alpha = apply_cmap(array(q["bands"][0], q["height"], q["width"])[None], colormap_of(q["colormap"]))
    return {"data": packed(data), "alpha": packed(alpha)}


def rescaled(q):
    image = image_of(q)
    image.rescale([tuple(r) for r in q["rescale"]])
    return {"data": packed(image.array.data)}


def statistics(q):
    stats = get_array_statistics(
        image_of(q).array,
        categorical=q.get("categorical", False),
        categories=q.get("categories"),
        percentiles=q.get("percentiles"),
        **q.get("histogram", {}),
    )
    return [{k: None if v != v else v for k, v in band.items()} for band in stats]


def decoded(body):
    """Any picture as GDAL reads it; NPY as NumPy does."""
    if body[:6] == b"\x93NUMPY":
        return {"data": packed(numpy.load(io.BytesIO(body), allow_pickle=False))}
    with MemoryFile(body) as memory, memory.open() as picture:
        return {
            "data": packed(picture.read()),
            "colors": [c.name for c in picture.colorinterp],
            "driver": picture.driver,
            "crs": None if picture.crs is None else picture.crs.to_wkt(),
            "transform": list(picture.transform)[:6],
        }


def rendered(q):
    """TiTiler's picture and ours, both decoded."""
    from titiler.core.resources.enums import ImageType
    from titiler.core.utils import render_image

    theirs, media = render_image(
        image_of(q),
        colormap=colormap_of(q["colormap"]) if q.get("colormap") else None,
        output_format=None if q["format"] == "auto" else ImageType[q["format"]],
        add_mask=q.get("mask", True),
        rescale=[tuple(r) for r in q["rescale"]] if q.get("rescale") else None,
    )
    theirs, ours = decoded(theirs), decoded(base64.b64decode(q["body"]))
    return {"media": media, "theirs": theirs, "ours": ours, "same_crs": same_crs(theirs.get("crs"), ours.get("crs"))}


def same_crs(theirs, ours):
    if theirs is None or ours is None:
        return theirs == ours
    a, b = CRS.from_wkt(theirs), CRS.from_wkt(ours)
    # Without a code names and the order of axes are not compared: GeoTIFF keeps neither.
    return a == b if a.to_epsg() else a.to_dict() == b.to_dict()


TASKS = {
    f.__name__: f
    for f in (expression, colormaps, colored, rescaled, statistics, rendered)
}
for line in sys.stdin:
    answers = []
    for question in json.loads(line):
        try:
            answers.append({"answer": TASKS[question["task"]](question)})
        except Exception as e:  # what they refuse is an answer too
            answers.append({"refused": f"{type(e).__name__}: {e}"})
    print(json.dumps(answers), flush=True)
