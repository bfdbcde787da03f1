// What a server does with the app: it renders a page, and cannot start a process.

import * as mp from 'web-multiprocessing';
import './executable';
import { square } from './tasks';

export const render = (): string => `<p>${square(3)} by ${mp.currentProcess().name}</p>`;

export function start(): void {
  new mp.Process({ target: square, args: [3] }).start();
}
