// What the page answers, where that is no plain value.

/** A lock was not acquired; it is held; it is, and its last holder died with it. */
export const NOT_ACQUIRED = 0;
export const ACQUIRED = 1;
export const ABANDONED = 2;
