// Runs a suite inside the extension host, with the full `vscode` API, and brings its results out.
import assert from 'node:assert/strict';
import path from 'node:path';
import { HERE, openEditor } from './editor.mjs';

const SUITE_MS = 180_000;
/** What the workbench always logs here: native extras that are not built, and the gallery that is off. */
const EXPECTED = /bindings file|build\/Release|gallery|Canceled|socket|connection token|reconnection/;

/**
 * Runs `suite/NAME.cjs` in an editor opened with `options`; one subtest of `t` for each of its tests.
 * @param {import('node:test').TestContext} t
 */
export async function runSuite(t, name, options) {
  // A built VS Code honours extensionTestsPath in the URL only with the smoke test driver on.
  const editor = await openEditor({
    ...options,
    arguments: ['--vscode-option', 'enable-smoke-test-driver'],
  });
  try {
    const { page, remote } = editor;
    const results = [];
    const noise = [];
    let end;
    const ended = new Promise((resolve) => {
      end = resolve;
    });
    await page.exposeFunction('codeAutomationLog', (level, [first, ...rest]) => {
      if (String(first).startsWith('RESULT ')) results.push(JSON.parse(first.slice('RESULT '.length)));
      else if (!EXPECTED.test(first)) noise.push(`[${level}] ${[first, ...rest].join(' ')}`);
    });
    await page.exposeFunction('codeAutomationExit', (code) => end(code));
    await editor.go([
      ['extensionDevelopmentPath', remote(path.join(HERE, 'driver'))],
      ['extensionTestsPath', remote(path.join(HERE, 'suite', `${name}.cjs`))],
    ]);
    const timer = setTimeout(() => end('no end'), SUITE_MS);
    const code = await ended;
    clearTimeout(timer);
    for (const { title, error } of results) {
      await t.test(title, () => {
        if (error) throw new Error(error);
      });
    }
    const told = () => `suite ended with ${code}\n${noise.join('\n')}`;
    assert.ok(code === 0 && results.length > 0, told());
    if (results.some(({ error }) => error)) console.log(told());
  } finally {
    await editor.close();
  }
}
