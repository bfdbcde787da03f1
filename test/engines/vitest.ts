// Stands in for `vitest` in engines that Vitest's own page does not run in: its runner and its `expect`, nothing else.
//
// A test that needs more of Vitest than this file exports fails in `npm run test:engines` by an import error.

import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  type ExpectStatic,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
  onTestFailed,
  onTestFinished,
  suite,
  test,
} from '@vitest/runner';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

function check(value: unknown, message?: string): unknown {
  setState({ assertionCalls: getState(expect).assertionCalls + 1 }, expect);
  return chai.expect(value, message);
}

export const expect: ExpectStatic = Object.assign(
  check,
  chai.expect,
  (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT],
) as unknown as ExpectStatic;

expect.getState = () => getState(expect);
expect.setState = (state) => setState(state, expect);
expect.extend = (matchers) => (chai.expect as unknown as ExpectStatic & { extend: Extend }).extend(expect, matchers);
expect.setState({ assertionCalls: 0 });

type Extend = (expect: ExpectStatic, matchers: Parameters<ExpectStatic['extend']>[0]) => void;

export { chai };
export const assert = chai.assert;
