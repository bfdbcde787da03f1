// How often a failed test runs again before it counts as failed.
//
// Where CI is asked, on a machine that may be busy with other things, once: a test that passes then is named as FLAKY at the
// end of the run, which goes on. Tests that look for races run once only: what they find once is found.

export const retries = process.env.CI ? 1 : 0;
