"""What QGIS makes of a server: python qgis_client.py ADDRESS FOLDER Z X Y LAYER… Renders to FOLDER and prints JSON."""

import json
import os
import sys
import time
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (
    QgsApplication,
    QgsLayerDefinition,
    QgsLayerTree,
    QgsLayerTreeModel,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRaster,
    QgsRasterInterface,
    QgsRasterLayer,
    QgsRectangle,
    QgsCoordinateReferenceSystem,
)
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPixmap

base, folder, z, x, y = sys.argv[1], os.path.abspath(sys.argv[2]), *map(int, sys.argv[3:6])
HALF = 20037508.342789244
SIDE = 2 * HALF / 2**z
WINDOW = QgsRectangle(x * SIDE - HALF, HALF - (y + 1) * SIDE, (x + 1) * SIDE - HALF, HALF - y * SIDE)
LIMIT = 60

app = QgsApplication([], True)
app.initQgis()


def render(layer, name, size=256, extent=WINDOW):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(extent)
    settings.setOutputSize(QSize(size, size))
    settings.setOutputDpi(96)
    settings.setBackgroundColor(QColor(0, 0, 0, 0))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    path = os.path.join(folder, name + ".png")
    job.renderedImage().save(path)
    return dict(path=path, errors=[error.message for error in job.errors()])


def picture_of(node):
    """The picture of a legend that comes by and by; None where it does not."""
    until = time.time() + LIMIT
    while time.time() < until:
        picture = node.data(Qt.DecorationRole)
        if isinstance(picture, QPixmap) and not picture.isNull():
            return picture
        app.processEvents()
        time.sleep(0.01)
    return None


def legend(layer, name, tree=None):
    """Texts and colours of the layer's legend nodes, and pictures where a node is one."""
    if tree is None:
        root = QgsLayerTree()
        tree = root.addLayer(layer)
    else:
        root = project.layerTreeRoot()
    model = QgsLayerTreeModel(root)
    nodes = []
    for at, node in enumerate(model.layerLegendNodes(tree)):
        kind = type(node).__name__
        found = dict(kind=kind, text=str(node.data(Qt.DisplayRole) or ""))
        if kind == "QgsWmsLegendNode":
            picture = picture_of(node) if layer.dataProvider().supportsLegendGraphic() else None
            path = os.path.join(folder, f"{name}-legend-{at}.png")
            found["picture"] = path if picture is not None and picture.save(path) else None
        elif kind == "QgsRasterSymbolLegendNode":
            # The colour is drawn: of the swatch's middle.
            swatch = node.data(Qt.DecorationRole)
            if isinstance(swatch, QIcon):
                swatch = swatch.pixmap(16, 16)
            image = swatch.toImage() if isinstance(swatch, QPixmap) else swatch
            found["color"] = image.pixelColor(image.width() // 2, image.height() // 2).name()
        nodes.append(found)
    return nodes


def identify(layer, at):
    """What the Identify tool asks for: of pictures a page, of numbers the value."""
    kind = QgsRaster.IdentifyFormatHtml if layer.providerType() == "wms" else QgsRaster.IdentifyFormatValue
    answer = layer.dataProvider().identify(at, kind, WINDOW, 256, 256)
    if not answer.isValid():
        return dict(error=answer.error().message())
    return {str(key): value for key, value in answer.results().items()}


def describe(layer, name, at, tree=None, has_legend=True):
    extent = layer.extent()
    return dict(
        name=layer.name(),
        valid=layer.isValid(),
        error=layer.error().message(),
        provider=layer.providerType(),
        source=layer.source(),
        crs=layer.crs().authid(),
        extent=[extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        rights=layer.metadata().rights(),
        attribution=layer.attribution(),
        render=render(layer, name),
        legend=legend(layer, name, tree) if has_legend else [],
        identify=identify(layer, at), features=bool(layer.dataProvider().capabilities() & QgsRasterInterface.IdentifyFeature),
    )


# A pixel away from the tile's edges: column 5, row 7.
POINT = QgsPointXY(WINDOW.xMinimum() + 5.5 * SIDE / 256, WINDOW.yMaximum() - 7.5 * SIDE / 256)
result = dict(qlr={}, styles={})
for layer in sys.argv[6:]:
    path = os.path.join(folder, f"{layer}.qlr")
    urllib.request.urlretrieve(f"{base}/qgis/{layer}.qlr", path)
    project = QgsProject()
    ok, message = QgsLayerDefinition.loadLayerDefinition(path, project, project.layerTreeRoot())
    groups = [group.name() for group in project.layerTreeRoot().findGroups()]
    trees = project.layerTreeRoot().findLayers()
    result["qlr"][layer] = dict(
        ok=ok,
        message=message,
        groups=groups,
        shown=[tree.isVisible() for tree in trees],
        layers=[describe(tree.layer(), f"{layer}-{at}", POINT, tree) for at, tree in enumerate(trees)],
    )

xyz = f"{base}/tiles/{{z}}/{{x}}/{{y}}.png?layer=classes&wait=50"
address = f"type=xyz&zmin=0&zmax=18&url={urllib.request.quote(xyz)}"
result["xyz"] = describe(QgsRasterLayer(address, "xyz", "wms"), "xyz", POINT, has_legend=False)

# The style for files with numbers: a tile of classes, saved.
for layer in ("classes", "ndvi_peak"):
    file = os.path.join(folder, f"tile-{layer}.tif")
    urllib.request.urlretrieve(f"{base}/tiles/{z}/{x}/{y}.tif?layer={layer}", file)
    qml = os.path.join(folder, f"{layer}.qml")
    urllib.request.urlretrieve(f"{base}/legend.qml?layer={layer}", qml)
    raster = QgsRasterLayer(file, layer)
    message, ok = raster.loadNamedStyle(qml)
    result["styles"][layer] = dict(ok=ok, message=message, **describe(raster, f"style-{layer}", POINT))
print()
print(json.dumps(result))
sys.stdout.flush()
# Qt's own end crashes in some versions where threads of the network are still there.
os._exit(0)
