// How the app is built: by the plugin, from source.

import { shared } from '../../scripts/vite.mjs';
import multiprocessing from '../../src/vite.ts';

export default { ...shared, plugins: [multiprocessing()] };
