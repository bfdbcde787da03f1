// Scenarios in an instance of their own: see scripts/instrument.mjs.

declare module '*?explored' {
  export const scenarios: readonly import('./world.ts').Scenario[];
}

declare module '*&explored' {
  export const scenarios: readonly import('./world.ts').Scenario[];
}
