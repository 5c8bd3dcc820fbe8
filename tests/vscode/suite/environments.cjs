// Which Python runs the server when no setting names one.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const vscode = require('vscode');
const { extension, open, suite, until } = require('./kit.cjs');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'chainrule-pythons-'));
const environments = () => vscode.extensions.getExtension('ms-python.vscode-python-envs').activate();
const python = () => vscode.extensions.getExtension('ms-python.python').activate();

/** A further name for the Python on the PATH, so that it can be told from the others. */
function named(name) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, '#!/bin/sh\nexec python3 "$@"\n', { mode: 0o755 });
  return file;
}

/** A Python that says it is 3.9: all that the extension learns of it. */
function old() {
  const file = path.join(folder, 'old');
  fs.writeFileSync(file, '#!/bin/sh\necho 3.9.18\n', { mode: 0o755 });
  return file;
}

async function runsOn(expected) {
  const api = await extension().activate();
  await until(`the server on ${expected}`, [api.onDidChangeStatus], () => {
    return api.status().state === 'ready' && api.python() === expected;
  });
}

exports.run = suite({
  'the PATH serves when no environment is selected': async () => {
    await open('losses.py');
    const api = await extension().activate();
    assert.equal(api.status().state, 'ready');
    assert.match(api.python(), /^\/.*\/python3?$/);
  },
  'the environment of the Python extension comes before the PATH': async () => {
    const chosen = named('of-python');
    (await python()).select(chosen);
    await runsOn(chosen);
  },
  'the environment of the Python Environments extension comes first': async () => {
    const chosen = named('of-environments');
    (await environments()).select(chosen);
    await runsOn(chosen);
  },
  'a selected environment that is too old for the server is passed over': async () => {
    (await environments()).select(old());
    await runsOn(path.join(folder, 'of-python'));
  },
  'the setting comes before every selection': async () => {
    const chosen = named('of-setting');
    const settings = vscode.workspace.getConfiguration('chainrule');
    await settings.update('interpreter', chosen, vscode.ConfigurationTarget.Workspace);
    await runsOn(chosen);
  },
  'a setting that names an old Python is refused, and says so': async () => {
    const api = await extension().activate();
    const settings = vscode.workspace.getConfiguration('chainrule');
    await settings.update('interpreter', old(), vscode.ConfigurationTarget.Workspace);
    await until('an error', [api.onDidChangeStatus], () => api.status().state === 'error');
    assert.match(api.status().detail, /old .* is Python 3\.9\.18; chainrule needs 3\.10 or newer/);
    assert.equal(api.pid(), undefined);
  },
});
