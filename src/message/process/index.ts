// A process's part of what works by message.

import { setNames } from '../../codec/shared.ts';
import { RequestedMutex } from './mutex.ts';
import { processNames, request, start } from './names.ts';

/** From now on the shared objects of this process are in the page. */
export function install(): void {
  request('Lock', RequestedMutex);
  setNames(processNames);
  start();
}
