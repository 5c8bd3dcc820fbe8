import * as vscode from 'vscode';
import type { Server } from './server';
import { ServerState } from './state';

const LOOK: Record<ServerState, { icon: string; background?: string }> = {
  [ServerState.Starting]: { icon: 'loading~spin' },
  [ServerState.Ready]: { icon: 'check' },
  [ServerState.Checking]: { icon: 'sync~spin' },
  [ServerState.Stopped]: { icon: 'circle-slash' },
  [ServerState.Error]: { icon: 'error', background: 'statusBarItem.errorBackground' },
};

const MENU_COMMAND = 'chainrule.menu';

/** The status bar item: one icon per state, the reason in its tooltip, the commands behind a click. */
export function createStatusItem(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('chainrule.status', vscode.StatusBarAlignment.Right, 90);
  item.name = 'chainrule';
  item.command = MENU_COMMAND;

  const render = (): void => {
    const { state } = server.status;
    const look = LOOK[state];
    const quiet = state === ServerState.Ready;
    item.text = `$(${look.icon}) chainrule${quiet ? '' : `: ${state}`}`;
    item.backgroundColor = look.background ? new vscode.ThemeColor(look.background) : undefined;
    item.tooltip = tooltip(server);
    item.accessibilityInformation = { label: `chainrule: ${state}` };
    const python = vscode.window.activeTextEditor?.document.languageId === 'python';
    if (python || state === ServerState.Error || state === ServerState.Checking) {
      item.show();
    } else {
      item.hide();
    }
    void vscode.commands.executeCommand('setContext', 'chainrule.ready', server.running !== undefined);
  };

  render();
  return vscode.Disposable.from(
    item,
    server.onDidChangeStatus(render),
    vscode.window.onDidChangeActiveTextEditor(render),
    vscode.workspace.onDidGrantWorkspaceTrust(render),
    vscode.commands.registerCommand(MENU_COMMAND, () => showMenu(server)),
  );
}

function tooltip(server: Server): vscode.MarkdownString {
  const { state, detail } = server.status;
  const text = new vscode.MarkdownString(`**chainrule**: ${state}`, true);
  if (detail) {
    text.appendMarkdown('  \n').appendText(detail);
  }
  if (server.running && server.interpreter) {
    const { version, path, origin } = server.interpreter;
    text.appendMarkdown('\n\n').appendText(`Python ${version} from ${origin}: ${path}`);
  }
  if (!vscode.workspace.isTrusted) {
    text.appendMarkdown(
      '\n\n$(workspace-untrusted) This workspace is not trusted: code is read, and no loss is run.',
    );
  }
  return text;
}

async function showMenu(server: Server): Promise<void> {
  const entries = [
    {
      label: '$(beaker) Check gradients of the function under the cursor',
      command: 'chainrule.checkGradientsAtCursor',
    },
    {
      label: '$(graph-line) Gradient report of the function under the cursor',
      command: 'chainrule.gradientReport',
    },
    { label: '$(wand) Apply all safe fixes', command: 'chainrule.applySafeFixes' },
    { label: '$(debug-restart) Restart server', command: 'chainrule.restart' },
    { label: '$(output) Show logs', command: 'chainrule.showLogs' },
    {
      label: '$(gear) Settings',
      command: 'workbench.action.openSettings',
      argument: '@ext:chainrule.chainrule',
    },
  ];
  const usable = server.running ? entries : entries.slice(2);
  const chosen = await vscode.window.showQuickPick(usable, { title: `chainrule: ${server.status.state}` });
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command, ...(chosen.argument ? [chosen.argument] : []));
  }
}
