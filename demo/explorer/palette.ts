// The colours of the picture: a circle of them for what escapes, and one for what does not.

const COUNT = 2048;

/** Position on the circle, red, green, blue. */
const STOPS = [
  [0, 6, 12, 74],
  [0.16, 36, 81, 199],
  [0.42, 232, 246, 255],
  [0.64, 255, 176, 46],
  [0.86, 96, 14, 40],
  [1, 6, 12, 74],
] as const;

/** The place of the colour of the set itself. */
export const INSIDE = COUNT;

/** Red, green and blue of each colour. */
export const colours = new Uint8Array(3 * (COUNT + 1));

for (let index = 0; index < COUNT; index++) {
  const position = index / COUNT;
  const next = STOPS.findIndex(([at]) => at > position);
  const [from, to] = [STOPS[next - 1] ?? STOPS[0], STOPS[next] ?? STOPS[0]];
  const part = (position - from[0]) / (to[0] - from[0]);
  const smooth = part * part * (3 - 2 * part);
  for (const channel of [1, 2, 3] as const) {
    colours[3 * index + channel - 1] = from[channel] + (to[channel] - from[channel]) * smooth;
  }
}
colours.set([7, 9, 15], 3 * INSIDE);

/** The place of the colour of what escaped after so many rounds. The deeper, the slower the colours change. */
export function indexOf(rounds: number): number {
  const turns = 0.3 * Math.log2(Math.max(1, rounds + 2)) - 0.3;
  return Math.floor((turns - Math.floor(turns)) * COUNT);
}
