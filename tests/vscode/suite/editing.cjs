// What a user of a trusted workspace does with the server, through the editor's own commands.
const assert = require('node:assert/strict');
const vscode = require('vscode');
const { diagnostics, extension, open, rule, suite, until } = require('./kit.cjs');

const api = () => extension().activate();
const settings = () => vscode.workspace.getConfiguration('chainrule');
const ready = async () => {
  const { onDidChangeStatus, status } = await api();
  await until('the server', [onDidChangeStatus], () => status().state === 'ready');
};
const running = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const ended = (pid) => until(`the end of ${pid}`, [tick], () => !running(pid));
/** No event tells of the end of another's process. */
function tick(check) {
  const timer = setInterval(check, 50);
  return { dispose: () => clearInterval(timer) };
}

/** The quick fix for a diagnostic with this title, resolved. */
async function offered(document, item, title) {
  const { value } = vscode.CodeActionKind.QuickFix;
  const ask = 'vscode.executeCodeActionProvider';
  const found = await vscode.commands.executeCommand(ask, document.uri, item.range, value, 50);
  const action = found.find((one) => title.test(one.title));
  assert.ok(action, `no ${title} among ${found.map((one) => one.title).join(', ')}`);
  return action;
}

const EXTRACTED = `
def train_loss(pred, y):
    error = pred - y  # what is left to explain
    return error.square().mean()
`;

/** A training loop, with the cursor where it trains. */
async function atBackward() {
  const editor = await open('training.py');
  const at = editor.document.positionAt(editor.document.getText().indexOf('backward()'));
  editor.selection = new vscode.Selection(at, at);
  return editor;
}

exports.run = suite({
  'a loss that is cut has a diagnostic with its code and its page': async () => {
    const { document } = await open('losses.py');
    const found = await diagnostics(document.uri);
    const item = found.find((one) => rule(one) === 'CR105');
    assert.equal(item.severity, vscode.DiagnosticSeverity.Error);
    assert.match(document.getText(item.range), /\.item\(\)/);
  },
  'the preferred quick fix of a cut mends it': async () => {
    const { document } = await open('losses.py');
    const [item] = await diagnostics(document.uri);
    const actions = await vscode.commands.executeCommand(
      'vscode.executeCodeActionProvider',
      document.uri,
      item.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find((action) => action.isPreferred);
    assert.ok(fix, `no preferred action in ${actions.map(({ title }) => title).join(', ')}`);
    const before = (await diagnostics(document.uri)).length;
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    await diagnostics(document.uri, (found) => found.length === before - 1);
    await vscode.commands.executeCommand('undo');
    await diagnostics(document.uri, (found) => found.length === before);
  },
  'all safe fixes at once leave nothing safe to fix': async () => {
    const { document } = await open('losses.py');
    await diagnostics(document.uri);
    await vscode.commands.executeCommand('chainrule.applySafeFixes');
    await diagnostics(document.uri, (found) => found.every((one) => rule(one) !== 'CR105'));
    assert.doesNotMatch(document.getText(), /\.item\(\)/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  },
  'restart starts another server and ends the old one': async () => {
    const { pid } = await api();
    const before = pid();
    await vscode.commands.executeCommand('chainrule.restart');
    await ready();
    assert.notEqual(pid(), before);
    await ended(before);
    const { document } = await open('losses.py');
    await diagnostics(document.uri);
  },
  'restarts that overlap leave one server': async () => {
    const { onDidChangeStatus, pid } = await api();
    const seen = new Set([pid()]);
    const watch = onDidChangeStatus(() => pid() && seen.add(pid()));
    await Promise.all([1, 2, 3, 4, 5].map(() => vscode.commands.executeCommand('chainrule.restart')));
    watch.dispose();
    await ready();
    seen.delete(pid());
    assert.ok(seen.size <= 2, `${seen.size} servers for five overlapping restarts`);
    await Promise.all([...seen].map(ended));
  },
  'a server that is killed comes back': async () => {
    const { pid, onDidChangeStatus, status } = await api();
    const before = pid();
    process.kill(before, 'SIGKILL');
    await until('another server', [onDidChangeStatus], () => status().state === 'ready' && pid() !== before);
    const { document } = await open('losses.py');
    await diagnostics(document.uri);
  },
  'switched off, nothing runs and nothing is shown': async () => {
    const { pid, onDidChangeStatus, status } = await api();
    const { document } = await open('losses.py');
    const before = pid();
    await settings().update('enable', false, vscode.ConfigurationTarget.Workspace);
    await until('the stop', [onDidChangeStatus], () => status().state === 'stopped');
    await ended(before);
    await diagnostics(document.uri, (found) => found.length === 0);
    await settings().update('enable', undefined, vscode.ConfigurationTarget.Workspace);
    await ready();
    await diagnostics(document.uri);
  },
  'an ignored rule goes away while the server runs on': async () => {
    const { pid } = await api();
    const before = pid();
    const { document } = await open('losses.py');
    await diagnostics(document.uri);
    await settings().update('ignore', ['CR1'], vscode.ConfigurationTarget.Workspace);
    await diagnostics(document.uri, (found) => found.every((one) => !rule(one).startsWith('CR1')));
    await settings().update('ignore', undefined, vscode.ConfigurationTarget.Workspace);
    await diagnostics(document.uri);
    assert.equal(pid(), before);
  },
  'every loss has a lens that runs it': async () => {
    const { document } = await open('losses.py');
    const lenses = await until('lenses', [tick], async () => {
      const found = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri, 50);
      return found.length > 0 && found;
    });
    const { command } = lenses[0];
    assert.equal(command.command, 'chainrule.checkGradients');
    const states = [];
    const watch = (await api()).onDidChangeStatus(({ state }) => states.push(state));
    const result = await vscode.commands.executeCommand(command.command, ...command.arguments);
    watch.dispose();
    assert.equal(result.function, 'item_loss');
    assert.deepEqual(
      result.sources.map(({ name, verdict }) => [name, verdict]),
      [['predictions', 'cut']],
    );
    assert.deepEqual(states, ['checking gradients', 'ready']);
    await until('the verdict in the lens', [tick], async () => {
      const [lens] = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri, 50);
      return /predictions gets no gradient/.test(lens.command.title);
    });
  },
  'the loss under the cursor is checked, and its lines show what was measured': async () => {
    const editor = await open('losses.py');
    const { document } = editor;
    const inside = document.positionAt(document.getText().indexOf('torch.stack'));
    editor.selection = new vscode.Selection(inside, inside);
    const result = await vscode.commands.executeCommand('chainrule.checkGradientsAtCursor');
    assert.equal(result.function, 'topk_loss');
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    await until('inlay hints', [tick], async () => {
      const hints = await vscode.commands.executeCommand(
        'vscode.executeInlayHintProvider',
        document.uri,
        whole,
      );
      return hints.some(({ label }) => /^predictions \|g\| \S+ \[2, 10\]/.test(label));
    });
  },
  'the report is a page in a panel of its own': async () => {
    const { document } = await open('losses.py');
    const page = await vscode.commands.executeCommand(
      'chainrule.report',
      document.uri.toString(),
      'item_loss',
    );
    assert.match(page.html, /^<!doctype html>/);
    const { tabGroups } = vscode.window;
    const labels = () => tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
    const title = 'Gradients of item_loss';
    await until('the panel', [tabGroups.onDidChangeTabs], () => labels().includes(title));
    await vscode.commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
  },
  'a gradient test is a new file, and is shown': async () => {
    const { document } = await open('losses.py');
    const [item] = await diagnostics(document.uri);
    const action = await offered(document, item, /^Add a gradient test for item_loss$/);
    await vscode.commands.executeCommand(action.command.command, ...action.command.arguments);
    const written = await until('the test', [vscode.window.onDidChangeActiveTextEditor], () => {
      const shown = vscode.window.activeTextEditor?.document;
      return /test_item_loss_gradient\.py$/.test(shown?.fileName) && shown;
    });
    assert.match(written.getText(), /def test_gradient_reaches_every_source_of_item_loss\(\):/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  },
  'a loss of a training loop is extracted by the editor itself': async () => {
    const { document } = await atBackward();
    await vscode.commands.executeCommand('editor.action.codeAction', {
      kind: 'refactor.extract',
      apply: 'first',
    });
    await until('the function', [vscode.workspace.onDidChangeTextDocument], () =>
      document.getText().includes(EXTRACTED),
    );
    assert.match(document.getText(), /\n {8}loss = train_loss\(pred, y\)\n {8}loss\.backward\(\)\n/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  },
  'an extracted loss gets a test': async () => {
    const { document, selection } = await atBackward();
    const ask = 'vscode.executeCodeActionProvider';
    const found = await vscode.commands.executeCommand(ask, document.uri, selection, 'refactor.extract', 50);
    const title = 'Extract the loss into train_loss';
    assert.deepEqual(
      found.map((one) => one.title),
      [title, `${title}, and add a gradient test for it`],
    );
    const [, { edit, command }] = found;
    assert.ok(await vscode.workspace.applyEdit(edit));
    await vscode.commands.executeCommand(command.command, ...command.arguments);
    const written = await until('the test', [vscode.window.onDidChangeActiveTextEditor], () => {
      const shown = vscode.window.activeTextEditor?.document;
      return /test_train_loss_gradient\.py$/.test(shown?.fileName) && shown;
    });
    assert.match(written.getText(), /def test_gradient_reaches_every_source_of_train_loss\(\):/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  },
  'a rule that is ignored in the project is silent, and the file that says so is new': async () => {
    const { document } = await open('losses.py');
    const found = await diagnostics(document.uri);
    const item = found.find((one) => rule(one) === 'CR105');
    const action = await offered(document, item, /^Ignore CR105 in this project$/);
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    await vscode.workspace.saveAll(false);
    await diagnostics(document.uri, (now) => now.every((one) => rule(one) !== 'CR105'));
    const [folder] = vscode.workspace.workspaceFolders;
    const settingsFile = vscode.Uri.joinPath(folder.uri, 'chainrule.toml');
    const text = Buffer.from(await vscode.workspace.fs.readFile(settingsFile)).toString();
    assert.equal(text, 'ignore = ["CR105"]\n');
    await vscode.workspace.fs.delete(settingsFile);
    await diagnostics(document.uri, (now) => now.some((one) => rule(one) === 'CR105'));
  },
});
