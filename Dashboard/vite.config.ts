import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import pages from './src/pages.json' with { type: 'json' };

interface Chunk {
  type: 'chunk';
  fileName: string;
  code: string;
  moduleIds: string[];
  imports: string[];
}
interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/**
 * By the first segment of a page's address, the scripts that the browser shall fetch together with the document, and not only when the script before them
 * has run: on a slow line each step costs as much as all the rest. The library of charts, too, where there are charts.
 */
function preloads(modules: Modules, bundle: Record<string, Chunk | { type: 'asset' }>): Record<string, string[]> {
  const chunks = Object.values(bundle).filter(one => one.type === 'chunk');
  const chunkOf = (path: string) => chunks.find(chunk => chunk.moduleIds.some(id => id.endsWith(path)))!;
  const withImports = (chunk: Chunk, found = new Set<Chunk>()): Set<Chunk> => {
    if (!found.has(chunk)) {
      found.add(chunk);
      for (const name of chunk.imports) withImports(bundle[name] as Chunk, found);
    }
    return found;
  };
  const needs = (id: string, path: string, seen = new Set<string>()): boolean =>
    id.endsWith(path) || (!seen.has(id) && Boolean(seen.add(id)) && (modules.getModuleInfo(id)?.importedIds ?? []).some(one => needs(one, path, seen)));
  // Those stand in the document itself.
  const shell = withImports(chunkOf('/src/main.tsx'));
  return Object.fromEntries(
    ['', ...pages].map(page => {
      const path = `/src/pages/${page || 'overview'}/index.tsx`;
      const chunk = chunkOf(path);
      const wanted = withImports(chunk);
      if (needs(chunk.moduleIds.find(id => id.endsWith(path))!, '/src/charts/chart.tsx')) withImports(chunkOf('/src/charts/echarts.ts'), wanted);
      return [page, [...wanted].filter(one => !shell.has(one)).map(({ fileName }) => fileName)];
    }),
  );
}

/** Compressed once here, at the highest level, instead of at every request; and the pages, which the server answers with index.html. */
function forTheServer(): Plugin {
  return {
    name: 'for-the-server',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        this.emitFile({ type: 'asset', fileName: 'pages.json', source: JSON.stringify(preloads(this, bundle as never)) });
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
    // One file: what is styled later than it is drawn would jump.
    cssCodeSplit: false,
    // A polyfill would be one more script than the browsers meant here need.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // A browser has six connections to a server, and what comes first is six files: the theme, the styles, the entry, what all pages share, the page
          // and the library of charts.
          groups: [
            { name: 'charts', test: /src\/charts\/echarts|node_modules\/(echarts\/(?!lib\/chart\/scatter|lib\/export\/charts|charts\.js)|zrender|tslib)/ },
            { name: 'shared', test: /rolldown.runtime|preload-helper|node_modules\/(preact|@preact|openapi-fetch)|\/client\/|src\/(ui|api|live)\/|src\/[a-z-]+\.tsx?$|src\/charts\/(chart|palette|parts)|src\/pages\/(issues\/counts|batches\/(search|progress)|alerts\/words|set-up\/copy|batch\/(filters|filter-bar|trade-table|cells|notes|tags|sorting|lately|trade-panel))/ },
          ],
        },
      },
    },
    // Nothing inline: the content security policy allows none of it.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    reportCompressedSize: false,
  },
  // The tests compare what the page shows with the documentation.
  server: { fs: { allow: ['.', '../docs'] }, proxy: { '/api': { target: api, changeOrigin: true }, '/openapi': api, '/health': api } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
} as never);
