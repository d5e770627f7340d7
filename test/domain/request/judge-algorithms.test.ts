import { describe, expect, it } from 'vitest';
import { judgeAlgorithms } from '../../../domain/request/judge-algorithms.ts';

describe('an algorithm of a signature', () => {
  const paths = (custom: object) => judgeAlgorithms({ customCodeSigning: custom }, 'artifacts[0]', {}, 'beta').map(({ path }) => path);

  it('is refused if devices do not know it, but not if it is missing, which another rule refuses', () => {
    const at = 'artifacts[0].codeSigning.customCodeSigning';
    expect(paths({ hashAlgorithm: 'MD5', signatureAlgorithm: 'ecdsa' })).toEqual([`${at}.hashAlgorithm`]);
    expect(paths({})).toEqual([]);
  });
});
