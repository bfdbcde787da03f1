// What serves a manager: loaded in the process that does, and nowhere else. In a file of its own for the Vite plugin, which leaves it out
// of pages that serve none (src/vite/unnamed.ts).

export const loadServer = () => import('./server/serving.ts');
