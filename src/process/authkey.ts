// The key of a process, which does not leave it by mistake.

import { refuse } from '../codec/refuse.ts';
import { registerShared } from '../codec/shared.ts';

/**
 * The bytes of `Process.authkey`. They go to a process that starts, and are refused wherever else a value travels.
 * Python: `multiprocessing.process.AuthenticationString`.
 */
export class AuthenticationString extends Uint8Array {
  // What is cut out of it is plain bytes.
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  static {
    registerShared<AuthenticationString>(AuthenticationString.prototype, {
      kind: 'AuthenticationString',
      everywhere: true,
      detach: (key, _, starts) =>
        starts ? new Uint8Array(key) : refuse('is an authkey, which only a process that starts may have'),
      attach: (bytes) => new AuthenticationString(bytes as Uint8Array),
    });
  }

  override toString(): string {
    return 'AuthenticationString';
  }
}
