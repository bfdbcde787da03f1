import { defineConfig } from 'vite';
import multiprocessing from 'web-multiprocessing/vite';

export default defineConfig({ plugins: [multiprocessing({ folders: ['src'], isolation: 'credentialless' })] });
