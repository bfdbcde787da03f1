import * as mp from 'web-multiprocessing';
import { add } from './tasks.ts';

const manager = await mp.Manager();
const dict = await manager.dict<string, number>();
const process = new mp.Process({ target: add, args: [dict] });
process.start();
await process.join();
console.log(await dict.get('a'));
await manager.shutdown();
