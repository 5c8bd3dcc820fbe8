// Collects the licences of the npm packages that went into the bundle, as their licences ask.
// Usage: notices.mjs METAFILE OUTPUT, where METAFILE is what esbuild wrote about the bundle.
import fs from 'node:fs';
import path from 'node:path';

const [metafile, output] = process.argv.slice(2);
const inputs = Object.keys(JSON.parse(fs.readFileSync(metafile, 'utf8')).inputs);
const packages = new Set(inputs.flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []));
const notices = [...packages].sort().map((folder) => {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const licence = fs.readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (!licence) throw new Error(`${name} has no licence file`);
  return `${name} ${version}\n\n${fs.readFileSync(path.join(folder, licence), 'utf8').trim()}\n`;
});
fs.writeFileSync(output, notices.join(`\n${'-'.repeat(80)}\n\n`));
