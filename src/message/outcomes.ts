// What the page answers, where that is no plain value.

/** A lock was not acquired; it is held; it is, and its last holder died with it. */
export const FREE = 0;
export const HELD = 1;
export const LEFT = 2;
