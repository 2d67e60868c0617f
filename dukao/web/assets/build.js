// Builds the browser's half: bundles, hashes and compresses dukao/web/assets into dukao/web/static/built.
// `manifest.json` tells the templates which hashed file answers to which name.

import {createHash} from 'node:crypto';
import {mkdir, readFile, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {brotliCompressSync, constants, gzipSync} from 'node:zlib';
import {build} from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const final = join(here, '../static/built');
const fresh = `${final}.new`;

const iconSheet = async () => {
  const folder = join(here, 'icons');
  const symbols = [];
  for (const file of (await readdir(folder)).filter(name => name.endsWith('.svg')).sort()) {
    const drawing = (await readFile(join(folder, file), 'utf8')).replace(/^<svg[^>]*>|<\/svg>\s*$/g, '');
    symbols.push(`<symbol id="${basename(file, '.svg')}" viewBox="0 0 24 24">${drawing.trim()}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
};

const compress = async folder => {
  for (const file of await readdir(folder)) {
    const bytes = await readFile(join(folder, file));
    if (bytes.length < 500) continue;
    const quality = {params: {[constants.BROTLI_PARAM_QUALITY]: 11}};
    await writeFile(join(folder, `${file}.br`), brotliCompressSync(bytes, quality));
    await writeFile(join(folder, `${file}.gz`), gzipSync(bytes, {level: 9}));
  }
};

await rm(fresh, {recursive: true, force: true});
await mkdir(fresh, {recursive: true});
const {metafile} = await build({
  entryPoints: {app: join(here, 'app.js'), style: join(here, 'style.css')},
  outdir: fresh,
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
await writeFile(join(fresh, manifest['icons.svg']), icons);
await compress(fresh);
await writeFile(join(fresh, 'manifest.json'), JSON.stringify(manifest, null, 2));
// The old folder goes only when the new one is whole.
await rm(final, {recursive: true, force: true});
await rename(fresh, final);
for (const [path, output] of Object.entries(metafile.outputs)) {
  console.log(`${basename(path).padEnd(32)}${(output.bytes / 1000).toFixed(1).padStart(8)} kB`);
}
