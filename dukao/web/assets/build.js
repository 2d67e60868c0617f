// Builds the browser's half: bundles, hashes and compresses dukao/web/assets into dukao/web/static/built.
// `manifest.json` tells the templates which hashed file answers to which name.

import {createHash} from 'node:crypto';
import {mkdir, readFile, readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {brotliCompressSync, constants, gzipSync} from 'node:zlib';
import {build} from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '../static/built');
// What a running server and open pages still ask for is kept this long after a newer build.
const KEPT_MS = 24 * 3600 * 1000;

const iconSheet = async () => {
  const drawings = join(here, 'icons');
  const symbols = [];
  for (const file of (await readdir(drawings)).filter(name => name.endsWith('.svg')).sort()) {
    const drawing = (await readFile(join(drawings, file), 'utf8')).replace(/^<svg[^>]*>|<\/svg>\s*$/g, '');
    symbols.push(`<symbol id="${basename(file, '.svg')}" viewBox="0 0 24 24">${drawing.trim()}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
};

const compress = async path => {
  const bytes = await readFile(path);
  if (bytes.length < 500) return;
  const quality = {params: {[constants.BROTLI_PARAM_QUALITY]: 11}};
  await writeFile(`${path}.br`, brotliCompressSync(bytes, quality));
  await writeFile(`${path}.gz`, gzipSync(bytes, {level: 9}));
};

const removeOld = async made => {
  for (const file of await readdir(folder)) {
    const isMade = made.has(file.replace(/\.(br|gz)$/, ''));
    const age = Date.now() - (await stat(join(folder, file))).mtimeMs;
    if (!isMade && file !== 'manifest.json' && age > KEPT_MS) await rm(join(folder, file));
  }
};

await mkdir(folder, {recursive: true});
const {metafile} = await build({
  entryPoints: {
    app: join(here, 'app.js'), style: join(here, 'style.css'),
    // The rater's pages stand alone, so that they come quickly to a cheap phone.
    rate: join(here, 'rate.js'), 'rate-style': join(here, 'rate.css'),
  },
  outdir: folder,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16'],
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
const manifest = {};
for (const [path, output] of Object.entries(metafile.outputs)) {
  if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
}
const icons = await iconSheet();
manifest['icons.svg'] = `icons-${createHash('sha256').update(icons).digest('hex').slice(0, 8).toUpperCase()}.svg`;
await writeFile(join(folder, manifest['icons.svg']), icons);
const made = new Set([...Object.keys(metafile.outputs).map(path => basename(path)), manifest['icons.svg']]);
for (const file of made) await compress(join(folder, file));
// Renamed into place: whoever starts now reads the old list or the new one, never half of it.
await writeFile(join(folder, 'manifest.json.new'), JSON.stringify(manifest, null, 2));
await rename(join(folder, 'manifest.json.new'), join(folder, 'manifest.json'));
await removeOld(made);
for (const [path, output] of Object.entries(metafile.outputs)) {
  console.log(`${basename(path).padEnd(32)}${(output.bytes / 1000).toFixed(1).padStart(8)} kB`);
}
