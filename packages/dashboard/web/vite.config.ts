import { defineConfig } from 'vite';

export default defineConfig({
  base: '/admin/performance/',
  define: { global: 'globalThis' },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2024', chunkSizeWarningLimit: 2_000 },
});
