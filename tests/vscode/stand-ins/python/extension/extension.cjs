// The part of the Python extension's API that chainrule uses, with `select` for the tests.
const vscode = require('vscode');

exports.activate = () => {
  const changed = new vscode.EventEmitter();
  let selected;
  return {
    environments: {
      getActiveEnvironmentPath: () => ({ id: selected ?? '', path: selected ?? '' }),
      resolveEnvironment: async ({ path }) =>
        path ? { executable: { uri: vscode.Uri.file(path) } } : undefined,
      onDidChangeActiveEnvironmentPath: changed.event,
    },
    select: (path) => {
      selected = path;
      changed.fire({});
    },
  };
};
