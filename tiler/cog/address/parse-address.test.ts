import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGeoCropError } from '../../../engine/errors.js';
import { parseAllowedPlaces } from './allowed-places.js';
import { parseAddress } from './parse-address.js';

const RULES = {
  places: parseAllowedPlaces(
    's3://geocrop-results/results,s3://geocrop-baselines,https://cogs.example.org/public/,http://10.1.2.3:8080/data/,file:///srv/cogs/',
  ),
  bucketPrefix: 'acme-',
};

/** Every way in which somebody may try to get further than the configuration lets him. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  'other buckets and prefixes': [
    's3://geocrop-models/Ensemble/bundle.json',
    's3://geocrop-windows/ab/abcdef',
    's3://geocrop-results/archive/x.tif',
    's3://geocrop-results/results-of-others/x.tif',
    's3://geocrop-results/',
    's3://geocrop-results',
    's3://other-bucket/results/x.tif',
    's3://evil-geocrop-results/results/x.tif',
    's3://geocrop-results.evil.example/results/x.tif',
    's3://geocrop-results/results.tif',
    's3://geocrop-results/Results/x.tif',
    's3://geocrop-results/archive/results/x.tif',
    's3://acme-/results/x.tif',
    's3://acme-acme-geocrop-results/results/x.tif',
    's3://acme-geocrop-models/Ensemble/bundle.json',
  ],
  'paths that climb or stand still': [
    's3://geocrop-results/results/../archive/x.tif',
    's3://geocrop-results/results/./x.tif',
    's3://geocrop-results/results//x.tif',
    's3://geocrop-results/results/x.tif/',
    's3://geocrop-results//results/x.tif',
    's3://geocrop-results/results/..',
    's3://geocrop-results/../geocrop-models/Ensemble/bundle.json',
    's3://geocrop-results/results/a/../../archive/x.tif',
    's3://geocrop-results/results/..;/archive/x.tif',
    'https://cogs.example.org/public/..;/private/x.tif',
    'https://cogs.example.org/public/..;a=b/private/x.tif',
    'https://cogs.example.org/public/.;/x.tif',
    'https://cogs.example.org/public/;/x.tif',
    'file:///srv/cogs/..;/x.tif',
    'https://cogs.example.org/public/../private/x.tif',
    'https://cogs.example.org/public/./x.tif',
    'https://cogs.example.org/public//x.tif',
    'https://cogs.example.org/public/.../../../x.tif',
    'https://cogs.example.org/public/',
    'https://cogs.example.org/publicity/x.tif',
    'https://cogs.example.org/x.tif',
    'file:///srv/cogs/../../etc/passwd',
    'file:///srv/cogs/./x.tif',
    'file:///srv/cogs',
    'file:///srv/cogs/',
    'file:///srv/cogs-private/x.tif',
    'file:///etc/passwd',
  ],
  'encodings, single and double': [
    's3://geocrop-results/results/%2e%2e/archive/x.tif',
    's3://geocrop-results/results%2fx.tif',
    's3://geocrop-results/results/%252e%252e/x.tif',
    's3://geocrop-results/%72esults/x.tif',
    's3://geocrop%2dresults/results/x.tif',
    'https://cogs.example.org/public/%2e%2e/private/x.tif',
    'https://cogs.example.org/public/%2E%2E/private/x.tif',
    'https://cogs.example.org/public/.%2e/private/x.tif',
    'https://cogs.example.org/public/%252e%252e/private/x.tif',
    'https://cogs.example.org/public%2f..%2fprivate/x.tif',
    'https://cogs.example.org/public/a%5c..%5cx.tif',
    'https://cogs.example.org/public/x.tif%00.png',
    'https://cogs.example.org/public/x%0d%0aHost:%20evil.example',
    'https://cogs.example.org/public/x%7f.tif',
    'https://cogs.example.org/public/%c0%ae%c0%ae/private/x.tif', // UTF-8 that is longer than it needs to be
    'https://cogs.example.org/public/%e0%80%ae%e0%80%ae/private/x.tif',
    'https://cogs.example.org/public/..%c0%af/private/x.tif',
    'https://cogs.example.org/public/..%c1%9cprivate/x.tif',
    'https://cogs.example.org/public/%u002e%u002e/private/x.tif',
    'https://cogs.example.org/public/%ef%bc%8e%ef%bc%8e/private/x.tif', // full width
    'https://cogs.example.org/public/..%ef%bc%8fprivate/x.tif',
    'https://cogs.example.org/public/%e2%80%a5/private/x.tif', // a two dot leader
    'https://cogs.example.org/public/a%ef%bc%85x.tif%ef%bc%bc',
    'https://cogs.example.org/public/x.tif%c2%85',
    'https://cogs.example.org/public/%ff.tif',
    'https://cogs.example.org/public/%ed%a0%80.tif', // half of a surrogate pair
    'https://cogs.example.org/public/x%zz.tif',
    'https://cogs.example.org/public/x%2',
    'https://cogs.example.org/%70ublic/x.tif',
    'https://cogs%2eexample.org/public/x.tif',
    'file:///srv/cogs/%2e%2e/x.tif',
    'file:///srv%2fcogs/x.tif',
    'file%3A///srv/cogs/x.tif',
    'https%3A%2F%2Fcogs.example.org%2Fpublic%2Fx.tif',
  ],
  'backslashes, blanks and control characters': [
    's3://geocrop-results\\results\\x.tif',
    's3://geocrop-results/results\\..\\archive\\x.tif',
    'https:\\\\cogs.example.org\\public\\x.tif',
    'https://cogs.example.org\\@evil.example/public/x.tif',
    'file:\\\\\\srv\\cogs\\x.tif',
    's3://geocrop-results/results/x.tif\u0000',
    's3://geocrop-results/results/\u0000/x.tif',
    's3://geocrop-results/results/x.tif\n',
    'https://cogs.example.org/public/x.tif\r\nHost: evil.example',
    'https://cogs.example.org/public/a b.tif',
    '\thttps://cogs.example.org/public/x.tif',
    ' https://cogs.example.org/public/x.tif',
    'ht\ntps://cogs.example.org/public/x.tif',
    's3://geocrop-results/results/\u0085x.tif',
    '\ufeffs3://geocrop-results/results/x.tif',
    's3://geocrop-results/results/..\\archive/x.tif',
    'https://cogs.example.org/public/x.tif\u2028',
    'https://cogs.example.org/public/．．/private/x.tif',
    'https://cogs.example.org/public/ä.tif',
  ],
  'names, passwords and ports': [
    'https://cogs.example.org@evil.example/public/x.tif',
    'https://user:password@cogs.example.org/public/x.tif',
    'https://cogs.example.org:443/public/x.tif',
    'https://cogs.example.org:8443/public/x.tif',
    'https://cogs.example.org:/public/x.tif',
    'http://cogs.example.org/public/x.tif',
    'http://cogs.example.org:443/public/x.tif',
    'http://10.1.2.3/data/x.tif',
    'http://10.1.2.3:80/data/x.tif',
    'http://10.1.2.3:08080/data/x.tif',
    'http://10.1.2.3:8080:80/data/x.tif',
    'http://10.1.2.3:8080@evil.example/data/x.tif',
    'http://10.1.2.3:80800/data/x.tif',
    'http://10.1.2.3:８０８０/data/x.tif',
    'http://10.1.2.3.:8080/data/x.tif',
    'https://@cogs.example.org/public/x.tif',
    'https://:@cogs.example.org/public/x.tif',
    'https://cogs.example.org%40evil.example/public/x.tif',
    's3://geocrop-results:443/results/x.tif',
    's3://key:secret@geocrop-results/results/x.tif',
    'file://localhost/srv/cogs/x.tif',
    'file://evil.example/srv/cogs/x.tif',
    'file://127.0.0.1/srv/cogs/x.tif',
  ],
  'hosts under other names': [
    'https://COGS.example.org/public/x.tif',
    'HTTPS://cogs.example.org/public/x.tif',
    'hTtPs://cogs.example.org/public/x.tif',
    'S3://geocrop-results/results/x.tif',
    's3://GEOCROP-RESULTS/results/x.tif',
    'FILE:///srv/cogs/x.tif',
    'https://cogs.example.org./public/x.tif',
    'https://cogs.example.org../public/x.tif',
    'https://www.cogs.example.org/public/x.tif',
    'https://cogs.example.org.evil.example/public/x.tif',
    'https://evil.example/cogs.example.org/public/x.tif',
    'https://evil.example/?https://cogs.example.org/public/x.tif',
    'https://evil.example#https://cogs.example.org/public/x.tif',
    'https://cоgs.example.org/public/x.tif', // a Cyrillic о
    'https://ｃｏｇｓ.example.org/public/x.tif', // full width
    'https://cogs。example。org/public/x.tif', // ideographic full stops
    'https://cogs\u00ad.example.org/public/x.tif', // a soft hyphen
    'https://xn--cgs-1ed.example.org/public/x.tif',
    'https://localhost/public/x.tif',
  ],
  'addresses of machines in every notation': [
    'http://127.0.0.1/data/x.tif',
    'http://127.1/data/x.tif',
    'http://2130706433/data/x.tif',
    'http://0x7f000001/data/x.tif',
    'http://0x7f.0.0.1/data/x.tif',
    'http://0177.0.0.1/data/x.tif',
    'http://017700000001/data/x.tif',
    'http://[::1]/data/x.tif',
    'http://[0:0:0:0:0:0:0:1]:8080/data/x.tif',
    'http://[::ffff:127.0.0.1]/data/x.tif',
    'http://[::ffff:7f00:1]/data/x.tif',
    'http://[::127.0.0.1]/data/x.tif',
    'http://[64:ff9b::7f00:1]/data/x.tif',
    'http://[fe80::1%25eth0]/data/x.tif',
    'http://[fe80::1%eth0]:8080/data/x.tif',
    'http://[::]:8080/data/x.tif',
    'http://[::ffff:0:127.0.0.1]/data/x.tif',
    'http://[64:ff9b:1::127.0.0.1]/data/x.tif',
    'http://[2002:7f00:1::]/data/x.tif',
    'http://①②⑦.⓪.⓪.①/data/x.tif',
    'http://127。0。0。1/data/x.tif',
    'http://127.0.0.1.nip.io/data/x.tif',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/x',
    'http://0.0.0.0:8080/data/x.tif',
    'http://0/data/x.tif',
    // The allowed one, spelled otherwise.
    'http://167838211:8080/data/x.tif',
    'http://0x0a.1.2.3:8080/data/x.tif',
    'http://10.1.515:8080/data/x.tif',
    'http://012.1.2.3:8080/data/x.tif',
    'http://[::ffff:10.1.2.3]:8080/data/x.tif',
  ],
  'queries and fragments': [
    'https://cogs.example.org/public/x.tif?redirect=https://evil.example',
    'https://cogs.example.org/public/x.tif#fragment',
    'https://cogs.example.org/public?/x.tif',
    's3://geocrop-results/results/x.tif?versionId=1',
    's3://geocrop-results?/results/x.tif',
    's3://geocrop-results/results/x.tif#1',
    'file:///srv/cogs/x.tif?1',
  ],
  "GDAL's ways and other indirections": [
    '/vsicurl/https://cogs.example.org/public/x.tif',
    '/vsis3/geocrop-results/results/x.tif',
    '/vsicurl?url=https%3A%2F%2Fevil.example',
    '/vsizip/vsicurl/https://cogs.example.org/public/x.zip/x.tif',
    '/vsimem/x.tif',
    '/vsistdin/',
    'vsicurl/https://cogs.example.org/public/x.tif',
    'vrt:///srv/cogs/x.tif',
    'vrt://https://cogs.example.org/public/x.tif?bands=1',
    'zip+https://cogs.example.org/public/x.zip!x.tif',
    'zip://srv/cogs/x.zip!/x.tif',
    'tar+file:///srv/cogs/x.tar!x.tif',
    'gs://bucket/x.tif',
    'az://container/x.tif',
    's3a://geocrop-results/results/x.tif',
    's3n://geocrop-results/results/x.tif',
    's3+https://geocrop-results/results/x.tif',
    'https+unix://cogs.example.org/public/x.tif',
    'unix:///var/run/docker.sock',
    'jar:https://cogs.example.org/public/x.zip!/x.tif',
    'gopher://cogs.example.org/public/x.tif',
    'view-source:https://cogs.example.org/public/x.tif',
    '/vsis3_streaming/geocrop-results/results/x.tif',
    '/vsigzip//srv/cogs/x.tif.gz',
    '/vsitar//srv/cogs/x.tar/x.tif',
    '/vsisubfile/0_100,/srv/cogs/x.tif',
    '/vsisparse//srv/cogs/x.xml',
    '/vsicrypt/key=a,file=/srv/cogs/x.tif',
    'GTI:/srv/cogs/x.gti.gpkg',
    'PG:host=127.0.0.1',
    'STACIT:"https://evil.example/search"',
    'DERIVED_SUBDATASET:LOGAMPLITUDE:/srv/cogs/x.tif',
    '<GDALTileIndexDataset><IndexDataset>/etc/passwd</IndexDataset></GDALTileIndexDataset>',
    'ftp://cogs.example.org/public/x.tif',
    'data:image/tiff;base64,SUkqAA==',
    'blob:https://cogs.example.org/public/x.tif',
    'javascript:alert(1)',
    'store://geocrop-results/results/x.tif?1-1',
    'GTIFF_DIR:1:/srv/cogs/x.tif',
    'GTIFF_RAW:/srv/cogs/x.tif',
    'NETCDF:"/srv/cogs/x.nc":b',
    'WMS:https://evil.example',
    '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand/></VRTDataset>',
    '<GDAL_WMS><Service name="TMS"/></GDAL_WMS>',
    '{"type": "gdal_streamed_alg"}',
  ],
  'paths of this machine, and nothing': [
    '/srv/cogs/x.tif',
    'srv/cogs/x.tif',
    './x.tif',
    'C:\\srv\\cogs\\x.tif',
    '//cogs.example.org/public/x.tif',
    'https:/cogs.example.org/public/x.tif',
    'https:cogs.example.org/public/x.tif',
    'https:///cogs.example.org/public/x.tif',
    'https:////cogs.example.org/public/x.tif',
    'file:/srv/cogs/x.tif',
    'file:////srv/cogs/x.tif',
    's3:/geocrop-results/results/x.tif',
    's3:///geocrop-results/results/x.tif',
    '',
    ' ',
    '.',
    `s3://geocrop-results/results/${'x'.repeat(3000)}.tif`,
    `s3://geocrop-results/results/${'x/'.repeat(100_000)}x.tif`,
    `https://cogs.example.org/public/${'%61'.repeat(100_000)}.tif`,
    `https://${'a.'.repeat(100_000)}cogs.example.org/public/x.tif`,
  ],
};

describe('an address', () => {
  const allowed: readonly (readonly [string, object])[] = [
    [
      's3://geocrop-results/results/1/refined.tif',
      { kind: 'store', bucket: 'geocrop-results', key: 'results/1/refined.tif' },
    ],
    [
      's3://acme-geocrop-results/results/a.tif',
      { kind: 'store', bucket: 'geocrop-results', key: 'results/a.tif' },
    ],
    [
      's3://geocrop-baselines/dw/ä b+(c).tif',
      { kind: 'store', bucket: 'geocrop-baselines', key: 'dw/ä b+(c).tif' },
    ],
    [
      'https://cogs.example.org/public/a/b.tif',
      { kind: 'http', url: 'https://cogs.example.org/public/a/b.tif', host: 'cogs.example.org' },
    ],
    [
      'https://cogs.example.org/public/a%20b%C3%A4.tif',
      { kind: 'http', url: 'https://cogs.example.org/public/a%20b%C3%A4.tif', host: 'cogs.example.org' },
    ],
    [
      'http://10.1.2.3:8080/data/x.tif',
      { kind: 'http', url: 'http://10.1.2.3:8080/data/x.tif', host: '10.1.2.3' },
    ],
    ['file:///srv/cogs/a/b.tif', { kind: 'file', path: '/srv/cogs/a/b.tif', folder: '/srv/cogs' }],
  ];
  for (const [url, address] of allowed) {
    it(`means a file: ${url}`, () => assert.deepEqual(parseAddress(url, RULES), address));
  }

  for (const [what, spellings] of Object.entries(FORBIDDEN)) {
    it(`is forbidden: ${what}`, () => {
      for (const url of spellings) {
        assert.throws(
          () => parseAddress(url, RULES),
          (error) => isGeoCropError(error, 'url-forbidden'),
          JSON.stringify(url),
        );
      }
    });
  }

  it('is forbidden where nothing is allowed', () => {
    const nothing = { places: parseAllowedPlaces('none'), bucketPrefix: '' };
    for (const [url] of allowed)
      assert.throws(
        () => parseAddress(url, nothing),
        (error) => isGeoCropError(error, 'url-forbidden'),
      );
  });
});

describe('a prefix of a bucket', () => {
  const rules = { places: parseAllowedPlaces('s3://geocrop-results/maps'), bucketPrefix: '' };
  it('ends where its name does', () => {
    for (const key of ['maps/x.tif', 'maps/a/b/x.tif']) {
      assert.deepEqual(parseAddress(`s3://geocrop-results/${key}`, rules), {
        kind: 'store',
        bucket: 'geocrop-results',
        key,
      });
    }
    for (const key of [
      'maps-private/x.tif',
      'maps.tif',
      'maps2/x.tif',
      'Maps/x.tif',
      'a/maps/x.tif',
      'map/x.tif',
    ]) {
      assert.throws(
        () => parseAddress(`s3://geocrop-results/${key}`, rules),
        (error) => isGeoCropError(error, 'url-forbidden'),
        key,
      );
    }
  });
});

describe('what is allowed', () => {
  it('says what is wrong with it', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['s3://elsewhere/x', /a bucket of the store/],
      ['https://Host.example/x/', /small letters/],
      ['https://host.example:443/x/', /small letters/],
      ['https://host.example/x', /slash at its end/],
      ['https://user@host.example/x/', /nothing after it/],
      ['https://host.example/x/?a=1', /slash at its end/],
      ['https://host.example/a/../b/', /small letters/],
      ['file://srv/x/', /absolute path/],
      ['file:///srv/../x/', /absolute path/],
      ['file:///', /absolute path/],
      ['/srv/x', /with commas between/],
      ['s3://geocrop-results,,', /with commas between/],
    ];
    for (const [text, message] of wrong) assert.throws(() => parseAllowedPlaces(text), message, text);
  });
});
