import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import pages from './src/pages.json' with { type: 'json' };

/** Compressed once here, at the highest level, instead of at every request; and the list of pages, which the server answers with index.html. */
function forTheServer(): Plugin {
  return {
    name: 'for-the-server',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        this.emitFile({ type: 'asset', fileName: 'pages.json', source: JSON.stringify(pages) });
        for (const [fileName, output] of Object.entries(bundle)) {
          if (!/\.(js|css|svg|html|webmanifest)$/.test(fileName)) continue;
          const content = Buffer.from(output.type === 'chunk' ? output.code : output.source);
          const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
          this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotli });
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(content, { level: 9 }) });
        }
      },
    },
  };
}

// npm run dev: the API of a system started by ./run.
const api = process.env['QUERY_URL'] ?? 'http://127.0.0.1:5090';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [forTheServer()],
  build: {
    target: 'es2022',
    // A polyfill would be one more script than the browsers meant here need.
    modulePreload: { polyfill: false },
    // Nothing inline: the content security policy allows none of it.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    reportCompressedSize: false,
  },
  // The tests compare what the page shows with the documentation.
  server: { fs: { allow: ['.', '../docs'] }, proxy: { '/api': { target: api, changeOrigin: true }, '/openapi': api, '/health': api } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
} as never);
