// Files of the app that the server has no more, as a page may be older than what was deployed since.

import { describe } from '../errors.ts';

/** What to do, behind what could not be loaded. */
export const RELOAD = 'If the app was deployed anew meanwhile, reload the page';

/** What engines say of a module that could not be fetched: Chromium, Firefox; WebKit. */
const UNFETCHED = /dynamically imported module|Importing a module script failed/;

/** The same, as a sentence of its own; nothing where the module is there, and failed. */
export const adviceOn = (error: unknown): string => (UNFETCHED.test(describe(error)) ? `. ${RELOAD}` : '');
