// The README for the package, without its pictures: the editor's page of an extension shows only those that have
// an address on the web. Usage: readme.mjs README OUTPUT
import fs from 'node:fs';

const [readme, output] = process.argv.slice(2);
fs.writeFileSync(output, fs.readFileSync(readme, 'utf8').replace(/^!\[.*\]\(images\/.*\)\n\n/gm, ''));
