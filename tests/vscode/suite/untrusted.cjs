// A workspace that nobody trusts yet: the code is read, and nothing of it is run.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { diagnostics, extension, open, suite } = require('./kit.cjs');

exports.run = suite({
  'findings are shown': async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const { document } = await open('losses.py');
    assert.ok((await diagnostics(document.uri)).length > 0);
  },
  'no lens and no command offers to run a loss': async () => {
    const { document } = await open('losses.py');
    const lenses = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri, 50);
    assert.deepEqual(lenses, []);
  },
  'the server refuses to run a loss that a client asks for all the same': async () => {
    const { document } = await open('losses.py');
    const asked = { uri: document.uri.toString(), qualname: 'item_loss' };
    const answer = await vscode.commands.executeCommand('chainrule.checkGradients', asked).then(
      (result) => ({ result }),
      (error) => ({ error: String(error) }),
    );
    console.log(`REFUSED ${JSON.stringify(answer)}`);
    assert.equal(answer.result?.outcome === 'ok', false);
  },
  'an interpreter named by the workspace is not used': async () => {
    const api = await extension().activate();
    const [folder] = vscode.workspace.workspaceFolders;
    const before = api.python();
    const trap = path.join(folder.uri.fsPath, 'python');
    const sprung = path.join(folder.uri.fsPath, 'sprung');
    fs.writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\nexec python3 "$@"\n`, { mode: 0o755 });
    fs.mkdirSync(path.join(folder.uri.fsPath, '.vscode'));
    fs.writeFileSync(
      path.join(folder.uri.fsPath, '.vscode', 'settings.json'),
      JSON.stringify({ 'chainrule.interpreter': trap, 'chainrule.probe.python': trap }),
    );
    await vscode.commands.executeCommand('chainrule.restart');
    assert.equal(api.python(), before);
    assert.equal(api.status().state, 'ready');
    assert.equal(fs.existsSync(sprung), false);
  },
});
