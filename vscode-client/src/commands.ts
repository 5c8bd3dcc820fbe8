import * as vscode from 'vscode';
import { REPORT } from './report';
import { CHECK_GRADIENTS, type Server } from './server';

/** Registers what the extension adds to the server's own commands. */
export function registerCommands(server: Server, log: vscode.LogOutputChannel): vscode.Disposable {
  const register = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    register('chainrule.restart', () => server.restart('asked for by the user')),
    register('chainrule.showLogs', () => log.show(true)),
    register('chainrule.checkGradientsAtCursor', () => runAtCursor(server, CHECK_GRADIENTS)),
    register('chainrule.gradientReport', () => runAtCursor(server, REPORT)),
    register('chainrule.applySafeFixes', () =>
      vscode.commands.executeCommand('editor.action.codeAction', {
        kind: 'source.fixAll.chainrule',
        apply: 'first',
      }),
    ),
  );
}

/** Runs a command of the server on the loss under the cursor. */
async function runAtCursor(server: Server, command: string): Promise<unknown> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== 'python') {
    void vscode.window.showInformationMessage(
      'chainrule: open a Python file and place the cursor in a loss.',
    );
    return undefined;
  }
  if (!vscode.workspace.isTrusted) {
    const manage = 'Manage Workspace Trust';
    const text = 'chainrule: checking gradients runs the loss, and this workspace is not trusted.';
    if ((await vscode.window.showWarningMessage(text, manage)) === manage) {
      await vscode.commands.executeCommand('workbench.trust.manage');
    }
    return undefined;
  }
  const client = server.running;
  if (!client) {
    void vscode.window.showWarningMessage(`chainrule: the server is ${server.status.state}.`);
    return undefined;
  }
  const position = client.code2ProtocolConverter.asPosition(editor.selection.active);
  const { uri } = client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document);
  try {
    return await vscode.commands.executeCommand(command, uri, position);
  } catch (error) {
    void vscode.window.showWarningMessage(`chainrule: ${(error as Error).message}`);
    return undefined;
  }
}
