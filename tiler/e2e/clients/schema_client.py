"""Whether documents are valid against OGC's schemas, which MapProxy carries: python schema_client.py FILE… Prints JSON."""

import json
import os
import sys

import mapproxy.test
from lxml import etree

SCHEMAS = os.path.join(os.path.dirname(mapproxy.test.__file__), "schemas")
NAMES = {
    "{http://www.opengis.net/wmts/1.0}Capabilities": "wmts/1.0/wmtsGetCapabilities_response.xsd",
    "{http://www.opengis.net/ows/1.1}ExceptionReport": "ows/1.1.0/owsExceptionReport.xsd",
}
result = {}
for file in sys.argv[1:]:
    document = etree.parse(file)
    schema = etree.XMLSchema(etree.parse(os.path.join(SCHEMAS, NAMES[document.getroot().tag])))
    schema.validate(document)
    result[os.path.basename(file)] = [str(error) for error in schema.error_log]
print(json.dumps(result))
