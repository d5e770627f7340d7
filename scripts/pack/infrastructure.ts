import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { root } from '../installation.ts';
import { inFiles } from './build-options.ts';
import { projectServerless, withPackedPaths } from './project-files.ts';

/**
 * Writes what the serverless.yml of a project includes into `out`/infrastructure: the YAML files with the paths of a project, the
 * computed values and the plugin. The deployer's policy stands beside them. Writes the serverless.yml of a new project into
 * `out`/template. Answers esbuild's metafiles.
 * @throws if serverless.yml of the repository has other lines than the template needs
 */
export async function packInfrastructure(out: string): Promise<readonly Metafile[]> {
  const folder = join(out, 'infrastructure');
  mkdirSync(folder, { recursive: true });
  for (const file of globSync('infrastructure/{*.yml,deployer-policy.json}', { cwd: root }))
    writeFileSync(join(folder, basename(file)), withPackedPaths(readFileSync(join(root, file), 'utf8')));
  mkdirSync(join(out, 'template'), { recursive: true });
  writeFileSync(join(out, 'template', 'serverless.yml'), projectServerless(readFileSync(join(root, 'serverless.yml'), 'utf8')));
  const { metafile } = await build({
    ...inFiles,
    entryPoints: { computed: 'infrastructure/computed.ts', plugin: 'infrastructure/copy-plugin.ts' },
    outdir: folder,
    chunkNames: 'part-[hash]',
    define: { OTA_PACKED: 'true' },
  });
  return [metafile];
}
