// Helpers for suites that run inside the extension host.
const vscode = require('vscode');

const WAIT_MS = 30_000;

/**
 * Runs the tests in order and prints one RESULT line for each; host.mjs reads them. The first failure ends the
 * suite: the tests share one editor.
 */
exports.suite = (tests) => async () => {
  for (const [title, test] of Object.entries(tests)) {
    let error;
    try {
      await test();
    } catch (thrown) {
      const { status } = exports.extension().exports ?? {};
      error = `${thrown.stack ?? thrown}\nserver: ${JSON.stringify(status?.())}`;
    }
    console.log(`RESULT ${JSON.stringify({ title, error })}`);
    if (error) return;
  }
};

/** Calls `look` now and after each of the events until it gives something; the last resort is a time limit. */
exports.until = (what, events, look) =>
  new Promise((resolve, reject) => {
    const subscriptions = [];
    const finish = (settle, value) => {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
      settle(value);
    };
    const check = () =>
      Promise.resolve(look()).then(
        (value) => value && finish(resolve, value),
        (error) => finish(reject, error),
      );
    const timer = setTimeout(() => finish(reject, new Error(`timed out waiting for ${what}`)), WAIT_MS);
    for (const event of events) subscriptions.push(event(check));
    check();
  });

exports.open = async (name) => {
  const [folder] = vscode.workspace.workspaceFolders;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  return vscode.window.showTextDocument(document);
};

exports.extension = () => vscode.extensions.getExtension('chainrule.chainrule');

exports.diagnostics = (uri, wanted = (found) => found.length > 0) =>
  exports.until('diagnostics', [vscode.languages.onDidChangeDiagnostics], () => {
    const found = vscode.languages.getDiagnostics(uri).filter((one) => one.source === 'chainrule');
    return wanted(found) && found;
  });

/** The rule of a diagnostic; VS Code keeps it with the address of its page when there is one. */
exports.rule = ({ code }) => code?.value ?? code;
