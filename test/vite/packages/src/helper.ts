'use multiprocessing';

// For tests: no page of the app imports this, and what it imports is not installed where the app is built.
import { expect } from 'a-test-runner';

export const check = (x: number): void => expect(x).toBe(1);
