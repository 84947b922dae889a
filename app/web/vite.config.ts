import react from '@vitejs/plugin-react';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { type Plugin, defineConfig } from 'vite';

/** Writes a `.br` and a `.gz` beside each text asset, so the server never compresses one while it is asked for it. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir }) {
      const folder = join(dir ?? '', 'assets');
      const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const path = join(folder, name);
          const content = await readFile(path);
          await writeFile(`${path}.br`, await promisify(brotliCompress)(content));
          await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
        }),
      );
    },
  };
}

/** Asks for the font together with the page instead of after the styles, so that the text is not drawn twice. */
function preloadFont(): Plugin {
  return {
    name: 'preload-font',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((name) => name.endsWith('.woff2'))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${name}`, crossorigin: true },
            injectTo: 'head-prepend',
          })),
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress(), preloadFont()],
  build: {
    target: 'es2023',
    manifest: true,
    // `data:` images and fonts would need a wider content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 250,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/health', '/metrics', '/admin/performance'].map((path) => [
        path,
        { target: process.env['DATAGUARDIAN_URL'] ?? 'http://127.0.0.1:3000' },
      ]),
    ),
  },
});
