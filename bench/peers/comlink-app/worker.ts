import * as Comlink from 'comlink';
import { transpile } from '../../app/heavy.ts';
import { square } from '../../app/light.ts';

const tasks = { square, transpile };

export type Tasks = typeof tasks;

Comlink.expose(tasks);
