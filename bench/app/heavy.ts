'use multiprocessing';

import { transpile as compile } from 'typescript';

export const transpile = (code: string): string => compile(code);
