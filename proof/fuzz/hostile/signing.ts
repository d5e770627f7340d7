import { at, bare, change, custom, file, type HostileBody, SECRET } from './bodies.ts';

const signing = ['artifacts', 0, 'codeSigning'] as const;
const signed = (codeSigning: unknown, channel = 'plain') => file(channel, { codeSigning });
const own = (members: Readonly<Record<string, unknown>>, channel = 'plain') => signed({ customCodeSigning: custom(members) }, channel);
const twice = (text: string) => signature(Buffer.from(text).toString('base64'));
const signature = (inlineDocument: unknown) => own({ signature: { inlineDocument } });

const der = 'MEUCIEVDSeQi8FKXGR6tE+IdPbUg5avvUgVeSWS4L7IT9ZOhAiEABDpxh3TFcr2KJa2+sb/NXAJWrhHOz5+cP5JdDlK+r4k=';

/** Texts that are not Base64, or not the canonical Base64 of their bytes. */
export const base64: readonly HostileBody[] = [
  ...[
    '',
    ' ',
    'A',
    'AA',
    'AAA',
    'AAAAA',
    '=',
    '====',
    'A===',
    'AA=',
    'AA=A',
    'AAA==',
    'AAAA=',
    'AAAA====',
    'AB==',
    'AAB=',
    'AA==AA==',
    'AAAA AAAA',
    'AAAA\nAAAA',
    'AAAA\r\n',
    ' AAAA',
    'AA-_',
    'AA..',
    'AA%3D%3D',
    'data:;base64,AAAA',
    'AAAÄ',
    '６６６６',
    'AAA\u0000',
    '-----BEGIN SIGNATURE-----',
    'deadbeef!',
  ].map((text): HostileBody => [`the signature ${JSON.stringify(text)}`, signature(text), 'INVALID_SIGNING']),
  ...['AA==', 'AAA=', 'AAAA', '////', '++++', 'bmV2ZXJsb2c=', 'MEUCIQ=='].map(
    (text): HostileBody => [`the signature ${JSON.stringify(text)}`, signature(text), null],
  ),
  ['a signature that was encoded twice', twice(der), 'INVALID_SIGNING'],
  ['a short signature that was encoded twice', twice('MEUCIQ=='), 'INVALID_SIGNING'],
  ['a signature in lines that was encoded twice', twice(`${der.slice(0, 76)}\n${der.slice(76)}\n`), 'INVALID_SIGNING'],
  ['a signature that was encoded twice, with a line break', signature(`${Buffer.from(der).toString('base64')}\n`), 'INVALID_SIGNING'],
  ['a signature in lines', signature(`${der.slice(0, 76)}\n${der.slice(76)}`), 'INVALID_SIGNING'],
  ['a signature in DER', signature(der), null],
  ['a signature that is a sentence', twice('This is my custom signature\n'), null],
  ['a signature of 4,096 bytes', signature(Buffer.alloc(4096, 7).toString('base64')), null],
  ['a signature that is not a text', signature(7), 'INVALID_SIGNING'],
  ['a signature as a list of bytes', signature([1, 2, 3]), 'INVALID_SIGNING'],
  ['a signature null', signature(null), 'INVALID_SIGNING'],
];

const hashes = ['SHA-256', 'SHA 256', 'SHA256 ', 'SHA512', 'SHA-1', 'MD5', 'Ѕ\u041dA256', '\u017fha256', 'SHA256\n'];
const algorithms = ['EC', 'ECDSA ', 'RSA-PSS', 'RSASSA-PKCS1-v1_5', 'Ed25519', 'ECDS\u0410'];

/** Names of algorithms. The intake takes any text, and the channel decides about it. */
export const algorithmSpellings: readonly HostileBody[] = [
  ...hashes.flatMap((hashAlgorithm): HostileBody[] => [
    [`the hash ${JSON.stringify(hashAlgorithm)}`, own({ hashAlgorithm }), null, 'INVALID_SIGNING'],
    [`the hash ${JSON.stringify(hashAlgorithm)} where any is taken`, own({ hashAlgorithm }, 'any-algorithm'), null],
  ]),
  ...algorithms.flatMap((signatureAlgorithm): HostileBody[] => [
    [`the signature algorithm ${JSON.stringify(signatureAlgorithm)}`, own({ signatureAlgorithm }), null, 'INVALID_SIGNING'],
    [
      `the signature algorithm ${JSON.stringify(signatureAlgorithm)} where any is taken`,
      own({ signatureAlgorithm }, 'any-algorithm'),
      null,
    ],
  ]),
  ['an unknown hash where the channel signs', own({ hashAlgorithm: 'SHA512' }, 'beta'), null],
  ['an unknown hash for a managed thing', own({ hashAlgorithm: 'SHA512' }, 'hubs'), null, 'INVALID_SIGNING'],
  ['an empty hash', own({ hashAlgorithm: '' }), 'INVALID_SIGNING'],
  ['an empty hash where any is taken', own({ hashAlgorithm: '' }, 'any-algorithm'), 'INVALID_SIGNING'],
  ['an empty signature algorithm', own({ signatureAlgorithm: '' }), 'INVALID_SIGNING'],
  ['the hash sha256', own({ hashAlgorithm: 'sha256' }), null],
  ['the signature algorithm Ecdsa', own({ signatureAlgorithm: 'Ecdsa' }), null],
  ['the hash SHA1', own({ hashAlgorithm: 'SHA1' }), null],
  ['the signature algorithm RSA', own({ signatureAlgorithm: 'RSA' }), null],
  ['the two algorithms exchanged', own({ hashAlgorithm: 'ECDSA', signatureAlgorithm: 'SHA256' }), null, 'INVALID_SIGNING'],
  ['a hash in a list', own({ hashAlgorithm: ['SHA256'] }), 'INVALID_SIGNING'],
  ['no hash', own({ hashAlgorithm: undefined }), 'INVALID_RELEASE'],
  ['no signature algorithm', own({ signatureAlgorithm: undefined }), 'INVALID_RELEASE'],
];

export const signings: readonly HostileBody[] = [
  [
    'AWS Signer with a different destination',
    change(signing, { startSigningJobParameter: { destination: { s3Destination: { bucket: SECRET } } } }),
    'INVALID_RELEASE',
  ],
  [
    'a signing profile of its own choice',
    change(signing, { startSigningJobParameter: { signingProfileName: 'neverlog' } }),
    'INVALID_RELEASE',
  ],
  [
    'the signing profile of the channel',
    change(signing, { startSigningJobParameter: { signingProfileName: 'acme_t6' } }),
    'INVALID_RELEASE',
  ],
  ['a signing profile null', change(signing, { startSigningJobParameter: null }), 'INVALID_RELEASE'],
  ['two signings', change(signing, { awsSignerJobId: 'a', customCodeSigning: {} }), 'INVALID_SIGNING'],
  ['two signings, both right', signed({ awsSignerJobId: 'a', customCodeSigning: custom() }), 'INVALID_SIGNING'],
  ['two signings, one null', signed({ awsSignerJobId: null, customCodeSigning: custom() }), 'INVALID_SIGNING'],
  ['three signings', signed({ awsSignerJobId: 'a', customCodeSigning: custom(), startSigningJobParameter: {} }), 'INVALID_RELEASE'],
  ['an empty signer job', signed({ awsSignerJobId: '' }), 'INVALID_RELEASE'],
  ['a signer job that is not a text', signed({ awsSignerJobId: 7 }), 'INVALID_RELEASE'],
  ['an empty signature of its own', signed({ customCodeSigning: {} }), 'INVALID_RELEASE'],
  ['a signature of its own null', signed({ customCodeSigning: null }), 'INVALID_RELEASE'],
  ['no signature in it', own({ signature: undefined }), 'INVALID_RELEASE'],
  ['an empty structure for a signature', own({ signature: {} }), 'INVALID_RELEASE'],
  ['a signature without its structure', own({ signature: 'AAAA' }), 'INVALID_RELEASE'],
  [
    'a stream for a signature, as AWS once had',
    own({ signature: { stream: { streamId: 'a' }, inlineDocument: 'AAAA' } }),
    'INVALID_RELEASE',
  ],
  ['no certificate', own({ certificateChain: undefined }), null],
  ['an empty certificate chain', own({ certificateChain: {} }), null],
  ['a certificate that is not a text', own({ certificateChain: { certificateName: 7 } }), 'INVALID_RELEASE'],
  ['a certificate chain null', own({ certificateChain: null }), 'INVALID_RELEASE'],
  ['an invalid certificate', own({ certificateChain: { inlineDocument: '\u0000neverlog' } }), null],
  ['its own where the channel signs', signed({ customCodeSigning: custom() }, 'beta'), null],
  [
    'its own where the channel names the file',
    bare('named', {
      fileName: '/boot.bin',
      fileLocation: at('3HL4kqtJlcpXroDTDmJ'),
      sha256: 'a'.repeat(64),
      codeSigning: { customCodeSigning: custom() },
    }),
    null,
  ],
];
