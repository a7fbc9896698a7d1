import { defineConfig } from 'vite';

export default defineConfig({
    base: '/',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
        outDir: '../main/resources/org/svgen/server/page',
        emptyOutDir: true,
        target: 'es2023',
        cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0, // data: addresses are for pictures of users alone
        reportCompressedSize: false,
    },
});
