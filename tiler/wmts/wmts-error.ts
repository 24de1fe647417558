import type { Xml } from '../xml.js';
import { xml, xmlDocument } from '../xml.js';

/** OGC 06-121r9, table 27, and OGC 07-057r7, tables 23, 26 and 30. */
export type ExceptionCode =
  | 'OperationNotSupported'
  | 'MissingParameterValue'
  | 'InvalidParameterValue'
  | 'VersionNegotiationFailed'
  | 'TileOutOfRange'
  | 'PointIJOutOfRange'
  | 'NoApplicableCode';

/** A wrong request, as WMTS says it. */
export class WmtsError extends Error {
  override readonly name = 'WmtsError';
  constructor(
    readonly code: ExceptionCode,
    /** The parameter, or the operation that is not supported; null: none. */
    readonly locator: string | null,
    message: string,
  ) {
    super(message);
  }
}

/** OGC 06-121r9, clause 8.6; `NoApplicableCode` has the status of what went wrong. */
export function statusOf(code: Exclude<ExceptionCode, 'NoApplicableCode'>): number {
  return code === 'OperationNotSupported' ? 501 : 400;
}

/** An `ows:ExceptionReport` of OWS 1.1.0. @param texts for people, a line each */
export function exceptionReport(
  code: ExceptionCode,
  locator: string | null,
  texts: readonly string[],
): string {
  const exception: Xml = xml(
    'ows:Exception',
    { exceptionCode: code, locator: locator ?? undefined },
    texts.map((text) => xml('ows:ExceptionText', {}, text)),
  );
  return xmlDocument(
    xml(
      'ows:ExceptionReport',
      { 'xmlns:ows': 'http://www.opengis.net/ows/1.1', version: '1.1.0', 'xml:lang': 'en' },
      exception,
    ),
  );
}
