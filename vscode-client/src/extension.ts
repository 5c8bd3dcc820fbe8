import * as vscode from 'vscode';
import { registerCommands } from './commands';
import { watchSelection } from './pythonExtensions';
import { Server } from './server';
import { needsRestart } from './settings';
import type { ServerStatus } from './state';
import { createStatusItem } from './statusItem';

/** What other extensions, and the tests, may see. */
export interface Api {
  readonly onDidChangeStatus: vscode.Event<ServerStatus>;
  status(): ServerStatus;
  /** Process id of the running server. */
  pid(): number | undefined;
  /** Path of the Python that runs the server. */
  python(): string | undefined;
}

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<Api> {
  const log = vscode.window.createOutputChannel('chainrule', { log: true });
  const started = new Server(context.extensionPath, log);
  server = started;
  const restart = (reason: string) => void started.restart(reason);
  context.subscriptions.push(
    log,
    started,
    createStatusItem(started),
    registerCommands(started, log),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (needsRestart(event)) {
        restart('the settings changed');
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(async () => {
      restart('the workspace is trusted now');
      context.subscriptions.push(await watchPython());
    }),
  );
  if (vscode.workspace.isTrusted) {
    context.subscriptions.push(await watchPython());
  }
  await started.restart('the window opened');
  return {
    onDidChangeStatus: started.onDidChangeStatus,
    status: () => started.status,
    pid: () => started.pid,
    python: () => started.interpreter?.path,
  };

  function watchPython(): Promise<vscode.Disposable> {
    return watchSelection(log, () => restart('another Python environment was selected'));
  }
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
