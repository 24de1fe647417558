/** What is below zoom 12, made of the archive: counted, and never touched. */
export const PYRAMID_PREFIX = 'pyramid/';
