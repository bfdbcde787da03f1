// What a process loads that serves a manager. In one module: for late modules that share something a bundler makes a chunk for each
// combination of them, and what they share is then exported and imported name by name.

export { postedRequests } from './posted_requests.ts';
export { serveRequests } from './request_loop.ts';
export { sharedRequests } from './shared_requests.ts';
