/**
 * Builds the page, or runs its tests.
 *
 *   node build.mjs [FOLDER]      writes it to FOLDER, ../built where none is named
 *   node build.mjs test [WORD]   runs the tests, those whose files have WORD in their names
 *
 * What is built depends on the sources and the lock alone: the same bytes wherever it is built.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
/** Where the service gives the files, as seen from the page. */
const SERVED = 'page/';
const common = { absWorkingDir: here, bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' };

/** The built files, by name. */
async function built() {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { page: 'main.tsx' },
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    outdir: 'built', // of nothing but the names: what is written, is written below
    splitting: true,
    minify: true,
    metafile: true,
    write: false,
    legalComments: 'none', // the licences are a file of their own
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const files = new Map(outputFiles.map((file) => [basename(file.path), file.contents]));
  const outputs = Object.entries(metafile.outputs);
  const [script, entry] = outputs.find(([, output]) => output.entryPoint === 'main.tsx');
  const styles = outputs.map(([name]) => name).filter((name) => name.endsWith('.css'));
  if (styles.some((name) => name !== entry.cssBundle)) {
    throw new Error('a style that only a lazy part imports would never be loaded: import it from main.tsx');
  }
  const now = entry.imports.filter((part) => part.kind === 'import-statement');
  const links = [
    ...(entry.cssBundle ? [`<link rel="stylesheet" href="${address(entry.cssBundle)}">`] : []),
    ...now.map((part) => `<link rel="modulepreload" href="${address(part.path)}">`),
  ];
  const places = {
    icon: address(add(files, 'icon.svg', readFileSync(join(here, 'icon.svg')))),
    licenses: address(add(files, 'licenses.txt', licenses(Object.keys(metafile.inputs)))),
    links: links.join('\n'),
    script: address(script),
  };
  const page = readFileSync(join(here, 'index.html'), 'utf8');
  const filled = page.replace(/%(\w+)%/g, (_, name) => places[name]);
  return files.set('index.html', Buffer.from(filled));
}

/** Adds a file under its name with its hash; returns that. */
function add(files, name, contents) {
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8).toUpperCase();
  const hashed = name.replace('.', `-${hash}.`);
  files.set(hashed, contents);
  return hashed;
}

function address(path) {
  return SERVED + basename(path);
}

/** The licences of the packages that files of are built in, as they want to be given on. */
function licenses(inputs) {
  const names = inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  const texts = [...new Set(names.filter(Boolean))].sort().map((name) => {
    const folder = join(here, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e(\.(md|txt))?$/i.test(each));
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
    return `${name} ${version}: ${license}\n\n${text}\n`;
  });
  return Buffer.from(texts.join('\n---\n\n'));
}

/** Writes the files to a folder, and takes out what an earlier build has left there. */
function write(files, folder) {
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) if (!files.has(old)) rmSync(join(folder, old));
  for (const [name, contents] of files) writeFileSync(join(folder, name), contents);
}

/** Runs the tests; returns how they ended. */
async function test(word) {
  // There Node finds jsdom, which cannot be bundled.
  const folder = mkdtempSync(join(here, 'node_modules', '.tests-'));
  try {
    const tests = readdirSync(join(here, 'tests')).filter((name) => name.endsWith('.test.ts'));
    const wanted = tests.filter((name) => name.includes(word)).sort();
    if (!wanted.length) throw new Error(`no tests/*${word}*.test.ts`);
    // Two processes, not one for each file: most of the time of a small test is the start of one.
    // What needs no document must do without, as well.
    const withDocument = wanted.filter((name) => readFileSync(join(here, 'tests', name), 'utf8').includes("'./dom'"));
    const groups = [withDocument, wanted.filter((name) => !withDocument.includes(name))].filter((group) => group.length);
    const paths = await Promise.all(groups.map((group, n) => bundledTests(group, join(folder, `${n}.mjs`))));
    const done = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...paths], { stdio: 'inherit' });
    return done.status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes these tests as one file; gives its path. */
async function bundledTests(names, outfile) {
  await build({
    ...common,
    stdin: { contents: names.map((name) => `import './tests/${name}';`).join('\n'), resolveDir: here },
    outfile,
    platform: 'node',
    external: ['jsdom'],
    sourcemap: 'inline',
  });
  return outfile;
}

const [what, word = ''] = process.argv.slice(2);
if (what === 'test') process.exitCode = await test(word);
else write(await built(), what ? resolve(what) : join(here, '..', 'built'));
