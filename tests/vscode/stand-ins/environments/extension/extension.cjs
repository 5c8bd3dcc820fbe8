// The part of the Python Environments API that chainrule uses, with `select` for the tests.
const vscode = require('vscode');

exports.activate = () => {
  const changed = new vscode.EventEmitter();
  let selected;
  return {
    getEnvironment: async () => selected && { execInfo: { run: { executable: selected } } },
    onDidChangeEnvironment: changed.event,
    select: (path) => {
      selected = path;
      changed.fire({});
    },
  };
};
