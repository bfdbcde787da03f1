// Computes until it is terminated, as other apps do on a machine that is shared.

postMessage('begun');
for (;;);
