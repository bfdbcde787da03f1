// How much is measured. A quick run does a part of everything.

const effort = Number(new URLSearchParams(location.search).get('effort') ?? 1);

/** As many as that in a full run. */
export const times = (count: number, atLeast = 1): number => Math.max(atLeast, Math.round(count * effort));
