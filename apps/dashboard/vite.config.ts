import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const COMPRESSED = /\.(js|css|html|svg)$/

/** Beside every file what the API sends browsers in its place: compressed once, here, rather than in each answer. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    async writeBundle({ dir = '.' }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => COMPRESSED.test(each))) {
        const file = path.join(dir, name)
        const content = await readFile(file)
        await writeFile(`${file}.br`, await promisify(brotliCompress)(content))
        await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed()],
  build: {
    target: 'es2023',
    // the page's policy allows no data: scripts or styles, and an icon that is a file is cached
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // tfjs, which only "Try the model" loads
    chunkSizeWarningLimit: 2000,
  },
  // `npx vite apps/dashboard`: the page from its sources, over a service that runs
  server: { proxy: Object.fromEntries(['/api', '/readyz', '/docs', '/openapi.json'].map((at) => [at, 'http://127.0.0.1:8787'])) },
})
