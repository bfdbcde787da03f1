// An event for one process, which is told of each change.

import { find } from '../../process/page/objects.ts';
import type { EventWords } from '../../sync/by_memory/event.ts';
import type { Client } from './requests.ts';

const watchers = new WeakMap<EventWords, Set<Watcher>>();

export class Watcher {
  readonly body: EventWords;
  readonly #client: Client;
  #key = '';
  /** What it was told last. */
  #told: boolean | undefined;
  /** How often it has set or cleared it. */
  #changes = 0;

  constructor(body: EventWords, client: Client) {
    this.body = body;
    this.#client = client;
  }

  /** From now on the process is told. */
  watch(key: string): void {
    this.#key = key;
    const all = watchers.get(this.body) ?? new Set();
    watchers.set(this.body, all.add(this));
    this.body.onChange = () => {
      for (const each of all) each.#tell();
    };
    this.body.onChange();
  }

  /** By this process, which knows it already. */
  change(isSet: boolean): void {
    this.#told = isSet;
    this.#changes++;
    if (isSet) this.body.set();
    else this.body.clear();
  }

  #tell(): void {
    if (find(this.#key)?.holders.get(this.#client.pid) !== this) watchers.get(this.body)?.delete(this);
    else if (this.#told !== this.body.isSet) {
      this.#told = this.body.isSet;
      this.#client.tell(this.#key, this.#told, this.#changes);
    }
  }
}
