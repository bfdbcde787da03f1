// What there is to say of the world, where nothing is asked of it.

import { registerModules } from '../codec/registry.ts';
import { capabilities } from '../entry/capabilities.ts';
import type { freezeSupport, setExecutable } from '../entry/executable.ts';
import { checkExecutable, modulesHere } from '../entry/factory.ts';

/** Nothing that is required is missing: it is not used. What would be better, a page has not either. All share the memory of this realm. */
export const dummyCapabilities: typeof capabilities = () => {
  const { cores, features: all } = capabilities();
  const features = all.map((feature) => (feature.required ? { ...feature, available: true, remedy: null } : feature));
  return { ready: true, mode: 'shared', cores, features, missing: features.filter(({ available }) => !available) };
};

/** Makes no workers; what is registered is known by name, as in a page. */
export const setDummyExecutable: typeof setExecutable = (worker, modules = {}) => {
  checkExecutable(worker, modules);
  registerModules(modulesHere(modules));
};

/** No thread is a child's: false. Python: `freeze_support()`. */
export const neverFrozen: typeof freezeSupport = () => false;
