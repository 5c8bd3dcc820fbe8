import * as vscode from 'vscode';
import { CodeLensRequest, type LanguageClient } from 'vscode-languageclient/node';
import { CHECK_GRADIENTS, type Server } from './server';

/** Registers what the extension adds to the server's own commands. */
export function registerCommands(server: Server, log: vscode.LogOutputChannel): vscode.Disposable {
  const register = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    register('chainrule.restart', () => server.restart('asked for by the user')),
    register('chainrule.showLogs', () => log.show(true)),
    register('chainrule.checkGradientsAtCursor', () => checkAtCursor(server)),
    register('chainrule.applySafeFixes', () =>
      vscode.commands.executeCommand('editor.action.codeAction', {
        kind: 'source.fixAll.chainrule',
        apply: 'first',
      }),
    ),
  );
}

async function checkAtCursor(server: Server): Promise<unknown> {
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
  const target = await lossAt(client, editor);
  if (!target) {
    void vscode.window.showInformationMessage('chainrule: there is no loss function under the cursor.');
    return undefined;
  }
  return vscode.commands.executeCommand(CHECK_GRADIENTS, ...(target.arguments ?? []));
}

/** The server's lens of the function that the cursor is in: the last one that starts above the cursor. */
async function lossAt(client: LanguageClient, editor: vscode.TextEditor) {
  const textDocument = client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document);
  const lenses = (await client.sendRequest(CodeLensRequest.type, { textDocument })) ?? [];
  return lenses
    .filter((lens) => lens.command?.command === CHECK_GRADIENTS)
    .filter((lens) => lens.range.start.line <= editor.selection.active.line)
    .sort((a, b) => b.range.start.line - a.range.start.line)[0]?.command;
}
